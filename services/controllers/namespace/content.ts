import { isNotFound, isStatusError } from '../../../shared/apis/meta/status-error.ts';
import type { ObjectMeta, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { RBAC_GROUP } from '../../../shared/apis/rbac/v1.ts';
import { groupResource, type ResourceType } from '../../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { listMetadata } from '../list-metadata.ts';
import type { ServedResource } from '../served-resources.ts';

/** What is still in a namespace after one attempt to delete all of it. */
export interface LeftContent {
  /** `configmaps.` or `leases.coordination.k8s.io` → how many; the dot is Kubernetes'. */
  counts: Map<string, number>;
  /** Finalizer → how many objects wait for it. */
  finalizers: Map<string, number>;
  errors: Error[];
}

/**
 * Deletes everything in the namespace. Pods go first, and nothing else does while there are any: what they need, and the policies that hold for them, stay as long
 * as they run. Roles and their bindings go last, when nothing else is left: whoever must still take a finalizer off may need the right to.
 */
export async function deleteContent(
  client: KubeClient,
  target: { namespace: string; resources: ServedResource[] },
  signal: AbortSignal,
): Promise<LeftContent> {
  const deletable = target.resources.filter(isDeletable);
  const isRight = ({ type }: ServedResource) => type.group === RBAC_GROUP;
  const left: LeftContent = { counts: new Map(), finalizers: new Map(), errors: [] };
  const deleteAll = async (resources: ServedResource[]) => {
    const types = resources.map(({ type }) => type);
    await Promise.all(types.map((type) => deleteResource(client, { type, namespace: target.namespace, left }, signal)));
  };
  const isPods = ({ type }: ServedResource) => groupResource(type) === 'pods';
  await deleteAll(deletable.filter(isPods));
  if (left.counts.size > 0) return left;
  await deleteAll(deletable.filter((resource) => !isRight(resource) && !isPods(resource)));
  if (left.counts.size === 0 && left.errors.length === 0) await deleteAll(deletable.filter(isRight));
  return left;
}

function isDeletable({ type, verbs }: ServedResource): boolean {
  return type.namespaced && verbs.includes('list') && verbs.includes('delete');
}

async function deleteResource(
  client: KubeClient,
  target: { type: ResourceType<Unstructured>; namespace: string; left: LeftContent },
  signal: AbortSignal,
): Promise<void> {
  const { type, namespace, left } = target;
  try {
    const found = await listMetadata(client, type, namespace, signal);
    if (found.length === 0) return;
    for (const { name = '', deletionTimestamp } of found) {
      if (!deletionTimestamp) await deleteOne(client, type, { name, namespace }, signal);
    }
    count(left, type, await listMetadata(client, type, namespace, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (!isGone(error)) left.errors.push(wrap(error, type, namespace));
  }
}

async function deleteOne(
  client: KubeClient,
  type: ResourceType<Unstructured>,
  key: { name: string; namespace: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.delete(type, key, { signal, propagationPolicy: 'Background' });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function count(left: LeftContent, type: ResourceType, found: ObjectMeta[]): void {
  if (found.length === 0) return;
  left.counts.set(`${type.resource}.${type.group}`, found.length);
  for (const finalizer of found.flatMap(({ finalizers = [] }) => finalizers)) {
    left.finalizers.set(finalizer, (left.finalizers.get(finalizer) ?? 0) + 1);
  }
}

/** A resource that is no longer served has nothing left; one that can't be listed this way has nothing to delete. */
function isGone(error: unknown): boolean {
  return isStatusError(error) && (error.code === 404 || error.code === 405);
}

function wrap(error: unknown, type: ResourceType, namespace: string): Error {
  const why = error instanceof Error ? error.message : String(error);
  return new Error(`delete ${groupResource(type)} in ${namespace}: ${why}`, { cause: error });
}
