import { inSteps } from './apply-order.ts';
import type { Removed } from './delete-object.ts';
import { inParallel } from './in-parallel.ts';

/** Takes objects out of the member in the reverse order of applying, each step really gone before the next. */

/** Why what goes later is still there. */
const AFTER_OTHERS = 'after the others';

/** What is not gone yet, and what holds it, in words; with the error, if the member could not be asked. */
export interface Remaining<T> {
  object: T;
  why: string;
  error?: unknown;
}

/** What is left: of the first step that isn't finished, and what comes after that. */
export async function removeInOrder<T extends { kind: string }>(
  objects: readonly T[],
  remove: (object: T) => Promise<Removed>,
  signal: AbortSignal,
): Promise<Remaining<T>[]> {
  const steps = inSteps(objects, ({ kind }) => kind).reverse();
  for (const [index, step] of steps.entries()) {
    const remaining = await removeAll(step, remove, signal);
    const later = steps.slice(index + 1).flat();
    if (remaining.length > 0) return [...remaining, ...later.map((object) => ({ object, why: AFTER_OTHERS }))];
  }
  return [];
}

/** All at the same time. One that fails doesn't stop the others. */
export async function removeAll<T>(
  objects: readonly T[],
  remove: (object: T) => Promise<Removed>,
  signal: AbortSignal,
): Promise<Remaining<T>[]> {
  const results = await inParallel(objects, async (object): Promise<Remaining<T>[]> => {
    try {
      const removed = await remove(object);
      return removed.is === 'pending' ? [{ object, why: removed.heldBy }] : [];
    } catch (error) {
      signal.throwIfAborted();
      return [{ object, why: error instanceof Error ? error.message : String(error), error }];
    }
  });
  return results.flat();
}
