import { isConflict, isNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { DeletionPropagation, OwnerReference, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../../shared/apis/resource-type.ts';
import type { KubeClient, ObjectKey } from '../../../shared/client/client.ts';
import { getIfPresent } from '../../../shared/client/ensure-object.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import { isKindOf, type MetadataGraph, type Node, nodeKey } from './metadata-graph.ts';

/**
 * Makes true, of one object: it goes when all its owners are gone; deleted in the foreground it waits for the dependents that block it; deleted as an
 * orphan's owner it lets its dependents go free. Source: Kubernetes, "Garbage Collection" and "Owners and Dependents". That an owner is
 * gone is never taken from a cache: it is asked for.
 */
export interface CollectorDeps {
  client: KubeClient;
  graph: MetadataGraph;
  /** How owners of this kind are reached; undefined if nothing like it is served. */
  typeOfOwner: (owner: OwnerReference) => ResourceType<Unstructured> | undefined;
  /** Puts other objects up for a look. */
  enqueue: (key: string) => void;
}

const FOREGROUND_FINALIZER = 'foregroundDeletion';
const ORPHAN_FINALIZER = 'orphan';
const CATCH_UP_MS = 100;

export async function reconcileGarbage(
  deps: CollectorDeps,
  key: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const node = deps.graph.get(key);
  if (!node) return undefined;
  const { deletionTimestamp, ownerReferences = [] } = node.metadata;
  if (deletionTimestamp && hasFinalizer(node, ORPHAN_FINALIZER)) return await orphanDependents(deps, node, signal);
  if (deletionTimestamp && hasFinalizer(node, FOREGROUND_FINALIZER)) return await deleteDependents(deps, node, signal);
  if (deletionTimestamp || ownerReferences.length === 0) return undefined;
  return await collect(deps, node, signal);
}

type OwnerState = 'there' | 'waiting' | 'gone' | 'unknown';

/** Deletes the object if nobody owns it any more. */
async function collect(deps: CollectorDeps, node: Node, signal: AbortSignal): Promise<ReconcileResult | undefined> {
  const owners = node.metadata.ownerReferences ?? [];
  const states: OwnerState[] = [];
  // One after another, as upstream: an object can name thousands.
  for (const owner of owners) states.push(await stateOfOwner(deps, node, owner, signal));
  if (states.includes('unknown')) return undefined;
  const left = owners.filter((_, index) => states[index] === 'there');
  if (left.length === owners.length) return undefined;
  // As upstream, whose patch names the references to go by uid: a right one with the uid of a wrong one goes too.
  const lost = new Set(owners.flatMap(({ uid }, index) => (states[index] === 'there' ? [] : [uid])));
  const kept = left.filter(({ uid }) => !lost.has(uid));
  if (left.length > 0) return await setOwners(deps, node, kept, signal);
  const hasDependents = deps.graph.dependentsOf(node.metadata.uid ?? '').length > 0;
  const policy = states.includes('waiting') && hasDependents ? 'Foreground' : ownPolicy(node);
  return await deleteNode(deps, node, policy, signal);
}

/** A finalizer put on beforehand decides how the object's own dependents go. */
function ownPolicy(node: Node): DeletionPropagation {
  if (hasFinalizer(node, ORPHAN_FINALIZER)) return 'Orphan';
  return hasFinalizer(node, FOREGROUND_FINALIZER) ? 'Foreground' : 'Background';
}

async function stateOfOwner(
  deps: CollectorDeps,
  node: Node,
  owner: OwnerReference,
  signal: AbortSignal,
): Promise<OwnerState> {
  const cached = deps.graph.findByUid(owner.uid);
  if (cached && isNamedBy(owner, cached, node)) return isWaiting(cached.metadata) ? 'waiting' : 'there';
  const type = deps.typeOfOwner(owner);
  // Owners in a namespace can't own what has none, and what isn't served can't be judged.
  if (!type || (type.namespaced && node.metadata.namespace === undefined)) return 'unknown';
  const { namespace } = node.metadata;
  const key: ObjectKey = type.namespaced && namespace ? { name: owner.name, namespace } : { name: owner.name };
  const live = await getIfPresent(deps.client, type, key, signal);
  if (!live || live.metadata.uid !== owner.uid) return 'gone';
  return isWaiting(live.metadata) ? 'waiting' : 'there';
}

/** Whether the reference is right about more than the uid; upstream looks for what has the kind and name that it gives. */
function isNamedBy(owner: OwnerReference, { type, metadata }: Node, dependent: Node): boolean {
  const isNear = metadata.namespace === undefined || metadata.namespace === dependent.metadata.namespace;
  return isKindOf(type, owner) && metadata.name === owner.name && isNear;
}

function isWaiting(metadata: Node['metadata']): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(FOREGROUND_FINALIZER) === true;
}

/** Foreground: the dependents go first, and the object when none is left that blocks it. */
async function deleteDependents(
  deps: CollectorDeps,
  node: Node,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const uid = node.metadata.uid ?? '';
  const dependents = deps.graph.dependentsOf(uid);
  for (const dependent of dependents) {
    if (!dependent.metadata.deletionTimestamp) deps.enqueue(nodeKey(dependent.type, dependent));
  }
  const isBlocked = dependents.some(({ metadata }) =>
    metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
  );
  return isBlocked ? undefined : await removeFinalizer(deps, node, FOREGROUND_FINALIZER, signal);
}

async function orphanDependents(
  deps: CollectorDeps,
  node: Node,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const uid = node.metadata.uid ?? '';
  for (const dependent of deps.graph.dependentsOf(uid)) {
    const others = (dependent.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
    const unfinished = await setOwners(deps, dependent, others, signal);
    if (unfinished) return unfinished;
  }
  return await removeFinalizer(deps, node, ORPHAN_FINALIZER, signal);
}

async function removeFinalizer(
  deps: CollectorDeps,
  node: Node,
  name: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const finalizers = (node.metadata.finalizers ?? []).filter((finalizer) => finalizer !== name);
  return await patchMetadata(deps, node, { finalizers }, signal);
}

async function setOwners(
  deps: CollectorDeps,
  node: Node,
  owners: OwnerReference[],
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  return await patchMetadata(deps, node, { ownerReferences: owners.length === 0 ? null : owners }, signal);
}

/** With uid and resourceVersion: a stale cache changes nothing, and the next event brings the object here again. */
async function patchMetadata(
  deps: CollectorDeps,
  node: Node,
  change: object,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const { uid, resourceVersion } = node.metadata;
  const patch = { metadata: { uid, resourceVersion, ...change } };
  try {
    await deps.client.patch(node.type, keyOfNode(node), { type: 'merge', patch }, { signal });
    return undefined;
  } catch (error) {
    return afterRefusal(error);
  }
}

async function deleteNode(
  deps: CollectorDeps,
  node: Node,
  propagationPolicy: DeletionPropagation,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const { uid, resourceVersion } = node.metadata;
  const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
  try {
    await deps.client.delete(node.type, keyOfNode(node), { signal, propagationPolicy, preconditions });
    return undefined;
  } catch (error) {
    return afterRefusal(error);
  }
}

/** Gone is as well as done. A conflict means that the cache was behind: it is looked at again when that has caught up. */
function afterRefusal(error: unknown): ReconcileResult | undefined {
  if (isConflict(error)) return { requeueAfterMs: CATCH_UP_MS };
  if (isNotFound(error)) return undefined;
  throw error;
}

function keyOfNode({ metadata }: Node): ObjectKey {
  const { name = '', namespace } = metadata;
  return namespace === undefined ? { name } : { name, namespace };
}

function hasFinalizer(node: Node, name: string): boolean {
  return node.metadata.finalizers?.includes(name) === true;
}
