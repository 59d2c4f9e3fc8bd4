import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { ensureItem } from '../ensure-item.ts';

/** Default roles and bindings at start: what is missing is created or added. */
export async function ensurePolicy<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  objects: readonly T[],
): Promise<void> {
  await Promise.all(objects.map((object) => ensureItem(client, { type, object, existing: 'completed' })));
}
