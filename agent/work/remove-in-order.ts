import type { Logger } from '../../shared/controller/logger.ts';
import { inSteps } from './apply-order.ts';
import { deleteObject, type RemovalDeps, type Removed } from './delete-object.ts';
import { inParallel } from './in-parallel.ts';
import type { InventoryObject } from './inventory-record.ts';
import { describe } from './manifest.ts';
import type { WorkDeps } from './reconcile.ts';

/** Deletes what a Work no longer names in the reverse order of applying, each step really gone before the next. */
export interface RemoveDeps extends RemovalDeps {
  resourceFor: WorkDeps['resourceFor'];
  log: Pick<Logger, 'info' | 'warn'>;
}

/** Why what goes later is still there. */
export const AFTER_OTHERS = 'after the others';

/** What is not gone yet, and why, in words. */
export interface Remaining {
  object: InventoryObject;
  why: string;
}

/** One that can't be deleted doesn't stop the others of its step. */
export async function removeInOrder(
  deps: RemoveDeps,
  { work, objects }: { work: string; objects: InventoryObject[] },
  signal: AbortSignal,
): Promise<Remaining[]> {
  const steps = inSteps(objects, ({ kind }) => kind).reverse();
  for (const [index, step] of steps.entries()) {
    const results = await inParallel(step, (object) => remainingOf(deps, work, object, signal));
    const remaining = results.flat();
    const later = steps.slice(index + 1).flat();
    if (remaining.length > 0) return [...remaining, ...later.map((object) => ({ object, why: AFTER_OTHERS }))];
  }
  return [];
}

async function remainingOf(
  deps: RemoveDeps,
  work: string,
  object: InventoryObject,
  signal: AbortSignal,
): Promise<Remaining[]> {
  try {
    const removed = await remove(deps, work, object, signal);
    if (removed.is === 'gone') deps.log.info({ work, object: describe(object) }, 'pruned');
    return removed.is === 'pending' ? [{ object, why: removed.heldBy }] : [];
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn({ err: error, work, object: describe(object) }, 'could not prune an object');
    return [{ object, why: error instanceof Error ? error.message : String(error) }];
  }
}

/** Of a kind that the member no longer serves there are no objects. */
async function remove(deps: RemoveDeps, work: string, object: InventoryObject, signal: AbortSignal): Promise<Removed> {
  const type = await deps.resourceFor(object.apiVersion, object.kind, signal);
  return type ? deleteObject(deps, { type, object, uid: object.uid, workKey: work }, signal) : { is: 'foreign' };
}
