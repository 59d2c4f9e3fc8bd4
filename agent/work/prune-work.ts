import { apiVersionOf } from '../../shared/apis/resource-type.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { keyOf } from '../../shared/controller/store.ts';
import type { ApplyDeps } from './apply-manifest.ts';
import { deleteObject } from './delete-object.ts';
import type { Delivery } from './delivery.ts';
import type { Inventory, InventoryObject, InventoryRecord } from './inventory.ts';
import { describe, objectId } from './manifest.ts';
import { isOlder } from './observed.ts';

/**
 * Deletes from the member what a Work delivered and no longer names, on proof only: the object stands in the inventory under the
 * uid of this very Work, on this very hub, and the Work is no older than the record. Then keeps the inventory up to date.
 */
export interface PruneDeps extends ApplyDeps {
  inventory: Inventory;
  /** The uid of the hub's kube-system; empty if unknown, and then nothing is pruned. */
  hubId: string;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** The number of objects that are still on their way out. */
export async function pruneWork(
  deps: PruneDeps,
  work: Work,
  deliveries: Map<string, Delivery>,
  signal: AbortSignal,
): Promise<number> {
  if (!deps.inventory.isUsable()) return 0;
  const uid = work.metadata.uid ?? '';
  const record = deps.inventory.get(uid);
  if (record && !isProof(deps, work, record)) {
    deps.log.warn(
      { work: keyOf(work) },
      'the hub or the Work is older than the inventory in the member: nothing is pruned',
    );
    return 0;
  }
  const unnamed = (record?.objects ?? []).filter((object) => !deliveries.has(objectId(object)));
  const remaining = await removeAll(deps, work, unnamed, signal);
  deps.inventory.put(uid, newRecord(deps, work, deliveries, record, remaining));
  return remaining.length;
}

function isProof(deps: PruneDeps, work: Work, record: InventoryRecord): boolean {
  if (deps.hubId === '' || record.hub !== deps.hubId) return false;
  if ((work.metadata.generation ?? 0) < record.generation) return false;
  const { resourceVersion } = record;
  return !isOlder(work, { ...work, metadata: { resourceVersion } });
}

/** What isn't gone yet, or could not be deleted; one that fails doesn't stop the others. */
async function removeAll(
  deps: PruneDeps,
  work: Work,
  objects: InventoryObject[],
  signal: AbortSignal,
): Promise<InventoryObject[]> {
  const remaining: InventoryObject[] = [];
  for (const object of objects) {
    try {
      if (!(await remove(deps, work, object, signal))) remaining.push(object);
    } catch (error) {
      signal.throwIfAborted();
      deps.log.warn({ err: error, object: describe(object) }, 'could not prune an object');
      remaining.push(object);
    }
  }
  return remaining;
}

async function remove(deps: PruneDeps, work: Work, object: InventoryObject, signal: AbortSignal): Promise<boolean> {
  const type = await deps.resourceFor(object.apiVersion, object.kind, signal);
  if (!type) return true;
  const removed = await deleteObject(deps, { type, object, uid: object.uid, workKey: keyOf(work) }, signal);
  if (removed === 'gone') deps.log.info({ work: keyOf(work), object: describe(object) }, 'pruned');
  return removed !== 'pending';
}

/** An object that once arrived stays on record as long as the Work names it, even if it can't be applied now. */
function newRecord(
  deps: PruneDeps,
  work: Work,
  deliveries: Map<string, Delivery>,
  known: InventoryRecord | undefined,
  remaining: InventoryObject[],
): InventoryRecord {
  const { generation = 0, resourceVersion = '' } = work.metadata;
  const before = new Map((known?.objects ?? []).map((object) => [objectId(object), object]));
  const named = [...deliveries.values()].flatMap((delivery) => {
    const object = toObject(delivery) ?? before.get(delivery.id);
    return object ? [object] : [];
  });
  return { hub: deps.hubId, work: keyOf(work), generation, resourceVersion, objects: [...named, ...remaining] };
}

function toObject({ identifier, type, applied }: Delivery): InventoryObject | undefined {
  if (!type || !applied) return undefined;
  const { kind, name, namespace } = identifier;
  return {
    apiVersion: apiVersionOf(type),
    group: type.group,
    kind,
    ...(namespace ? { namespace } : {}),
    name,
    uid: applied.metadata.uid ?? '',
  };
}
