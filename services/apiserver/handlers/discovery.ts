import { newMethodNotSupported, newNotAcceptable } from '../../../shared/apis/meta/status-error.ts';
import type { Handler, RequestContext, ServerRequest, ServerResponse } from '../request.ts';
import type { ResourceCatalog } from '../types/resource-definition.ts';
import { type MediaRange, parseAccept, takes } from './accept.ts';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from './discovery-documents.ts';
import { answerDocument, type HashedDocument, newHashedDocument } from './etag.ts';

/**
 * `/api`, `/apis`, `/api/v1`, `/apis/<group>` and `/apis/<group>/<version>`. `/api` and `/apis` answer with the aggregated document to clients that
 * ask for it; both hold only their own part of it. Documents are made once for each generation of the catalog.
 */

type AggregatedVersion = 'v2' | 'v2beta1';

/** What a range asks for: an aggregated version, or the legacy form. */
function formOf(range: MediaRange): AggregatedVersion | 'legacy' | undefined {
  const { g, v, as } = range.parameters;
  const isAggregated = g === 'apidiscovery.k8s.io' && as === 'APIGroupDiscoveryList';
  if (isAggregated && takes(range, 'application/json') && (v === 'v2' || v === 'v2beta1')) return v;
  return as === undefined && takes(range, 'application/json') ? 'legacy' : undefined;
}

function negotiate(request: ServerRequest): AggregatedVersion | 'legacy' {
  for (const range of parseAccept(request.headers['accept'])) {
    const form = formOf(range);
    if (form) return form;
  }
  const only = 'application/json';
  throw newNotAcceptable(`only the following media types are accepted: ${only}`);
}

const notFound: ServerResponse = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: '404 page not found\n',
};

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

function answerJson(value: object | undefined): ServerResponse {
  if (!value) return notFound;
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
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

function legacyRoot(catalog: ResourceCatalog, root: string, request: ServerRequest): ServerResponse {
  const body = root === 'api' ? apiVersions(serverAddress(request)) : apiGroupList(catalog.list());
  return { ...answerJson(body), headers: { 'content-type': 'application/json', vary: 'Accept' } };
}

function nested(catalog: ResourceCatalog, segments: string[]): ServerResponse {
  const [root, first = '', second, ...rest] = segments;
  if (rest.length > 0) return notFound;
  if (root === 'api') return second === undefined ? answerJson(apiResourceList(catalog.list(), '', first)) : notFound;
  if (first === '') return notFound;
  return answerJson(
    second === undefined ? apiGroup(catalog.list(), first) : apiResourceList(catalog.list(), first, second),
  );
}

/** Answers GET on every path below `/api` and `/apis` that names no resource. */
export function newDiscoveryHandler(catalog: ResourceCatalog): Handler {
  const documents = newDocuments(catalog);
  const answer = ({ request }: RequestContext): ServerResponse => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw newMethodNotSupported({ resource: '' }, request.method.toLowerCase());
    }
    const segments = request.path.split('/').filter((segment) => segment !== '');
    const form = negotiate(request);
    const [root] = segments;
    if (root !== 'api' && root !== 'apis') return notFound;
    if (segments.length > 1) return nested(catalog, segments);
    if (form === 'legacy') return legacyRoot(catalog, root, request);
    return answerAggregated(request, documents.aggregated(root, form), form);
  };
  return async (context) => answer(context);
}
