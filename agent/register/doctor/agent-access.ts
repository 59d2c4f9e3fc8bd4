import { loadKubeconfig } from '../../../shared/client/kubeconfig.ts';
import type { DoctorOptions } from './doctor.ts';

/** What a joined agent's kubeconfig says of its hub: where it is, how it is dialled, and the credential. Throws if it is no agent's. */
export async function readAgentAccess(
  path: string,
  context?: string,
): Promise<Pick<DoctorOptions, 'hubEndpoint' | 'proxyUrl'> & { agent: NonNullable<DoctorOptions['agent']> }> {
  const { transport } = await loadKubeconfig({ path, ...(context ? { context } : {}) });
  const { server, caPem = '', certPem, keyPem, proxyUrl } = transport;
  if (!certPem || !keyPem) throw new Error(`${path}: the user of its current context has no client certificate`);
  const { hostname, port } = new URL(server);
  return {
    hubEndpoint: `${hostname}:${port || '443'}`,
    ...(proxyUrl ? { proxyUrl } : {}),
    agent: { certificate: { certPem, keyPem }, caPem },
  };
}
