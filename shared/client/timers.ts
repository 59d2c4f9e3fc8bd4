/** What this folder needs of time; the product's `Clock` (shared/controller) fits. */
export interface Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some moment, whatever the machine's time is set to meanwhile: for how long something lasts. */
  monotonic(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  setTimeout(task: () => void, delayMs: number): () => void;
}

/** Node counts a timer's time in 31 bits (25 days) and runs at once what is to wait for longer. */
const LONGEST_MS = 2 ** 31 - 1;

/** So that a time that was never set, 0, is long ago. */
const startMs = Date.now() - performance.now();

/** The machine's time, for delays of any length; each timer is made by `newTimer`. */
export function newTimers(newTimer: (task: () => void, delayMs: number) => NodeJS.Timeout): Timers {
  return {
    now: () => Date.now(),
    monotonic: () => Math.floor(startMs + performance.now()),
    setTimeout: (task, delayMs) => {
      let timer: NodeJS.Timeout;
      const wait = (leftMs: number): void => {
        const isLast = leftMs <= LONGEST_MS;
        timer = isLast ? newTimer(task, leftMs) : newTimer(() => wait(leftMs - LONGEST_MS), LONGEST_MS);
      };
      wait(delayMs);
      return () => clearTimeout(timer);
    },
  };
}

/** The machine's time. Its timers do not keep a process alive. */
export const systemTimers: Timers = newTimers((task, delayMs) => setTimeout(task, delayMs).unref());
