import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { splitKey } from '../../shared/controller/store.ts';
import { getObserved } from './apply-manifest.ts';
import type { RemovalDeps } from './delete-object.ts';
import { inParallel } from './in-parallel.ts';
import type { Inventory } from './inventory.ts';
import type { InventoryObject, InventoryRecord, OrphanReason } from './inventory-record.ts';
import { describe, namedIds, objectId } from './manifest.ts';
import { type Observed, observedId, workKeyOf } from './observed.ts';
import type { WorkDeps } from './reconcile.ts';
import { isDelivered } from './work-view.ts';

/**
 * Finds what nobody may delete without a person's word: objects in the member that say that they come from a Work of this cluster, where that Work is missing, or is
 * another one of the same name, or never was written down to have delivered them; and those that pruning found to be without proof. All of them are marked in the
 * inventory, and forgotten there once they are gone from the member or a Work names them again. Nothing is deleted here.
 */
export interface OrphanDeps extends RemovalDeps {
  clock: Clock;
  log: Logger;
  inventory: Inventory;
  /** The execution space: whose Works are ours. */
  namespace: string;
  /** As the hub has it, which must have answered. */
  getWork(key: string): Work | undefined;
  worksNaming: WorkDeps['worksNaming'];
  typeOf: WorkDeps['typeOf'];
}

export interface Orphan {
  /** Of the Work in whose record it stands. */
  workUid: string;
  /** `namespace/name` */
  work: string;
  object: InventoryObject & { orphaned: { reason: OrphanReason; since: string } };
}

export async function findOrphans(deps: OrphanDeps, signal: AbortSignal): Promise<Orphan[]> {
  markUnclaimed(deps);
  addUnrecorded(deps);
  const suspects = orphansIn(deps.inventory);
  await inParallel(suspects, (suspect) => verify(deps, suspect, signal));
  return orphansIn(deps.inventory);
}

/** Records of Works that are not there: none of them was seen being deleted, or its record would be gone. What a Work of that name names by now is forgotten. */
function markUnclaimed({ inventory, getWork, clock, log }: OrphanDeps): void {
  const missing = { reason: 'WorkMissing' as const, since: rfc3339(clock.now()) };
  for (const [uid, record] of inventory.entries()) {
    const work = getWork(record.work);
    if (work?.metadata.uid === uid) continue;
    const named = namedBy(work);
    const objects = record.objects.filter((object) => !named.has(objectId(object)));
    const fresh = objects.filter((object) => !object.orphaned);
    if (fresh.length > 0) {
      log.warn(
        { work: record.work, objects: fresh.map(describe) },
        'a Work is gone without having been deleted: its objects stay',
      );
    }
    if (objects.length === 0) inventory.remove(uid);
    else inventory.put(uid, { ...record, objects: objects.map((object) => orphanOf(object, missing)) });
  }
}

/** With the keys always in the same order: a record that is the same is not written again. */
function orphanOf(
  { isLeaving: _, orphaned, ...object }: InventoryObject,
  missing: Orphan['object']['orphaned'],
): InventoryObject {
  return { ...object, orphaned: orphaned ?? missing };
}

/** Whether any Work is to have it, by its id: that may not have come to it yet. One on its way out delivers nothing any more, one that asks what it would change never. */
export function isNamed({ worksNaming }: Pick<OrphanDeps, 'worksNaming'>, id: string): boolean {
  return worksNaming(id).some(isDelivered);
}

function namedBy(work: Work | undefined): Set<string> {
  return new Set(work && isDelivered(work) ? namedIds(work) : []);
}

/** Kept under this instead of a uid: nobody knows which Work it was. */
const UNRECORDED = 'unrecorded:';

