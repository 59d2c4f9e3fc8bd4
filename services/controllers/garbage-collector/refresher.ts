import type { Clock } from '../../../shared/controller/clock.ts';
import type { Logger } from '../../../shared/controller/logger.ts';

/** Looks at discovery again when it is told that something may have changed: one look at a time, so that an older answer never comes after a newer one. */
export interface Refresher {
  /** At most one look waits: the earliest wins. */
  soon(delayMs: number): void;
  /** Nothing is looked at from now on; what is under way is not waited for. */
  stop(): void;
}

const RETRY_MS = 2000;

export function newRefresher(
  refresh: () => Promise<void>,
  { clock, log }: { clock: Clock; log: Pick<Logger, 'warn'> },
): Refresher {
  let last = Promise.resolve();
  let dueMs = Number.POSITIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let isStopped = false;
  const look = async (): Promise<void> => {
    if (isStopped) return;
    try {
      await refresh();
    } catch (error) {
      if (isStopped) return;
      log.warn({ err: error }, 'discovery for garbage collection failed and is tried again');
      soon(RETRY_MS);
    }
  };
  const fire = (): void => {
    dueMs = Number.POSITIVE_INFINITY;
    last = last.then(look);
  };
  const soon = (delayMs: number): void => {
    if (isStopped || dueMs <= clock.monotonic() + delayMs) return;
    cancel?.();
    dueMs = clock.monotonic() + delayMs;
    cancel = clock.setTimeout(fire, delayMs);
  };
  return {
    soon,
    stop: () => {
      isStopped = true;
      cancel?.();
    },
  };
}
