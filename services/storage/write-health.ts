import type { StorageClock } from './compactor.ts';

/**
 * Whether the store can be written. After a commit that failed it counts as read-only, and a probe is written every few seconds until one succeeds, so that
 * it is well again also when nobody else writes meanwhile.
 */
export interface WriteHealth {
  /** Why the last commit failed; absent when it did not. */
  failure(): Error | undefined;
  failed(error: unknown): void;
  succeeded(): void;
  stop(): void;
}

const PROBE_EVERY_MS = 5000;

/** `probe` writes something that needs room and takes it back. `onError` is told of a failure when it begins, not with each write that meets it. */
export function newWriteHealth(
  clock: StorageClock | undefined,
  probe: () => Promise<void>,
  onError: (error: unknown) => void = () => {},
): WriteHealth {
  let failure: Error | undefined;
  let cancel: (() => void) | undefined;
  let isStopped = false;

  function schedule(): void {
    if (!clock || cancel || isStopped) return;
    cancel = clock.setTimeout(() => {
      cancel = undefined;
      probe().then(succeeded, failed);
    }, PROBE_EVERY_MS);
  }

  function failed(error: unknown): void {
    const before = failure;
    failure = error instanceof Error ? error : new Error(String(error));
    if (failure.message !== before?.message) onError(new Error('the store takes no writes', { cause: failure }));
    schedule();
  }

  function succeeded(): void {
    failure = undefined;
    cancel?.();
    cancel = undefined;
  }

  return {
    failure: () => failure,
    failed,
    succeeded,
    stop: () => {
      isStopped = true;
      succeeded();
    },
  };
}