/** What carries our marks in the member, of the kinds that are watched, but stands in no record of a Work of that name. */
function addUnrecorded({ inventory, watches, getWork, worksNaming, namespace, clock, log }: OrphanDeps): void {
  const recorded = recordedObjects(inventory);
  for (const seen of watches.all()) {
    const key = workKeyOf(seen);
    if (!key || splitKey(key).namespace !== namespace || seen.metadata.deletionTimestamp) continue;
    const id = observedId(seen);
    const ids = recorded.get(key) ?? new Set();
    const isRecorded = ids.has(id) || ids.has(seen.metadata.uid ?? '');
    if (isRecorded || getWork(key)?.metadata.deletionTimestamp || isNamed({ worksNaming }, id)) continue;
    recorded.set(key, ids.add(id).add(seen.metadata.uid ?? '')); // it may be watched in another version, or another group, too
    const orphaned = { reason: 'NotInInventory' as const, since: rfc3339(clock.now()) };
    const known = inventory.get(`${UNRECORDED}${key}`);
    const object = inventoryObject(seen);
    log.warn(
      { work: key, object: describe(object) },
      'an object says that it is of a Work, and nothing is written down of that: it stays',
    );
    const objects = [...(known?.objects ?? []), { ...object, orphaned }];
    inventory.put(`${UNRECORDED}${key}`, { ...(known ?? newRecord(key)), objects });
  }
}

/** Of each Work the ids and the uids. */
function recordedObjects(inventory: Inventory): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const [, { work, objects }] of inventory.entries()) {
    const uids = objects.flatMap(({ uid }) => (uid === '' ? [] : [uid]));
    ids.set(work, new Set([...(ids.get(work) ?? []), ...objects.map(objectId), ...uids]));
  }
  return ids;
}

function newRecord(work: string): InventoryRecord {
  return { history: '', work, generation: 0, resourceVersion: '', objects: [] };
}

function inventoryObject({
  apiVersion,
  kind,
  metadata: { name = '', namespace, uid = '' },
}: Observed): InventoryObject {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return { apiVersion, group, kind, ...(namespace ? { namespace } : {}), name, uid };
}

/** One that can't be looked at now stays what it was. */
async function verify(deps: OrphanDeps, suspect: Orphan, signal: AbortSignal): Promise<void> {
  try {
    const found = await findLive(deps, suspect, signal);
    replaceObject(deps, suspect, found && { ...suspect.object, uid: found.metadata.uid ?? '' });
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn({ err: error, object: describe(suspect.object) }, 'could not look at an orphaned object');
  }
}

/** The object in the member, if it is still that one and still says that it comes from that Work. */
async function findLive(
  deps: OrphanDeps,
  { work, object }: Orphan,
  signal: AbortSignal,
): Promise<Observed | undefined> {
  const type = await deps.typeOf(object, signal);
  const found = type && (await getObserved(deps.member, type, object, signal));
  if (!found || workKeyOf(found) !== work) return undefined;
  const isIt = object.uid === '' ? found.isApplied : found.metadata.uid === object.uid;
  return isIt ? found : undefined;
}

export function orphansIn(inventory: Inventory): Orphan[] {
  return inventory
    .entries()
    .flatMap(([workUid, { work, objects }]) =>
      objects.flatMap(({ orphaned, ...object }) =>
        orphaned ? [{ workUid, work, object: { ...object, orphaned } }] : [],
      ),
    );
}

/** In the record as it is now: it may have changed since it was read. Without `by` the object is forgotten, and with its last object the record of a Work that is gone. */
export function replaceObject(
  { inventory, getWork }: Pick<OrphanDeps, 'inventory' | 'getWork'>,
  { workUid, object }: Orphan,
  by: InventoryObject | undefined,
): void {
  const record = inventory.get(workUid);
  if (!record) return;
  const isIt = (one: InventoryObject): boolean =>
    one.orphaned !== undefined && one.uid === object.uid && objectId(one) === objectId(object);
  const objects = record.objects.flatMap((one) => (isIt(one) ? (by ? [by] : []) : [one]));
  if (objects.length > 0 || getWork(record.work)?.metadata.uid === workUid)
    inventory.put(workUid, { ...record, objects });
  else inventory.remove(workUid);
}
