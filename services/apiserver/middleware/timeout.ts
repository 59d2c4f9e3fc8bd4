import { newBadRequest, newTimeout } from '../../../shared/apis/meta/status-error.ts';
import { parseDuration } from '../registry/parse-duration.ts';
import type { Clock } from '../registry/registry.ts';
import type { Middleware, ServerRequest } from '../request.ts';
import { isLongRunning } from './long-running.ts';

const REQUEST_TIMEOUT_MS = 60_000;

/** 504 for what takes longer than the limit, or than the client's `timeout` parameter if that is less. The handler's signal aborts then. */
export function newRequestTimeout(clock: Clock, limitMs: number = REQUEST_TIMEOUT_MS): Middleware {
  return (context, next) => {
    if (isLongRunning(context.info)) return next(context);
    const deadline = newDeadline(clock, context.signal, timeoutOf(context.request, limitMs));
    context.signal = deadline.signal;
    return deadline.limit(next(context));
  };
}

interface Deadline {
  /** Aborts with the given signal and when the time is up. Made when it is first asked for, which few handlers do. */
  signal(): AbortSignal;
  /** The same answer, or a rejection when the time is up first. */
  limit<T>(running: Promise<T>): Promise<T>;
}

function newDeadline(clock: Clock, outer: () => AbortSignal, delayMs: number): Deadline {
  let controller: AbortController | undefined;
  let isPassed = false;
  const onAbort = (): void => controller?.abort(outer().reason);
  const pass = (): void => {
    isPassed = true;
    controller?.abort(new Error('the time of the request is up'));
  };
  const newController = (): AbortController => {
    controller = new AbortController();
    outer().addEventListener('abort', onAbort, { once: true });
    if (outer().aborted) onAbort();
    if (isPassed) pass();
    return controller;
  };
  return {
    signal: () => (controller ?? newController()).signal,
    limit: (running) =>
      new Promise((resolve, reject) => {
        const stopTimer = clock.setTimeout(() => {
          reject(newTimeout('request did not complete within the allotted timeout'));
          pass();
        }, delayMs);
        const settled =
          <R>(settle: (result: R) => void) =>
          (result: R): void => {
            stopTimer();
            if (controller) outer().removeEventListener('abort', onAbort);
            settle(result);
          };
        running.then(settled(resolve), settled(reject));
      }),
  };
}

/** Throws 400. */
function timeoutOf({ query }: ServerRequest, limitMs: number): number {
  const text = query.get('timeout');
  if (!text) return limitMs;
  const asked = askedMs(text);
  return asked > 0 ? Math.min(asked, limitMs) : limitMs;
}

function askedMs(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw newBadRequest(`invalid timeout specified in the request URL - ${(error as Error).message}`);
  }
}
