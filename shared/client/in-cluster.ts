import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterAccess } from './kubeconfig.ts';

/** Where Kubernetes mounts a pod's service account. */
export const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The access of a process in a pod: the service account's token and the cluster's authorities, read again as they are replaced. Throws with a sentence outside of a pod. */
export async function inClusterAccess(
  env: Readonly<Record<string, string | undefined>> = process.env,
  dir: string = SERVICE_ACCOUNT_DIR,
): Promise<ClusterAccess> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) {
    throw new Error(
      'not running in a cluster (KUBERNETES_SERVICE_HOST is not set): say which cluster with --kubeconfig',
    );
  }
  const read = (name: string): Promise<string> =>
    readFile(join(dir, name), 'utf8').catch((error: unknown) => {
      throw new Error(`running in a cluster, but ${join(dir, name)} can't be read: is the service account mounted?`, {
        cause: error,
      });
    });
  const [caPem, namespace] = await Promise.all([read('ca.crt'), read('namespace'), read('token')]);
  return {
    contextName: '',
    clusterName: '',
    userName: '',
    namespace: namespace.trim() || 'default',
    transport: {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      caPem,
      caFile: join(dir, 'ca.crt'),
      tokenFile: join(dir, 'token'),
      proxyUrl: '', // a proxy in the environment is the way out of the cluster, never to its own API
    },
  };
}
