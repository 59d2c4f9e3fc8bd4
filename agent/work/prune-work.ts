import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import { keyOf } from '../../shared/controller/store.ts';
import type { ApplyDeps } from './apply-manifest.ts';
import { findOwn, holderOf, type Removal } from './delete-object.ts';
import { type Delivery, NOT_OURS } from './delivery.ts';
import { type HandOverDeps, handOver, type LetGo } from './hand-over.ts';
import type { HubHistory } from './hub-history.ts';
import type { Inventory } from './inventory.ts';
import { type InventoryObject, type InventoryRecord, inventoryObject, type OrphanReason } from './inventory-record.ts';
import { describe, idsNamedBy, objectId } from './manifest.ts';
import { inMember } from './member-deadline.ts';
import type { ObjectKinds } from './object-kinds.ts';
import { isOlder } from './observed.ts';
import { type Remaining, removeAll, removeInOrder } from './remove-in-order.ts';
import { removeObject } from './remove-object.ts';

/**
 * Deletes from the member what a Work delivered and no longer names, on proof only: the object stands in the inventory under the uid of this very Work, the hub
 * confirms now that it is in the history in which that was written, and the Work is newer than what was written. What lacks the proof is marked as orphaned and
 * stays until a person decides, what another Work names until that one has taken it over, and all of it until every manifest is applied: a mistake in one may look like
 * the end of another, and what is to come in the place of an object may be refused. Then keeps the inventory up to date.
 */
export interface PruneDeps extends ApplyDeps, HandOverDeps {
  typeOf: ObjectKinds['typeOf'];
  inventory: Inventory;
  history: HubHistory;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** An object was marked as orphaned, or is no longer. */
  orphansChanged(): void;
}

/** The objects that are still on their way out, and what holds them, in words. */
export async function pruneWork(
  deps: PruneDeps,
  work: Work,
  deliveries: Map<string, Delivery>,
  signal: AbortSignal,
): Promise<Remaining<InventoryObject>[]> {
  const uid = work.metadata.uid ?? '';
  const record = deps.inventory.get(uid);
  const named = new Set([...deliveries.values()].flatMap(({ identifier }) => idsNamedBy(identifier)));
  const unnamed = (record?.objects ?? []).filter((object) => !named.has(objectId(object)));
  const isAsked =
    record !== undefined && (unnamed.some(({ orphaned }) => !orphaned) || isOlderThanRecord(work, record));
  const history = isAsked ? await deps.history.confirm() : await deps.history.known();
  const judged = unnamed.map((object) => judge(deps, { work, record, history }, object));
  const unwanted = judged.filter(({ orphaned }) => !orphaned);
  const leaving = await pruneAll(deps, { work, deliveries }, unwanted, signal);
  for (const one of leaving) warnOf(deps, work, one);
  const orphaned = judged.filter((object) => object.orphaned);
  const kept = [...leaving.map(({ object }) => object), ...orphaned];
  deps.inventory.put(uid, newRecord({ work, deliveries, history, known: record }, kept));
  if (orphaned.length !== countOrphaned(record)) deps.orphansChanged();
  return leaving;
}

type LastStep = (removal: Removal, signal: AbortSignal) => Promise<LetGo>;

function pruneAll(
  deps: PruneDeps,
  { work, deliveries }: { work: Work; deliveries: Map<string, Delivery> },
  objects: InventoryObject[],
  signal: AbortSignal,
): Promise<Remaining<InventoryObject>[]> {
  const until = untilApplied(deliveries);
  const letGo =
    (by: LastStep) =>
    (object: InventoryObject): Promise<LetGo> =>
      prune(deps, work, object, { by, signal });
  if (until !== undefined) {
    return removeAll(
      objects,
      letGo((removal, aborted) => keep(deps, removal, { until, signal: aborted })),
      signal,
    );
  }
  return removeInOrder(
    objects,
    letGo((removal, aborted) => erase(deps, removal, aborted)),
    signal,
  );
}

/** What is not applied, in words; undefined if all is. */
function untilApplied(deliveries: Map<string, Delivery>): string | undefined {
  const failed = [...deliveries.values()].filter(({ failure }) => failure !== undefined);
  const [first] = failed.sort((a, b) => a.identifier.ordinal - b.identifier.ordinal);
  if (!first) return undefined;
  const subject = `#${first.identifier.ordinal} ${describe(first.identifier)}`;
  return `until ${subject} ${failed.length > 1 ? `and ${failed.length - 1} more are` : 'is'} applied`;
}

