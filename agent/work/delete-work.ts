import { isConflict } from '../../shared/apis/meta/status-error.ts';
import { EXECUTION_FINALIZER, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import type { ReconcileResult } from '../../shared/controller/controller.ts';
import { hasFinalizer } from '../../shared/controller/finalizers.ts';
import { keyOf, splitKey } from '../../shared/controller/store.ts';
import { inSteps } from './apply-order.ts';
import { deleteObject, type Removal, releaseObject } from './delete-object.ts';
import { removeExecutionFinalizer } from './finalizer.ts';
import type { InventoryObject } from './inventory-record.ts';
import { describe, manifestsOf, objectId } from './manifest.ts';
import type { WorkDeps } from './reconcile.ts';

/**
 * Takes away what a Work delivered, after the Work itself was seen with a deletion timestamp: in the reverse order of applying, each step
 * really gone before the next, and then our finalizer, so that the Work vanishes last. What was delivered in another history of the hub is no concern of this
 * Work, whatever its uid: it is orphaned and stays.
 */

const LOOK_AGAIN_MS = 1000;

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
  const { removals, orphans } = await planOf(deps, work, signal);
  if (work.spec.preserveResourcesOnDeletion) {
    await Promise.all(removals.map((removal) => releaseObject(deps, removal, signal)));
  } else {
    const pending = await deleteInSteps(deps, removals, signal);
    if (pending.length > 0) {
      wait(deps, work, pending);
      return { requeueAfterMs: LOOK_AGAIN_MS };
    }
  }
  await letGo(deps, work, signal);
  keepOrphans(deps, work, orphans);
  deps.states.forget(key);
  return undefined;
}

/** From now on the Work is none that an agent without a hub would deliver. */
function wait(deps: WorkDeps, work: Work, pending: string[]): void {
  const state = deps.states.of(keyOf(work), work);
  if (!state.waitingFor) deps.inventory.workChanged(work.metadata.uid ?? '');
  state.waitingFor = pending;
  deps.tellStatus(keyOf(work));
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
  removals: Removal[];
  /** What this Work may not delete. */
  orphans: InventoryObject[];
}

/** Everything that, by the inventory, the Work has delivered, and what it names that another agent delivered for it. */
async function planOf(deps: WorkDeps, work: Work, signal: AbortSignal): Promise<Plan> {
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
  return { removals: await removalsOf(deps, work, [...own, ...others], signal), orphans };
}

type Target = Omit<InventoryObject, 'uid'> & { uid?: string };

/** What stands in no record of the Work. */
function namedOnly(work: Work, recorded: InventoryObject[]): Target[] {
  const known = new Set(recorded.map(objectId));
  return manifestsOf(work)
    .filter(({ id, problem }) => problem === undefined && !known.has(id))
    .map(({ identifier, object }) => ({ ...identifier, group: identifier.group ?? '', apiVersion: object.apiVersion }));
}

async function removalsOf(deps: WorkDeps, work: Work, objects: Target[], signal: AbortSignal): Promise<Removal[]> {
  const removals = await Promise.all(
    objects.map(async (object) => {
      const type = await deps.resourceFor(object.apiVersion, object.kind, signal);
      const whose = object.uid === undefined ? {} : { uid: object.uid };
      return type ? [{ type, object, workKey: keyOf(work), ...whose }] : [];
    }),
  );
  return removals.flat();
}

/** The objects of the first step that isn't finished, and what holds them, in words. */
async function deleteInSteps(deps: WorkDeps, removals: Removal[], signal: AbortSignal): Promise<string[]> {
  for (const step of inSteps(removals, ({ object }) => object.kind).reverse()) {
    const results = await Promise.all(step.map((removal) => deleteObject(deps, removal, signal)));
    const pending = step.flatMap(({ object }, index) => {
      const result = results[index];
      return result?.is === 'pending' ? [`${describe(object)} (${result.heldBy})`] : [];
    });
    if (pending.length > 0) return pending;
  }
  return [];
}

async function letGo(deps: WorkDeps, work: Work, signal: AbortSignal): Promise<void> {
  try {
    await removeExecutionFinalizer(deps.hub, work, signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const live = await deps.hub.get(works, splitKey(keyOf(work)), { signal });
    if (live.metadata.uid === work.metadata.uid) await removeExecutionFinalizer(deps.hub, live, signal);
  }
}
