import { answerDocument, newHashedDocument } from '../handlers/etag.ts';
import { pageNotFound } from '../handlers/plain-text.ts';
import { parseAccept, takes } from '../registry/accept.ts';
import type { Handler, RequestContext, ServerRequest, ServerResponse } from '../request.ts';
import type { ResourceCatalog } from '../types/resource-definition.ts';
import { newV2, type V3Source, v3Sources } from './documents.ts';
import { encodeOpenApiV2, openApiV2ProtobufNames, openApiV2ProtobufType } from './v2-protobuf.ts';

/**
 * `/openapi/v3` (an index with the hash of each document), `/openapi/v3/<path>` and `/openapi/v2`. Documents are made when they are asked for (v2 in JSON or
 * protobuf) and kept until the catalog changes; the hashes in the index are of what a document is made from, so that the index costs nothing.
 */

interface V3Document extends V3Source {
  body?: string;
}

const urlOf = (path: string, hash: string): string => `/openapi/v3/${path}?hash=${hash}`;

function indexOf(documents: Map<string, V3Document>): object {
  const entries = [...documents].map(([path, { hash }]) => [path, { serverRelativeURL: urlOf(path, hash) }] as const);
  return { paths: Object.fromEntries(entries) };
}

const notAcceptable = (vary: string): ServerResponse => ({ status: 406, headers: { vary }, body: '' });

const takesJson = (request: ServerRequest): boolean =>
  parseAccept(request.headers['accept']).some((range) => takes(range, 'application/json'));

function v2FormOf(request: ServerRequest): 'json' | 'protobuf' | undefined {
  for (const range of parseAccept(request.headers['accept'])) {
    if (takes(range, 'application/json')) return 'json';
    if (openApiV2ProtobufNames.some((name) => takes(range, name))) return 'protobuf';
  }
  return undefined;
}

const secondsPerYear = 365 * 24 * 3600;

function answerV3(request: ServerRequest, path: string, document: V3Document): ServerResponse {
  const asked = request.query.get('hash');
  if (asked && asked !== document.hash) {
    return { status: 301, headers: { location: urlOf(path, document.hash) }, body: '' };
  }
  document.body ??= JSON.stringify(document.make());
  const forever = asked ? { 'cache-control': `public, immutable, max-age=${secondsPerYear}` } : {};
  const headers = { 'content-type': 'application/json', vary: 'Accept', ...forever };
  return answerDocument(request, { body: document.body, hash: document.hash }, headers);
}

export function newOpenApiHandler(catalog: ResourceCatalog): Handler {
  let generation = -1;
  let documents = new Map<string, V3Document>();
  let v2: { body: string; hash: string } | undefined;
  let v2Protobuf: Uint8Array | undefined;
  let index: ReturnType<typeof newHashedDocument> | undefined;

  const refresh = (): void => {
    if (generation === catalog.generation()) return;
    generation = catalog.generation();
    v2 = undefined;
    v2Protobuf = undefined;
    index = undefined;
    const before = documents;
    documents = v3Sources(catalog.list());
    for (const [path, document] of documents) {
      const old = before.get(path);
      if (old?.body !== undefined && old.hash === document.hash) document.body = old.body;
    }
  };

  const answerV2 = (request: ServerRequest): ServerResponse => {
    const form = v2FormOf(request);
    if (!form) return notAcceptable(v2Vary);
    v2 ??= newHashedDocument(newV2(catalog.list()));
    if (form === 'json') return answerDocument(request, v2, { 'content-type': 'application/json', vary: v2Vary });
    v2Protobuf ??= encodeOpenApiV2(JSON.parse(v2.body) as Record<string, unknown>);
    const headers = { 'content-type': openApiV2ProtobufType, vary: v2Vary };
    return answerDocument(request, { body: v2Protobuf, hash: v2.hash }, headers);
  };

  const answer = ({ request }: RequestContext): ServerResponse => {
    refresh();
    const path = request.path.replace(/^\/openapi\/?/, '');
    if (path === 'v3') {
      index ??= newHashedDocument(indexOf(documents));
      return answerDocument(request, index, indexType);
    }
    const document = path.startsWith('v3/') ? documents.get(path.slice('v3/'.length)) : undefined;
    if (path === 'v2') return answerV2(request);
    if (!document) return path.startsWith('v3/') ? { status: 404, body: '' } : pageNotFound;
    return takesJson(request) ? answerV3(request, path.slice('v3/'.length), document) : notAcceptable('Accept');
  };

  return async (context) => answer(context);
}

/** As upstream, whose server guesses it. */
const indexType = { 'content-type': 'text/plain; charset=utf-8' };
/** It may come in gzip, which its other documents don't. */
const v2Vary = 'Accept-Encoding\nAccept';
