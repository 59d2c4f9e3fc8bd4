import type { Request, RequestHandler } from 'express';
import { selfSubjectAccessReviews } from '../../shared/apis/authorization/v1.ts';
import { callerOf } from './caller.ts';
import type { CallerLimits } from './caller-limits.ts';
import { callerSignal } from './caller-signal.ts';
import type { CallerCredentials, ControlDeps } from './control-deps.ts';
import { newUnauthenticated, Problem } from './problem.ts';

/** Counts and durations of requests to this API, by route and never by what callers make up; for whoever may read the hub's own `/metrics`. */
export interface RequestMetrics {
  observe(answer: { method: string; route: string; code: number; seconds: number }): void;
  /** In Prometheus' text format. */
  read(): Promise<{ contentType: string; text: string }>;
}

export const METRICS_PATH = '/metrics';
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS'];

/** Before everything else, so that refusals count too. */
export function newObserver({ metrics, clock }: ControlDeps): RequestHandler {
  return (request, response, next) => {
    const startMs = clock.now();
    response.once('finish', () => {
      const seconds = (clock.now() - startMs) / 1000;
      metrics?.observe({ ...labelsOf(request), code: response.statusCode, seconds });
    });
    next();
  };
}

/** The route's pattern, as express matched it. */
function labelsOf(request: Request): { method: string; route: string } {
  const { path } = (request.route ?? {}) as { path?: unknown };
  const route = typeof path === 'string' ? path.replaceAll(/:(\w+)/g, '{$1}') : 'none';
  return { method: METHODS.includes(request.method) ? request.method : 'OTHER', route };
}

export function newMetricsHandler(deps: ControlDeps, limits: CallerLimits): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    limits.admit(caller);
    response.once('finish', () => limits.ended(caller, response.statusCode));
    await requireMetricsRight(deps, caller.credentials, callerSignal(request, response));
    if (!deps.metrics) throw new Problem('not-found', 'this hub keeps no metrics of this API');
    const { contentType, text } = await deps.metrics.read();
    response.type(contentType).send(text);
  };
}

async function requireMetricsRight(
  { clientFor, acceptedCredentials }: ControlDeps,
  credentials: CallerCredentials,
  signal: AbortSignal,
): Promise<void> {
  const client = clientFor(credentials);
  if (!client) throw newUnauthenticated(acceptedCredentials, 'no credential was presented');
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: { nonResourceAttributes: { path: METRICS_PATH, verb: 'get' } },
  };
  const { status } = await client.create(selfSubjectAccessReviews, review, { signal });
  if (status?.allowed) return;
  throw new Problem('forbidden', 'these are for who may get the path /metrics of the hub (RBAC: nonResourceURLs)');
}
