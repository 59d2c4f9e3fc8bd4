import type { KubeClient } from '../../shared/client/client.ts';
import type { ClusterAccess } from '../../shared/client/kubeconfig.ts';
import type { ControlTls } from '../control/control-server.ts';
import { readClusterInfo } from '../install/cluster-info.ts';
import { runInBackground } from './background.ts';
import { controlTls, newForwardedAccess, serveControlPlaneApi } from './control-plane-api.ts';
import { loadControlSecret } from './control-secret.ts';
import { followControlTls } from './follow-control-tls.ts';
import type { HubDeps } from './hub.ts';
import type { ControlOptions, HubOptions } from './options.ts';
import type { Teardown } from './teardown.ts';

interface ControlParts {
  client: KubeClient;
  access: ClusterAccess;
  teardown: Teardown;
}

/** The control-plane API of a hub on a real Kubernetes API, where the options ask for it: by every replica, whoever leads. */
export async function serveControlOnRealApi(
  { control }: HubOptions,
  deps: HubDeps,
  { client, access, teardown }: ControlParts,
  signal: AbortSignal,
): Promise<{ control?: string }> {
  if (!control) return {};
  const { clock, log } = deps;
  const { close, ...caller } = newForwardedAccess(access.transport, { clock });
  teardown.add('client of the control-plane API', close);
  // What a pod knows of the API server's address is of no use to members.
  const endpoint = async () => (await readClusterInfo(client)) ?? { server: access.transport.server, caPem: '' };
  const checkHealth = async (): Promise<void> => void (await client.raw({ method: 'GET', path: '/readyz' }));
  const load = newLoader(control, { client, clock });
  const tls = await load(signal);
  const parts = { ...caller, endpoint, checkHealth, clock, log };
  const { url, useCertificates: use } = await serveControlPlaneApi({ options: control, tls, deps: parts, teardown });
  const following = runInBackground((ending) => followControlTls({ load, use, served: tls, clock, log }, ending));
  teardown.add('certificate of the control-plane API', following.stop);
  return { control: url };
}

function newLoader(
  control: ControlOptions,
  deps: Pick<HubDeps, 'clock'> & { client: KubeClient },
): (signal: AbortSignal) => Promise<ControlTls> {
  const { tlsSecret } = control;
  return tlsSecret ? (signal) => loadControlSecret(deps, tlsSecret, signal) : () => controlTls(control);
}
