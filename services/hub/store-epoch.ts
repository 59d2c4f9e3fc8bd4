import { namespaces } from '../../shared/apis/core/v1.ts';
import { STORE_EPOCH_ANNOTATION } from '../../shared/apis/store-epoch.ts';
import type { KubeClient } from '../../shared/client/client.ts';

const KEY = { name: 'kube-system' };

/** Tells the store's epoch where every agent may read it. Idempotent; before the listener opens, so that nobody sees an old one. */
export async function tellStoreEpoch(client: KubeClient, epoch: string): Promise<void> {
  const { metadata } = await client.get(namespaces, KEY);
  if (metadata.annotations?.[STORE_EPOCH_ANNOTATION] === epoch) return;
  const patch = { metadata: { annotations: { [STORE_EPOCH_ANNOTATION]: epoch } } };
  await client.patch(namespaces, KEY, { type: 'merge', patch });
}
