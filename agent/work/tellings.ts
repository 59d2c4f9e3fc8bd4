import type { Clock } from '../../shared/controller/clock.ts';

/**
 * Deliveries before tellings: while many Works are being delivered, that one has arrived is told the hub a little later, for a status costs hub and agent as much
 * as a delivery, and the member is what users wait for. All is told when deliveries are done; nothing is held for longer than it may be, and what failed is not
 * held at all.
 */
export interface Tellings {
  /** The Work's status may have changed. */
  tell(key: string): void;
  /** Delivers one Work; what is held goes when no longer many are under way. One that took long the last time holds nothing up: it may be tried again and again. */
  during<T>(key: string, deliver: () => Promise<T>): Promise<T>;
}

export interface TellingsOptions {
  clock: Clock;
  /** How many Works wait for their delivery. */
  waiting(): number;
  /** Whether the Work has something to say that does not wait. */
  isUrgent(key: string): boolean;
  write(key: string): void;
  /** For how long something may be held; fifteen seconds if absent. */
  maxHoldMs?: number;
  /** Between two that were held; none if absent. */
  eachMs?: number;
}

/** Works that wait or are under way: fewer don't hold up each other. */
const MANY = 4;
/** A delivery that takes longer waits for something else than the processor. */
const SLOW_MS = 2000;
/** Some 500 Works arrive within it; whoever sends more for longer sees what has arrived this much later. */
const MAX_HOLD_MS = 15_000;

export function newTellings(options: TellingsOptions, signal: AbortSignal): Tellings {
  const { clock, waiting, isUrgent, write, maxHoldMs = MAX_HOLD_MS, eachMs = 0 } = options;
  /** By key, since when; the oldest first. */
  const held = new Map<string, number>();
  const underWay = new Set<{ key: string; sinceMs: number }>();
  const slow = new Set<string>();
  let nextMs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  signal.addEventListener('abort', () => cancel?.(), { once: true });

  const areMany = (): boolean => {
    let count = waiting();
    const now = clock.monotonic();
    for (const { key, sinceMs } of underWay) {
      if (count >= MANY) return true;
      if (now - sinceMs < SLOW_MS && !slow.has(key)) count += 1;
    }
    return count >= MANY;
  };
  /** In how many milliseconds what has been held since then may go. */
  const waitMsOf = (sinceMs: number): number => {
    const now = clock.monotonic();
    const holdMs = areMany() ? Math.min(maxHoldMs, sinceMs + maxHoldMs - now) : 0;
    return Math.max(holdMs, Math.min(eachMs, nextMs - now));
  };
  /** Writes what may go, and waits for what may not. */
  const release = (): void => {
    cancel?.();
    cancel = undefined;
    if (signal.aborted) return;
    for (const [key, sinceMs] of held) {
      const waitMs = waitMsOf(sinceMs);
      if (waitMs > 0) {
        cancel = clock.setTimeout(release, waitMs);
        return;
      }
      held.delete(key);
      nextMs = clock.monotonic() + eachMs;
      write(key);
    }
  };
  return {
    tell: (key) => {
      if (isUrgent(key) || !areMany()) {
        held.delete(key);
        return write(key);
      }
      if (!held.has(key)) held.set(key, clock.monotonic());
      if (!cancel) release();
    },
    during: async (key, deliver) => {
      const one = { key, sinceMs: clock.monotonic() };
      underWay.add(one);
      try {
        return await deliver();
      } finally {
        underWay.delete(one);
        if (clock.monotonic() - one.sinceMs >= SLOW_MS) slow.add(key);
        else slow.delete(key);
        if (held.size > 0 && !areMany()) release();
      }
    },
  };
}
