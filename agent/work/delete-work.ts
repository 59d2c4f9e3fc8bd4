import { isDeepStrictEqual } from 'node:util';
import { isConflict } from '../../shared/apis/meta/status-error.ts';
import { leavingWords } from '../../shared/apis/work/leaving-objects.ts';
import { EXECUTION_FINALIZER, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { getUnlessGone } from '../../shared/client/ensure-object.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import type { ReconcileResult } from '../../shared/controller/controller.ts';
import { hasFinalizer } from '../../shared/controller/finalizers.ts';
import { keyOf, splitKey } from '../../shared/controller/store.ts';
import type { Removal, Removed } from './delete-object.ts';
import { removeExecutionFinalizer } from './finalizer.ts';
import { handOver, type LetGo } from './hand-over.ts';
import type { InventoryObject } from './inventory-record.ts';
import { describe, manifestIds, manifestsOf, objectId } from './manifest.ts';
import { inMember } from './member-deadline.ts';
import { isOlder } from './observed.ts';
import type { WorkDeps } from './reconcile.ts';
import { releaseObject } from './release-object.ts';
import { lookAgainMs, type Remaining, removeAll, removeInOrder } from './remove-in-order.ts';
import { removeObject } from './remove-object.ts';

/**
 * Takes away what a Work delivered, after the Work itself was seen with a deletion timestamp: in the reverse order of applying, each step
 * really gone before the next, and then our finalizer, so that the Work vanishes last. What another Work names is left to that one. What was delivered in another history of the hub is no concern of this
 * Work, whatever its uid: it is orphaned and stays.
 */

export async function deleteWork(
  deps: WorkDeps,
  work: Work,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const key = keyOf(work);
  if (!hasFinalizer(work, EXECUTION_FINALIZER)) {
    deps.states.forget(key);
    return undefined;
  }
  if (deps.isKeptReadSoon()) return { requeueAfterMs: READ_SOON_LOOK_MS };
  const lateMs = letGoInMs(deps, work);
  if (lateMs > 0) return { requeueAfterMs: lateMs };
  const { targets, orphans } = await planOf(deps, work);
  const { preserveResourcesOnDeletion: keepsAll } = work.spec;
  const pending = await (keepsAll ? releaseAll : deleteInSteps)(deps, work, targets, signal);
  if (pending.length > 0) {
    return nextLook(pending, wait(deps, work, pending));
  }
  const left = await letGo(deps, work, signal);
  keepOrphans(deps, work, orphans);
  deps.states.forget(key);
  deps.states.of(key, work).letGo = { work: left, untilMs: deps.clock.monotonic() + HUB_TELLS_MS };
  return undefined;
}

const READ_SOON_LOOK_MS = 5000;

/** A hub under load may be late with the word that the Work is gone; after this it is asked, for one that came out of a backup looks the same. */
const HUB_TELLS_MS = 30_000;

/** The member's word that its objects are gone may come before the hub's that the Work is: nothing is asked once more for that. */
function letGoInMs({ states, clock }: WorkDeps, work: Work): number {
  const { letGo: before } = states.get(keyOf(work)) ?? {};
  return before && !isOlder(before.work, work) ? before.untilMs - clock.monotonic() : 0;
}

/** What could not be asked for is tried again with a growing delay. */
function nextLook(pending: Pending[], unchangedMs: number): ReconcileResult {
  const failed = pending.find(({ error }) => error !== undefined);
  if (failed) throw failed.error;
  return { requeueAfterMs: lookAgainMs(pending, unchangedMs) };
}

/** For how long the same was waited for, in milliseconds. From now on the Work is none that an agent without a hub would deliver. */
function wait(deps: WorkDeps, work: Work, pending: Pending[]): number {
  const state = deps.states.of(keyOf(work), work);
  const now = deps.clock.monotonic();
  if (!state.waitingFor) deps.inventory.workChanged(work.metadata.uid ?? '');
  const waitingFor = pending.map(({ object, why }) => leavingWords(describe(object), why));
  if (!isDeepStrictEqual(waitingFor, state.waitingFor)) Object.assign(state, { waitingFor, wordsSinceMs: now });
  deps.tellStatus(keyOf(work));
  return now - state.wordsSinceMs;
}

function keepOrphans(
  { inventory, orphansChanged }: WorkDeps,
  { metadata: { uid = '' } }: Work,
  objects: InventoryObject[],
): void {
  const record = inventory.get(uid);
  if (!record || objects.length === 0) {
    inventory.remove(uid);
    return;
  }
  inventory.put(uid, { ...record, objects });
  orphansChanged();
}

interface Plan {
  targets: Target[];
  /** What this Work may not delete. */
  orphans: InventoryObject[];
}

/** Everything that, by the inventory, the Work has delivered, and what it names that another agent delivered for it. */
async function planOf(deps: WorkDeps, work: Work): Promise<Plan> {
  const history = await deps.history.confirm();
  const record = deps.inventory.get(work.metadata.uid ?? '');
  const recorded = record?.objects ?? [];
  const isProven = history !== '' && record?.history === history;
  const since = rfc3339(deps.clock.now());
  const orphans = recorded.flatMap((object) => {
    if (object.orphaned) return [object];
    return isProven ? [] : [{ ...object, orphaned: { reason: 'HubChanged' as const, since } }];
  });
  const own = isProven ? recorded.filter(({ orphaned }) => !orphaned) : [];
  const others = history === '' ? [] : namedOnly(work, recorded);
  return { targets: [...own, ...others], orphans };
}

type Target = Omit<InventoryObject, 'uid'> & { uid?: string };

/** What stands in no record of the Work. */
function namedOnly(work: Work, recorded: InventoryObject[]): Target[] {
  const known = new Set(recorded.map(objectId));
  if (manifestIds(work).every((id) => known.has(id))) return []; // as for nearly all
  return manifestsOf(work)
    .filter(({ id, problem }) => problem === undefined && !known.has(id))
    .map(({ identifier, object }) => ({ ...identifier, group: identifier.group ?? '', apiVersion: object.apiVersion }));
}

type LastStep = (removal: Removal, signal: AbortSignal) => Promise<Removed>;

function takeAway(
  deps: WorkDeps,
  work: Work,
  object: Target,
  { by, signal }: { by: LastStep; signal: AbortSignal },
): Promise<LetGo> {
  return inMember(deps, signal, async (aborted) => {
    const type = await deps.typeOf(object, aborted);
    if (!type) return { is: 'gone' };
    const whose = object.uid === undefined ? {} : { uid: object.uid };
    const removal = { type, object, workKey: keyOf(work), ...whose };
    return (await handOver(deps, removal, aborted)) ?? by(removal, aborted);
  });
}

type Pending = Remaining<Target>;

/** What is left. Those that are let go of are not looked at again. */
async function releaseAll(deps: WorkDeps, work: Work, targets: Target[], signal: AbortSignal): Promise<Pending[]> {
  const state = deps.states.of(keyOf(work), work);
  state.released ??= new Set();
  const { released } = state;
  const by: LastStep = async (removal, aborted) => {
    await releaseObject(deps, removal, aborted);
    released.add(objectId(removal.object));
    return { is: 'foreign' };
  };
  const held = targets.filter((target) => !released.has(objectId(target)));
  const pending = await removeAll(held, (target) => takeAway(deps, work, target, { by, signal }), signal);
  return pending.map(({ why, ...rest }) => ({ ...rest, why: `not let go of yet: ${why}` }));
}

function deleteInSteps(deps: WorkDeps, work: Work, targets: Target[], signal: AbortSignal): Promise<Pending[]> {
  const by: LastStep = (removal, aborted) => removeObject(deps, removal, aborted);
  return removeInOrder(targets, (target) => takeAway(deps, work, target, { by, signal }), signal);
}

/** The Work as our finalizer left it. */
async function letGo(deps: WorkDeps, work: Work, signal: AbortSignal): Promise<Work> {
  try {
    return await removeExecutionFinalizer(deps.hub, work, signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const live = await getUnlessGone(deps.hub, works, splitKey(keyOf(work)), signal);
    const isIt = live?.metadata.uid === work.metadata.uid;
    return live && isIt ? await removeExecutionFinalizer(deps.hub, live, signal) : work;
  }
}
