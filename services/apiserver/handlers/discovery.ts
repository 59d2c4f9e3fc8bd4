import { newPathNotFound } from '../../../shared/apis/meta/status-error.ts';
import { type AcceptClause, parseAccept, takes } from '../registry/accept.ts';
import { answerWith } from '../registry/answer.ts';
import { checkRouteAccepts, checkRouteTakes, negotiate } from '../registry/negotiation.ts';
import { newMethodNotAllowed } from '../registry/target.ts';
import type { Handler, RequestContext, ServerRequest, ServerResponse } from '../request.ts';
import type { ResourceCatalog } from '../types/resource-definition.ts';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from './discovery-documents.ts';
import { type HashedDocument, newHashedDocument } from './etag.ts';
import { pageNotFound } from './plain-text.ts';

/**
 * `/api`, `/apis`, `/api/v1`, `/apis/<group>` and `/apis/<group>/<version>`. `/api` and `/apis` answer with the aggregated document to clients that
 * ask for it; both hold only their own part of it. Documents are made once for each generation of the catalog.
 */

type Format = 'json' | 'yaml' | 'protobuf';

const AGGREGATED_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};
const FORMATS = Object.keys(AGGREGATED_TYPES) as Format[];

/** Undefined for who wants no aggregated document, of whatever form there is. */
function aggregatedFormat(accept: string | undefined): Format | undefined {
  return parseAccept(accept).map(formatWanted).find(Boolean);
}

function formatWanted(clause: AcceptClause): Format | undefined {
  const { g, v, as } = Object.fromEntries(clause.parameters);
  if (g !== 'apidiscovery.k8s.io' || v !== 'v2' || as !== 'APIGroupDiscoveryList') return undefined;
  return FORMATS.find((format) => takes(clause, AGGREGATED_TYPES[format]));
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
  aggregated(root: 'api' | 'apis'): HashedDocument;
}

/** Keeps what was made until the catalog changes. */
function newDocuments(catalog: ResourceCatalog): Documents {
  let generation = -1;
  const made = new Map<string, HashedDocument>();
  const make = (root: 'api' | 'apis'): HashedDocument => {
    const isMine = (group: string): boolean => (group === '') === (root === 'api');
    return newHashedDocument(aggregatedDiscovery(catalog.list().filter(({ group }) => isMine(group))));
  };
  return {
    aggregated(root) {
      if (generation !== catalog.generation()) made.clear();
      generation = catalog.generation();
      const document = made.get(root) ?? make(root);
      made.set(root, document);
      return document;
    },
  };
}

/** Whoever has the document already is told so only where it names exactly that one. */
function answerAggregated(request: ServerRequest, { body, hash }: HashedDocument, format: Format): ServerResponse {
  const etag = `"${hash}"`;
  const headers = { 'cache-control': 'public', vary: 'Accept', etag };
  if (request.headers['if-none-match'] === etag) return { status: 304, headers, body: '' };
  const type = `${AGGREGATED_TYPES[format]};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`;
  const typed = { ...headers, 'content-type': type };
  if (format === 'json') return { status: 200, headers: typed, body: `${body}\n` };
  return { ...answerWith(format, 200, JSON.parse(body) as object), headers: typed };
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
    const format = aggregatedFormat(request.headers['accept']);
    if (format) return answerAggregated(request, documents.aggregated(root), format);
    return answerWith(formatOf(request), 200, legacyRoot(catalog, root, request));
  };
  return async (context) => answer(context);
}
