/** How often, one count a key. Keys that have been quiet the longest are forgotten first, so that memory has a bound whatever callers present. */
export interface RateLimit {
  /** Takes one; 0, or the milliseconds until there is one. */
  take(key: string): number;
  /** The same without taking. */
  waitMs(key: string): number;
}

export interface RateLimitOptions {
  perSecond: number;
  burst: number;
  now: () => number;
  maxKeys?: number;
}

/** The generic cell rate algorithm (ITU-T I.371): of each key only the time is kept when all that was taken would be made up for. */
export function newRateLimit({ perSecond, burst, now, maxKeys = 10_000 }: RateLimitOptions): RateLimit {
  const intervalMs = 1000 / perSecond;
  const evenAtMs = new Map<string, number>();
  const after = (key: string): number => Math.max(evenAtMs.get(key) ?? 0, now()) + intervalMs;
  const waitMs = (key: string): number => Math.max(0, Math.ceil(after(key) - burst * intervalMs - now()));
  return {
    waitMs,
    take: (key) => {
      const wait = waitMs(key);
      const next = wait === 0 ? after(key) : (evenAtMs.get(key) ?? 0);
      evenAtMs.delete(key); // the order of the map is that of use
      evenAtMs.set(key, next);
      const [oldest] = evenAtMs.keys();
      if (evenAtMs.size > maxKeys && oldest !== undefined) evenAtMs.delete(oldest);
      return wait;
    },
  };
}
