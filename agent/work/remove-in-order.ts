import { KINDS_WITH_CONTENTS } from '../../shared/apis/work/kinds-with-contents.ts';
import { inSteps } from './apply-order.ts';
import type { LetGo } from './hand-over.ts';
import { inParallel } from './in-parallel.ts';
import { UnconfirmedKind } from './kind-problems.ts';

/** Takes objects out of the member in the reverse order of applying, each step really gone before the next. */

/** Why what goes later is still there. */
const AFTER_OTHERS = 'after the others';

/** What is not gone yet, and what holds it, in words; with the error, if the member could not be asked. */
export interface Remaining<T> {
  object: T;
  why: string;
  error?: unknown;
  /** Another Work is to have it. */
  isOffered?: true;
  /** It is not asked to go yet. */
  isKept?: true;
}

/** What is left: of the steps that aren't finished, and what waits for them. */
export async function removeInOrder<T extends { kind: string }>(
  objects: readonly T[],
  remove: (object: T) => Promise<LetGo>,
  signal: AbortSignal,
): Promise<Remaining<T>[]> {
  const left: Remaining<T>[] = [];
  for (const step of inSteps(objects, ({ kind }) => kind).reverse()) {
    const mustWait = step.some(({ kind }) => isHeldBack(kind, left));
    left.push(
      ...(mustWait ? step.map((object) => ({ object, why: AFTER_OTHERS })) : await removeAll(step, remove, signal)),
    );
  }
  return left;
}

/** Only what an offered object would go with waits until that is another's. */
function isHeldBack(kind: string, left: Remaining<unknown>[]): boolean {
  return KINDS_WITH_CONTENTS.has(kind) ? left.length > 0 : left.some(({ isOffered }) => !isOffered);
}

const LOOK_AGAIN_MS = 1000;
/** Works are looked at when what they wait for has changed: this is only for what nobody has told. */
const WAITING_AGAIN_MS = 30_000;
/** Of the time that it has been so. */
const LOOKS_FACTOR = 0.25;

/** When what is left is worth a look again, which costs hub and member requests; `unchangedMs`: for how long it has been left in the same words. */
export function lookAgainMs(left: readonly Remaining<unknown>[], unchangedMs: number): number {
  const isOnTheWay = left.some(({ isOffered, isKept, why }) => !isOffered && !isKept && why !== AFTER_OTHERS);
  return isOnTheWay
    ? Math.min(WAITING_AGAIN_MS, Math.max(LOOK_AGAIN_MS, unchangedMs * LOOKS_FACTOR))
    : WAITING_AGAIN_MS;
}

const WAITS = { pending: {}, offered: { isOffered: true }, kept: { isKept: true } } as const;

/** All at the same time. One that fails doesn't stop the others. */
export async function removeAll<T>(
  objects: readonly T[],
  remove: (object: T) => Promise<LetGo>,
  signal: AbortSignal,
): Promise<Remaining<T>[]> {
  const results = await inParallel(objects, async (object): Promise<Remaining<T>[]> => {
    try {
      const removed = await remove(object);
      return 'heldBy' in removed ? [{ object, why: removed.heldBy, ...WAITS[removed.is] }] : [];
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UnconfirmedKind) return [{ object, why: error.message }];
      return [{ object, why: error instanceof Error ? error.message : String(error), error }];
    }
  });
  return results.flat();
}
