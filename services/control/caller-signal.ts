import type { IncomingMessage, ServerResponse } from 'node:http';

/** Aborts when the caller has gone before the answer is out. */
export function callerSignal(request: IncomingMessage, response: ServerResponse): AbortSignal {
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort(new Error('the caller left'));
  });
  if (request.destroyed && !request.complete) left.abort(new Error('the caller left'));
  return left.signal;
}
