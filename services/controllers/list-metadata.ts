import type { KubeObject, ObjectMeta } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';

/** What agents have written can be large and much: so many objects are read at once. */
const PAGE_SIZE = 20;

/** Of every object of a resource in a namespace what says which it is and whether it goes; the rest of it is not kept. */
export async function listMetadata<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  namespace: string,
  signal: AbortSignal,
): Promise<ObjectMeta[]> {
  const all: ObjectMeta[] = [];
  let token: string | undefined;
  do {
    const page = await client.list(type, {
      namespace,
      signal,
      limit: PAGE_SIZE,
      ...(token ? { continue: token } : {}),
    });
    for (const { metadata } of page.items) all.push(identity(metadata));
    token = page.metadata.continue;
  } while (token);
  return all;
}

function identity({ name, namespace, uid, resourceVersion, deletionTimestamp, finalizers }: ObjectMeta): ObjectMeta {
  return Object.fromEntries(
    Object.entries({ name, namespace, uid, resourceVersion, deletionTimestamp, finalizers }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}
