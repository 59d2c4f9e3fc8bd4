/** Time as a dependency, so that tests decide it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. Timers of the system clock do not keep a process alive by themselves. */
  setTimeout(task: () => void, delayMs: number): () => void;
}
