import type { Clock } from '../../shared/controller/clock.ts';

/**
 * Deliveries before tellings: while many Works are being delivered, that one has arrived is told the hub a little later, for a status costs hub and agent as much
 * as a delivery, and the member is what users wait for. Nothing is held for longer than some seconds, and what failed is not held at all.
 */
export interface Tellings {
  /** The Work's status may have changed. */
  tell(key: string): void;
  /** Delivers one Work; what is held goes when no longer many are under way. */
  during<T>(deliver: () => Promise<T>): Promise<T>;
}

export interface TellingsOptions {
  clock: Clock;
  /** How many Works wait for their delivery. */
  waiting(): number;
  /** Whether the Work has something to say that does not wait. */
  isUrgent(key: string): boolean;
  write(key: string): void;
}

/** Works that wait or are under way: fewer don't hold up each other. */
const MANY = 4;
/** A delivery that takes longer waits for something else than the processor. */
const SLOW_MS = 1000;
const MAX_HOLD_MS = 5000;

export function newTellings({ clock, waiting, isUrgent, write }: TellingsOptions, signal: AbortSignal): Tellings {
  const held = new Set<string>();
  const underWay = new Set<{ sinceMs: number }>();
  let cancel: (() => void) | undefined;
  signal.addEventListener('abort', () => cancel?.(), { once: true });

  const areMany = (): boolean => {
    const now = clock.now();
    const quick = [...underWay].filter(({ sinceMs }) => now - sinceMs < SLOW_MS);
    return waiting() + quick.length >= MANY;
  };
  const release = (): void => {
    cancel?.();
    cancel = undefined;
    const keys = [...held];
    held.clear();
    for (const key of keys) write(key);
  };
  return {
    tell: (key) => {
      if (isUrgent(key) || !areMany()) return write(key);
      held.add(key);
      cancel ??= clock.setTimeout(release, MAX_HOLD_MS);
    },
    during: async (deliver) => {
      const one = { sinceMs: clock.now() };
      underWay.add(one);
      try {
        return await deliver();
      } finally {
        underWay.delete(one);
        if (held.size > 0 && !areMany()) release();
      }
    },
  };
}
