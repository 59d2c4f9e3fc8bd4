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

/** Runs `task` with a signal that aborts with the first of `signals`, or when the task is over: a part of it may go on else, with nobody to end it. */
export async function withAnyOf<T>(signals: AbortSignal[], task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const inner = new AbortController();
  try {
    return await follow(inner, signals, task);
  } finally {
    inner.abort(new Error('what it was for is over'));
  }
}

async function follow<T>(
  inner: AbortController,
  signals: AbortSignal[],
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leave = signals.map((signal) => join(signal, inner));
  const first = signals.find(({ aborted }) => aborted);
  if (first) inner.abort(first.reason);
  try {
    return await task(inner.signal);
  } finally {
    for (const one of leave) one();
  }
}

interface Followers {
  all: Set<AbortController>;
  abort: () => void;
}

const followersOf = new WeakMap<AbortSignal, Followers>();

/** One listener for all that follow a signal: one that many requests share looks through all that it has whenever another comes or goes. The result ends it. */
function join(signal: AbortSignal, inner: AbortController): () => void {
  const { all, abort } = followersOf.get(signal) ?? newFollowers(signal);
  all.add(inner);
  return () => {
    all.delete(inner);
    if (all.size > 0) return;
    followersOf.delete(signal);
    signal.removeEventListener('abort', abort);
  };
}

function newFollowers(signal: AbortSignal): Followers {
  const all = new Set<AbortController>();
  const abort = (): void => {
    for (const inner of all) inner.abort(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  const followers = { all, abort };
  followersOf.set(signal, followers);
  return followers;
}
