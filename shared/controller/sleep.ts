import type { Clock } from './clock.ts';

/**
 * Resolves after `delayMs`, or as soon as `signal` aborts (whoever waits then looks at the signal), or when what `subscribe` subscribes to
 * calls back.
 */
export function sleep(
  clock: Clock,
  delayMs: number,
  signal: AbortSignal,
  subscribe?: (wake: () => void) => (() => void) | undefined,
): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      unsubscribe?.();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.setTimeout(done, delayMs);
    const unsubscribe = subscribe?.(done);
    signal.addEventListener('abort', done, { once: true });
  });
}
