import type { Clock } from '../../shared/controller/clock.ts';

/** Many who ask at the same time are to share few questions, and nobody is to wait long. */
export interface Rest {
  /** Of the time that an answer took. */
  factor: number;
  maxMs: number;
}

const REST: Rest = { factor: 1, maxMs: 20 };

/**
 * One question for many: whoever asks gets an answer to a question that was put after they asked, and all who ask while one is under way
 * share the next. With a clock the next is put only some time after the answer, as long as that took, so that more share it.
 */
export function coalesced<T>(
  ask: () => Promise<T>,
  clock?: Pick<Clock, 'now' | 'setTimeout'>,
  { factor, maxMs }: Rest = REST,
): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  let tookMs = 0;
  const rest = async (): Promise<void> => {
    const ms = Math.min(maxMs, tookMs * factor);
    if (clock && ms > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
  };
  const start = (): Promise<T> => {
    const startedMs = clock?.now() ?? 0;
    const asked = ask().finally(() => {
      tookMs = (clock?.now() ?? 0) - startedMs;
      if (running === asked) running = undefined;
    });
    running = asked;
    return asked;
  };
  return () => {
    if (next) return next;
    if (!running) return start();
    next = running
      .catch(() => undefined)
      .then(rest)
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
}
