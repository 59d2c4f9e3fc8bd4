/** Time as a dependency, so that tests decide it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some moment, whatever the machine's time is set to meanwhile: for how long something lasts. */
  monotonic(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. Timers of the system clock do not keep a process alive by themselves. */
  setTimeout(task: () => void, delayMs: number): () => void;
}
