import { newBadRequest, newTimeout } from '../../../shared/apis/meta/status-error.ts';
import { parseDuration } from '../registry/parse-duration.ts';
import type { Clock } from '../registry/registry.ts';
import type { Middleware, ServerRequest } from '../request.ts';
import { isLongRunning } from './long-running.ts';

const REQUEST_TIMEOUT_MS = 60_000;

/** 504 for what takes longer than the limit, or than the client's `timeout` parameter if that is less. The handler's signal aborts then. */
export function newRequestTimeout(clock: Clock, limitMs: number = REQUEST_TIMEOUT_MS): Middleware {
  return async (context, next) => {
    if (isLongRunning(context.info)) return next(context);
    const { request } = context;
    const deadline = newDeadline(clock, request, timeoutOf(request, limitMs));
    const limited: ServerRequest = {
      ...request,
      get signal() {
        return deadline.signal();
      },
    };
    return deadline.limit(next({ ...context, request: limited }));
  };
}

interface Deadline {
  /** Aborts with the request's own signal and when the time is up. Made when it is first asked for, which few handlers do. */
  signal(): AbortSignal;
  /** The same answer, or a rejection when the time is up first. */
  limit<T>(running: Promise<T>): Promise<T>;
}

function newDeadline(clock: Clock, request: ServerRequest, delayMs: number): Deadline {
  let controller: AbortController | undefined;
  let isPassed = false;
  const onAbort = (): void => controller?.abort(request.signal.reason);
  const pass = (): void => {
    isPassed = true;
    controller?.abort(new Error('the time of the request is up'));
  };
  const newController = (): AbortController => {
    controller = new AbortController();
    request.signal.addEventListener('abort', onAbort, { once: true });
    if (request.signal.aborted) onAbort();
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
            if (controller) request.signal.removeEventListener('abort', onAbort);
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
