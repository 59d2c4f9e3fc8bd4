import { isEmbeddedApi } from '../shared/apis/version.ts';
import type { KubeClient } from '../shared/client/client.ts';

/** Whether the API of the hub is Pullet's own, which can do more than a kube-apiserver; it says so in its version. */
export async function isEmbeddedHub(client: KubeClient): Promise<boolean> {
  return isEmbeddedApi(JSON.parse(await client.raw({ method: 'GET', path: '/version' })) as { gitVersion?: string });
}
