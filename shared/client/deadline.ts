import type { Timers } from './timers.ts';
import { TransportError } from './transport.ts';

/**
 * Runs `task` with a signal that aborts with `signal`, or with a TransportError after `timeoutMs`. (AbortSignal.any and .timeout keep memory for as long as
 * the outer signal lives, which here is as long as the process.)
 */
export async function withDeadline<T>(
  timers: Timers,
  options: { signal: AbortSignal | undefined; timeoutMs: number; what: () => string },
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, timeoutMs, what } = options;
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  const cancel = timers.setTimeout(() => {
    controller.abort(new TransportError(`${what()}: no answer within ${timeoutMs / 1000} s`));
  }, timeoutMs);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await task(controller.signal);
  } finally {
    cancel();
    signal?.removeEventListener('abort', abort);
  }
}
