import type { ErrorRequestHandler } from 'express';
import type { ControlDeps } from './control-deps.ts';
import { Problem, problemOf } from './problem.ts';

/** The one place where an error becomes an answer. What is the hub's own fault is logged, without the URL: somebody may have put a token into it. */
export function newErrorAnswer({
  acceptedCredentials,
  log,
}: Pick<ControlDeps, 'acceptedCredentials' | 'log'>): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    if (response.destroyed) return;
    const problem = problemOf(error, acceptedCredentials);
    if (!problem) log.error({ err: error, method: request.method }, 'a request to the control-plane API failed');
    const { document, headers } = problem ?? new Problem('internal', 'the log of the hub says more');
    response.status(document.status).set(headers).type('application/problem+json').send(JSON.stringify(document));
  };
}
