import type { StorageClock } from './compactor.ts';

/**
 * How long a commit waits for more writes. What a commit costs hardly grows with what is in it, so that where writes come densely some ms of waiting make each of
 * them several times cheaper. It never makes those wait who write one thing after the other: only where several writes were on their way at once lately is
 * another one expected, and once as many wait as there were then, none.
 */
export interface Gathering {
  /** A write has come: so many wait now, and so many more are being committed. */
  arrived(waiting: number, committing: number): void;
  /** Resolves when it is time to commit. One at a time. */
  enough(waiting: number): Promise<void>;
  /** From now on nothing waits. */
  stop(): void;
}

/** As many at once as a few clients that wait for their answers don't make. */
const DENSE = 4;
const MOST_MS = 8;
/** "Lately" is this period and the one before. */
const PERIOD_MS = 100;

export function newGathering(clock: StorageClock): Gathering {
  const most = newRecentMost(clock);
  let begin: (() => void) | undefined;
  let isStopped = false;

  const isEnough = (waiting: number): boolean => {
    const expected = most.lately();
    return isStopped || expected < DENSE || waiting >= expected;
  };
  return {
    arrived(waiting, committing) {
      most.note(waiting + committing);
      if (begin && isEnough(waiting)) begin();
    },
    async enough(waiting) {
      if (isEnough(waiting)) return;
      await new Promise<void>((resolve) => {
        const cancel = clock.setTimeout(resolve, MOST_MS);
        begin = () => {
          cancel();
          resolve();
        };
      });
      begin = undefined;
    },
    stop() {
      isStopped = true;
      begin?.();
    },
  };
}

/** The greatest number in this period and the one before. */
function newRecentMost(clock: StorageClock) {
  let startMs = clock.now();
  let current = 0;
  let before = 0;
  const turn = (): void => {
    const passedMs = clock.now() - startMs;
    // A clock that was set back begins anew.
    if (passedMs >= 0 && passedMs < PERIOD_MS) return;
    before = passedMs >= 0 && passedMs < 2 * PERIOD_MS ? current : 0;
    current = 0;
    startMs = clock.now();
  };
  return {
    note(number: number): void {
      turn();
      current = Math.max(current, number);
    },
    lately(): number {
      turn();
      return Math.max(current, before);
    },
  };
}
