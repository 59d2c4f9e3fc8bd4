import type { KubeClient } from '../../shared/client/client.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { type ClusterAccess, loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import type { World } from './world.ts';

/** A client over a real connection with the identity of a kubeconfig file. Closed with the world. */
export async function clientOf(world: World, kubeconfig: string): Promise<KubeClient> {
  return clientFor(world, await loadKubeconfig({ path: kubeconfig }));
}

export function clientFor(world: World, { transport }: Pick<ClusterAccess, 'transport'>): KubeClient {
  const client = newKubeClient({ transport: newHttpTransport(transport), userAgent: 'pullet-test' });
  world.onStop('client', () => client.close());
  return client;
}
