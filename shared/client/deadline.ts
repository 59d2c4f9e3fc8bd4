import type { Timers } from './timers.ts';
import { TransportError } from './transport.ts';

/** Signals that end with what they are for. (AbortSignal.any and .timeout keep memory for as long as the outer signal lives, which here is as long as the process.) */

export interface Deadline {
  signal: AbortSignal | undefined;
  timeoutMs: number;
  /** What has no answer when it is over, told in a TransportError; or the error. */
  what: () => string | Error;
}

/** Runs `task` with a signal that aborts with the outer one, or after `timeoutMs`. Throws if the outer one has aborted already. */
export async function withDeadline<T>(
  timers: Timers,
  { signal, timeoutMs, what }: Deadline,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const inner = new AbortController();
  const cancel = timers.setTimeout(() => inner.abort(tooLate(what(), timeoutMs)), timeoutMs);
  try {
    return await follow(inner, signal ? [signal] : [], task);
  } finally {
    cancel();
  }
}

function tooLate(what: string | Error, timeoutMs: number): Error {
  return typeof what === 'string' ? new TransportError(`${what}: no answer within ${timeoutMs / 1000} s`) : what;
}

/** Runs `task` with a signal that aborts with the first of `signals`. */
export function withAnyOf<T>(signals: AbortSignal[], task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return follow(new AbortController(), signals, task);
}

async function follow<T>(
  inner: AbortController,
  signals: AbortSignal[],
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = ({ target }: Event): void => inner.abort((target as AbortSignal).reason);
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true });
  const first = signals.find(({ aborted }) => aborted);
  if (first) inner.abort(first.reason);
  try {
    return await task(inner.signal);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', abort);
  }
}
