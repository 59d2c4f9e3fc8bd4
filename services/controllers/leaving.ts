import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';

/**
 * As the API has it, if it is still the object that the cache has and is being deleted. A cache may be of a former object of the name, and what is removed by
 * name would then be the newcomer's. It can't become another afterwards, as long as a finalizer that only the caller takes off is on it.
 */
export async function readLeaving<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  { metadata }: T,
  signal: AbortSignal,
): Promise<T | undefined> {
  const { name = '', namespace } = metadata;
  const live = await getIfPresent(client, type, namespace === undefined ? { name } : { name, namespace }, signal);
  return live?.metadata.uid === metadata.uid && live?.metadata.deletionTimestamp ? live : undefined;
}
