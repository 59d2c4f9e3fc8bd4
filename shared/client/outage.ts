import type { Timers } from './timers.ts';

/** Notices that a server answers again which for a while could not be reached, or said of itself that it does not work, to everybody who asked. */
export interface Outage {
  failed(): void;
  answered(): void;
}

/** Shorter ones are over before anybody waits for long. */
const WORTH_TELLING_MS = 3000;

export function newOutage(timers: Timers, onEnd: () => void): Outage {
  let sinceMs: number | undefined;
  return {
    failed: () => {
      sinceMs ??= timers.monotonic();
    },
    answered: () => {
      const isWorthTelling = sinceMs !== undefined && timers.monotonic() - sinceMs >= WORTH_TELLING_MS;
      sinceMs = undefined;
      if (isWorthTelling) onEnd();
    },
  };
}
