/** Delays that double from try to try, with jitter, so that many who failed together do not come back together. */

export interface BackoffOptions {
  baseMs: number;
  maxMs: number;
  /** 0 to 1; tests fix it. */
  random?: () => number;
}

/** The delay before try `failures` + 1: between half and the whole of base × 2^(failures-1), at most `maxMs`. */
export function backoffMs(failures: number, { baseMs, maxMs, random = Math.random }: BackoffOptions): number {
  const fullMs = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 40));
  return fullMs * (0.5 + random() / 2);
}

/** Counts failures by key. */
export interface KeyedBackoff {
  /** Notes a failure; how long to wait now. */
  next(key: string): number;
  forget(key: string): void;
  /** Something has changed for all that failed: the next failure waits for about a second at most. What they are. */
  ease(): string[];
}

const EASED_MS = 1000;

const CONTROLLER_BACKOFF: BackoffOptions = { baseMs: 5, maxMs: 5 * 60_000 };

export function newKeyedBackoff(options: BackoffOptions = CONTROLLER_BACKOFF): KeyedBackoff {
  const failures = new Map<string, number>();
  return {
    next: (key) => {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      return backoffMs(count, options);
    },
    forget: (key) => {
      failures.delete(key);
    },
    ease: () => {
      const keys = [...failures.keys()];
      const most = Math.max(1, Math.floor(Math.log2(EASED_MS / options.baseMs)));
      for (const [key, count] of failures) failures.set(key, Math.min(count, most));
      return keys;
    },
  };
}
