import { newPathNotFound } from '../../shared/apis/meta/status-error.ts';
import { ISSUER_CONFIGURATION_PATH, ISSUER_KEYS_PATH } from './handlers/issuer-discovery.ts';
import { pageNotFound } from './handlers/plain-text.ts';
import type { Handler, RequestContext } from './request.ts';

/** Who answers what, once a request may be made. */
export interface Routes {
  resources: Handler;
  /** Kinds that answer and store nothing; undefined for a request that is not about one. */
  questions: (context: RequestContext) => Handler | undefined;
  discovery: Handler;
  openApi: Handler;
  health: Handler;
  version: Handler;
  metrics: Handler;
  issuerConfiguration: Handler;
  issuerKeys: Handler;
  /** What a process serves beside the Kubernetes API, by whole path; empty where there is nothing. */
  others: ReadonlyMap<string, Handler>;
}

export function newRouter(routes: Routes): Handler {
  return async (context) => {
    const handle = context.info.isResource ? resourceRoute(routes, context) : pathRoute(routes, context);
    return handle(context);
  };
}

/** Upstream's router takes a path as it is; what is authorized is told from it without the slashes at its ends. */
const ROOTED = /^\/(api\/|apis\/[^/])/;

function resourceRoute({ questions, resources }: Routes, context: RequestContext): Handler {
  const { path, rest } = context.info;
  if (!ROOTED.test(path)) return notFound;
  return (rest ? undefined : questions(context)) ?? resources;
}

function pathRoute(routes: Routes, { info: { path } }: RequestContext): Handler {
  const [, first = ''] = path.split('/');
  switch (first) {
    case 'api':
    case 'apis':
      return routes.discovery;
    case 'openapi':
      return routes.openApi;
    case 'livez':
    case 'readyz':
    case 'healthz':
      return routes.health;
    case '':
    case 'index.html':
      return index;
    default:
      return wholePathRoute(routes, path);
  }
}

function wholePathRoute(routes: Routes, path: string): Handler {
  if (isPath(path, '/version')) return routes.version;
  if (path === '/metrics') return routes.metrics;
  if (isPath(path, ISSUER_CONFIGURATION_PATH)) return routes.issuerConfiguration;
  if (isPath(path, ISSUER_KEYS_PATH)) return routes.issuerKeys;
  if (DOCUMENTS.some((document) => path.startsWith(`${document}/`))) throw newPathNotFound();
  return routes.others.get(path) ?? notFound;
}

const DOCUMENTS = ['/version', ISSUER_CONFIGURATION_PATH, ISSUER_KEYS_PATH];

/** Where upstream's router answers, slashes at the end say nothing. */
const isPath = (path: string, wanted: string): boolean =>
  path.startsWith(wanted) && /^\/*$/.test(path.slice(wanted.length));

const notFound: Handler = async () => pageNotFound;

const PATHS = [
  ISSUER_CONFIGURATION_PATH,
  '/api',
  '/apis',
  '/healthz',
  '/livez',
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  ISSUER_KEYS_PATH,
  '/readyz',
  '/version',
];

/** `GET /`: where to go on. */
const index: Handler = async ({ info }) => {
  if (!['/', '/index.html'].includes(info.path)) return pageNotFound;
  const body = `${JSON.stringify({ paths: PATHS }, null, 2)}\n`;
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
};
