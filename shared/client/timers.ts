/** What this folder needs of time; the product's `Clock` (shared/controller) fits. */
export interface Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  setTimeout(task: () => void, delayMs: number): () => void;
}

/** The machine's time. Its timers do not keep a process alive. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  setTimeout: (task, delayMs) => {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
