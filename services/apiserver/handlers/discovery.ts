import { newPathNotFound } from '../../../shared/apis/meta/status-error.ts';
import { type AcceptClause, parseAccept, takes } from '../registry/accept.ts';
import { answerWith } from '../registry/answer.ts';
import { checkRouteAccepts, checkRouteTakes, negotiate } from '../registry/negotiation.ts';
import { newMethodNotAllowed } from '../registry/target.ts';
import type { Handler, RequestContext, ServerRequest, ServerResponse } from '../request.ts';
import type { ResourceCatalog } from '../types/resource-definition.ts';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from './discovery-documents.ts';
import { answerDocument, type HashedDocument, newHashedDocument } from './etag.ts';
import { pageNotFound } from './plain-text.ts';

/**
 * `/api`, `/apis`, `/api/v1`, `/apis/<group>` and `/apis/<group>/<version>`. `/api` and `/apis` answer with the aggregated document to clients that
 * ask for it; both hold only their own part of it. Documents are made once for each generation of the catalog.
 */

type AggregatedVersion = 'v2' | 'v2beta1';

/** Undefined for who wants no aggregated document, of whatever form there is. */
function aggregatedVersion(accept: string | undefined): AggregatedVersion | undefined {
  return parseAccept(accept).map(versionOf).find(Boolean);
}

function versionOf(clause: AcceptClause): AggregatedVersion | undefined {
  const { g, v, as } = Object.fromEntries(clause.parameters);
  const isAggregated =
    g === 'apidiscovery.k8s.io' && as === 'APIGroupDiscoveryList' && takes(clause, 'application/json');
  return isAggregated && (v === 'v2' || v === 'v2beta1') ? v : undefined;
}

/** Upstream's router knows what is below `/api` and the versions of its own groups, and says so itself; groups are told by a handler behind it. */
function sourceOf(catalog: ResourceCatalog, [root, group, version]: string[]): 'builtin' | 'crd' {
  if (root === 'api') return 'builtin';
  const isOwn = catalog.list().some((one) => one.group === group && one.source === 'builtin');
  return isOwn && version !== undefined ? 'builtin' : 'crd';
}

/** What is missing in a group of upstream's own is told with a Status. */
function answerMissing(catalog: ResourceCatalog, segments: string[]): ServerResponse {
  if (sourceOf(catalog, segments) === 'builtin') throw newPathNotFound();
  return pageNotFound;
}

interface Documents {
  aggregated(root: 'api' | 'apis', version: AggregatedVersion): HashedDocument;
}

/** Keeps what was made until the catalog changes. */
function newDocuments(catalog: ResourceCatalog): Documents {
  let generation = -1;
  const made = new Map<string, HashedDocument>();
  const make = (root: 'api' | 'apis', version: AggregatedVersion): HashedDocument => {
    const isMine = (group: string): boolean => (group === '') === (root === 'api');
    const definitions = catalog.list().filter(({ group }) => isMine(group));
    return newHashedDocument(aggregatedDiscovery(definitions, version));
  };
  return {
    aggregated(root, version) {
      if (generation !== catalog.generation()) made.clear();
      generation = catalog.generation();
      const key = `${root} ${version}`;
      const document = made.get(key) ?? make(root, version);
      made.set(key, document);
      return document;
    },
  };
}

function answerAggregated(request: ServerRequest, document: HashedDocument, version: string): ServerResponse {
  return answerDocument(request, document, {
    'content-type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    'cache-control': 'public',
    vary: 'Accept',
  });
}

function serverAddress(request: ServerRequest): string {
  return request.headers[':authority'] ?? request.headers['host'] ?? '';
}

function legacyRoot(catalog: ResourceCatalog, root: string, request: ServerRequest): object {
  return root === 'api' ? apiVersions(serverAddress(request)) : apiGroupList(catalog.list());
}

/** Undefined: there is no such group or version. */
function nested(catalog: ResourceCatalog, segments: string[]): object | undefined {
  const [root, first = '', second, ...rest] = segments;
  if (rest.length > 0 || first === '') return undefined;
  if (root === 'api') return second === undefined ? apiResourceList(catalog.list(), '', first) : undefined;
  return second === undefined ? apiGroup(catalog.list(), first) : apiResourceList(catalog.list(), first, second);
}

/** What upstream's router serves is for GET alone; the handler behind it does not look at the method. Throws 405, 406, 415. */
function checkRoute(catalog: ResourceCatalog, segments: string[], { method, headers }: ServerRequest): void {
  if (sourceOf(catalog, segments) === 'crd') return;
  if (method !== 'GET') throw newMethodNotAllowed();
  checkRouteTakes(headers['content-type']);
  checkRouteAccepts(headers['accept']);
}

const formatOf = ({ headers }: ServerRequest) => negotiate(headers['accept'], { isShown: false }).format;

/** Answers on every path below `/api` and `/apis` that names no resource. */
export function newDiscoveryHandler(catalog: ResourceCatalog): Handler {
  const documents = newDocuments(catalog);
  const answer = ({ request }: RequestContext): ServerResponse => {
    const segments = request.path.split('/').filter((segment) => segment !== '');
    const [root] = segments;
    if (root !== 'api' && root !== 'apis') return pageNotFound;
    if (segments.length > 1) {
      const document = nested(catalog, segments);
      if (!document) return answerMissing(catalog, segments);
      checkRoute(catalog, segments, request);
      return answerWith(formatOf(request), 200, document);
    }
    checkRoute(catalog, segments, request);
    const version = aggregatedVersion(request.headers['accept']);
    if (version) return answerAggregated(request, documents.aggregated(root, version), version);
    return answerWith(formatOf(request), 200, legacyRoot(catalog, root, request));
  };
  return async (context) => answer(context);
}
