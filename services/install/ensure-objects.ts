import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { createIfAbsent } from '../../shared/client/ensure-object.ts';

/** Creates what is missing; what is there stays as its owner left it. */
export async function ensureObjects<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  objects: readonly T[],
): Promise<void> {
  await Promise.all(objects.map((object) => createIfAbsent(client, type, object)));
}
