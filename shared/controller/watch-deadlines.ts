import type { Clock } from './clock.ts';
import { InitialEventsUnsupportedError } from './informer-state.ts';

/**
 * The time limits of one watch: the server is asked to end it after 5 to 10 minutes, so that a stuck one can't stay; one that is not ended then is
 * given up; and initial events that stop coming without an end mean that the server doesn't know of the end.
 */
export interface WatchDeadlines {
  /** For the watch; aborts with the outer signal too. */
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  eventSeen(listIsComplete: boolean): void;
  /** It brought something, or lasted. */
  wasWorthwhile(): boolean;
  /** It brought something, and lasted so long that failures before it say nothing about one after it. */
  hasLasted(): boolean;
  /** Why the watch was given up here, if it was. */
  cause(): Error | undefined;
  stop(): void;
}

const MIN_WATCH_SECONDS = 300;
const GRACE_MS = 30_000;
const INITIAL_EVENTS_IDLE_MS = 10_000;
const SHORT_WATCH_MS = 1000;
const LASTING_MS = 10_000;

export function newWatchDeadlines(clock: Clock, outer: AbortSignal, awaitsInitialEvents: boolean): WatchDeadlines {
  const controller = new AbortController();
  const startedMs = clock.monotonic();
  const timeoutSeconds = Math.round(MIN_WATCH_SECONDS * (1 + Math.random()));
  let cause: Error | undefined;
  let events = 0;
  const giveUp = (why: Error): void => {
    cause = why;
    controller.abort(why);
  };
  const abort = (): void => controller.abort(outer.reason);
  const cancelTotal = clock.setTimeout(
    () => giveUp(new Error(`the server did not end the watch after ${timeoutSeconds} s, as it was asked to`)),
    timeoutSeconds * 1000 + GRACE_MS,
  );
  const awaitMore = (): (() => void) =>
    clock.setTimeout(() => giveUp(new InitialEventsUnsupportedError()), INITIAL_EVENTS_IDLE_MS);
  let cancelIdle = awaitsInitialEvents ? awaitMore() : (): void => {};
  let isAwaiting = awaitsInitialEvents;
  outer.addEventListener('abort', abort, { once: true });
  if (outer.aborted) abort();
  return {
    signal: controller.signal,
    timeoutSeconds,
    eventSeen: (listIsComplete) => {
      events++;
      if (!isAwaiting) return;
      cancelIdle();
      isAwaiting = !listIsComplete;
      if (isAwaiting) cancelIdle = awaitMore();
    },
    hasLasted: () => events > 0 && clock.monotonic() - startedMs >= LASTING_MS,
    wasWorthwhile: () => events > 0 || clock.monotonic() - startedMs >= SHORT_WATCH_MS,
    cause: () => cause,
    stop: () => {
      cancelTotal();
      cancelIdle();
      outer.removeEventListener('abort', abort);
    },
  };
}
