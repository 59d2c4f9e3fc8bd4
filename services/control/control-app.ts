import express, { type Express, type RequestHandler, type Response } from 'express';
import { newCorsPolicy, securityHeaders } from './browser-policy.ts';
import { callerOf } from './caller.ts';
import { type CallerLimits, DEFAULT_LIMITS, newCallerLimits } from './caller-limits.ts';
import { callerSignal } from './caller-signal.ts';
import type { ControlDeps } from './control-deps.ts';
import { newErrorAnswer } from './error-answer.ts';
import { METRICS_PATH, newMetricsHandler, newObserver } from './metrics.ts';
import { newOpenApiDocument } from './openapi.ts';
import { newUnauthenticated, Problem } from './problem.ts';
import { type Answer, type CallerRoute, NOTHING, type PublicRoute, type Route } from './route.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { certificateRoutes } from './routes/certificate.ts';
import { clusterRoutes } from './routes/clusters.ts';
import { healthRoute } from './routes/health.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { OpenApiSchema } from './schemas/openapi.ts';

/** The HTTP API for portals and scripts, as an express application: headers → CORS → who asks, and how often → content → the route → errors as problems. */

const BASE_PATH = '/api/v1';
const BODY_LIMIT = '64kb';

export function newControlApp(deps: ControlDeps): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.set('query parser', 'simple');
  const limits = newCallerLimits(deps.limits ?? DEFAULT_LIMITS, () => deps.clock.now());
  const routes = newRoutes(deps);
  app.use(newObserver(deps), securityHeaders, newCorsPolicy(deps.corsOrigins ?? []));
  for (const route of routes) app[route.method](expressPath(route), ...handlersOf(route, deps, limits));
  app.get(METRICS_PATH, newMetricsHandler(deps, limits));
  refuseOtherMethods(app, routes);
  app.use(() => {
    throw new Problem('not-found', `this path is not served; ${BASE_PATH}/openapi.json says which are`);
  });
  app.use(newErrorAnswer(deps));
  return app;
}

function newRoutes(deps: ControlDeps): Route[] {
  const routes: Route[] = [
    ...tokenRoutes(deps),
    ...clusterRoutes(),
    ...certificateRoutes(deps),
    ...approvalRoutes(deps),
    healthRoute(deps),
  ];
  const document: PublicRoute = {
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApiDocument',
    summary: 'This description, as OpenAPI 3.1',
    tag: 'service',
    params: NOTHING,
    query: NOTHING,
    answer: { status: 200, description: 'the document', schema: OpenApiSchema },
    runForAnyone: async () => ({ status: 200, body: described }),
  };
  const all = [...routes, document];
  const described = newOpenApiDocument(all, BASE_PATH);
  return all;
}

const expressPath = ({ path }: Route): string => BASE_PATH + path.replaceAll(/\{(\w+)\}/g, ':$1');

function refuseOtherMethods(app: Express, routes: readonly Route[]): void {
  for (const path of new Set(routes.map(expressPath))) {
    const methods = routes.filter((route) => expressPath(route) === path).map(({ method }) => method.toUpperCase());
    // HEAD is answered wherever GET is.
    const headers = { Allow: methods.flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each])).join(', ') };
    app.all(path, () => {
      throw new Problem('method-not-allowed', `here there is only ${methods.join(' and ')}`, { headers });
    });
  }
}

function handlersOf(route: Route, deps: ControlDeps, limits: CallerLimits): RequestHandler[] {
  if ('runForAnyone' in route) return [newPublicHandler(route, limits)];
  const readBody = express.json({ limit: BODY_LIMIT, type: 'application/json' });
  return [newAdmission(limits), requireJson, readBody, newCallerHandler(route, deps, limits)];
}

/** Before the content is read. */
function newAdmission(limits: CallerLimits): RequestHandler {
  return (request, _response, next) => {
    limits.admit(callerOf(request));
    next();
  };
}

/** Also keeps out what a form of another page could send. */
const requireJson: RequestHandler = (request, _response, next) => {
  const hasContent =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
  if (hasContent && !request.is('application/json')) {
    throw new Problem('unsupported-media-type', 'send it with content-type: application/json');
  }
  next();
};

function newPublicHandler(route: PublicRoute, limits: CallerLimits): RequestHandler {
  return async (request, response) => {
    const { address } = callerOf(request);
    limits.admitAddress(address);
    send(response, await route.runForAnyone());
  };
}

function newCallerHandler(route: CallerRoute, deps: ControlDeps, limits: CallerLimits): RequestHandler {
  const { acceptedCredentials } = deps;
  return async (request, response) => {
    const caller = callerOf(request);
    const client = deps.clientFor(caller.credentials);
    if (!client) throw newUnauthenticated(acceptedCredentials, 'no credential was presented');
    const input = { params: { ...request.params }, query: request.query, body: request.body };
    response.once('finish', () => limits.ended(caller, response.statusCode));
    send(response, await route.run(input, { client, signal: callerSignal(request, response) }));
  };
}

function send(response: Response, { status, body }: Answer): void {
  if (body === undefined) response.status(status).end();
  else response.status(status).json(body);
}