async function erase(deps: PruneDeps, removal: Removal, signal: AbortSignal): Promise<LetGo> {
  const removed = await removeObject(deps, removal, signal);
  if (removed.is === 'gone') deps.log.info({ work: removal.workKey, object: describe(removal.object) }, 'pruned');
  return removed;
}

/** One that is on its way out already is not to be kept. */
async function keep(
  deps: PruneDeps,
  removal: Removal,
  { until, signal }: { until: string; signal: AbortSignal },
): Promise<LetGo> {
  const found = await findOwn(deps, removal, signal);
  if (found === 'gone' || found === 'foreign') return { is: found };
  return found.metadata.deletionTimestamp ? { is: 'pending', heldBy: holderOf(found) } : { is: 'kept', heldBy: until };
}

function prune(
  deps: PruneDeps,
  work: Work,
  object: InventoryObject,
  { by, signal }: { by: LastStep; signal: AbortSignal },
): Promise<LetGo> {
  return inMember(deps, signal, async (aborted) => {
    const type = await deps.typeOf(object, aborted);
    if (!type) return { is: 'gone' };
    const removal = { type, object, uid: object.uid, workKey: keyOf(work) };
    return (await handOver(deps, removal, aborted)) ?? by(removal, aborted);
  });
}

function warnOf({ log }: PruneDeps, work: Work, { object, error }: Remaining<InventoryObject>): void {
  if (error === undefined) return;
  log.warn({ err: error, work: keyOf(work), object: describe(object) }, 'could not prune an object');
}

function countOrphaned(record: InventoryRecord | undefined): number {
  return record?.objects.filter(({ orphaned }) => orphaned).length ?? 0;
}

interface Claim {
  work: Work;
  record: InventoryRecord | undefined;
  history: string;
}

/** The object on its way out, or orphaned. Whatever was orphaned once stays so: only a person, or a Work that names it, changes that. */
function judge(deps: PruneDeps, claim: Claim, object: InventoryObject): InventoryObject {
  if (object.orphaned) return object;
  const reason = whyNotProven(claim, object);
  if (!reason) return { ...object, isLeaving: true };
  deps.log.warn({ work: keyOf(claim.work), object: describe(object), reason }, 'an object is orphaned, not deleted');
  const { isLeaving: _, ...rest } = object;
  return { ...rest, orphaned: { reason, since: rfc3339(deps.clock.now()) } };
}

function whyNotProven({ work, record, history }: Claim, { isLeaving }: InventoryObject): OrphanReason | undefined {
  if (!record || history === '' || record.history !== history) return 'HubChanged';
  if (isLeaving) return undefined;
  const { generation = 0 } = work.metadata;
  return generation <= record.generation || isOlderThanRecord(work, record) ? 'WorkNotNewer' : undefined;
}

/** Older than when it was delivered, which is proof that the hub went back in time: its record is not written anew before the hub has been asked. */
export function isOlderThanRecord(work: Work, { resourceVersion }: InventoryRecord): boolean {
  return isOlder(work, { ...work, metadata: { resourceVersion } });
}

interface Delivered {
  work: Work;
  deliveries: Map<string, Delivery>;
  history: string;
  known: InventoryRecord | undefined;
}

function newRecord({ work, deliveries, history, known }: Delivered, unnamed: InventoryObject[]): InventoryRecord {
  const { generation = 0, resourceVersion = '' } = work.metadata;
  const objects = [...namedObjects(deliveries, known), ...unnamed];
  return { history, work: keyOf(work), generation, resourceVersion, objects };
}

/** An object that once arrived stays on record as long as the Work names it, even if it can't be applied now. */
function namedObjects(deliveries: Map<string, Delivery>, known: InventoryRecord | undefined): InventoryObject[] {
  const before = new Map((known?.objects ?? []).map((object) => [objectId(object), object]));
  return [...deliveries.values()].flatMap((delivery) => {
    const [recorded] = idsNamedBy(delivery.identifier).flatMap((id) => before.get(id) ?? []);
    const object = toObject(delivery, recorded) ?? recorded;
    if (!object || wasNeverMade(object, delivery)) return [];
    const { isLeaving: _, ...named } = object;
    return [named];
  });
}

/** It was meant to be made, and there already was one that is not the Work's. */
function wasNeverMade({ uid }: InventoryObject, { failure }: Delivery): boolean {
  return uid === '' && failure?.reason === NOT_OURS;
}

/** A try that failed may have reached the member all the same: of which object it was is what was written down before it. */
function toObject(
  { identifier, type, applied, failure }: Delivery,
  recorded: InventoryObject | undefined,
): InventoryObject | undefined {
  if (!type || !applied) return undefined;
  return inventoryObject(type, identifier, failure && recorded ? recorded.uid : applied.metadata.uid);
}
