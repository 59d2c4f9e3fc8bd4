import { createHash } from 'node:crypto';
import { parseAccept, takes } from '../registry/accept.ts';
import type { Handler, RequestContext, ServerRequest, ServerResponse } from '../request.ts';
import type { ResourceCatalog, ResourceDefinition } from '../types/resource-definition.ts';
import { answerDocument, newHashedDocument } from './etag.ts';
import { newOpenApiV2 } from './openapi-v2.ts';
import { encodeOpenApiV2, openApiV2ProtobufNames, openApiV2ProtobufType } from './openapi-v2-protobuf.ts';
import { documentPath, newOpenApiV3 } from './openapi-v3.ts';
import { pageNotFound } from './plain-text.ts';

/**
 * `/openapi/v3` (an index with the hash of each group version's document), `/openapi/v3/<path>` and `/openapi/v2`. Documents are made when they are
 * asked for (v2 in JSON or protobuf) and kept until the catalog changes; the hashes in the index are of what a document is made from, so that the index costs nothing.
 */

interface GroupVersionDocument {
  definitions: ResourceDefinition[];
  hash: string;
  body?: string;
}

/** Changes with every change of what the documents say. */
const formVersion = 1;

function hashOf(definitions: readonly ResourceDefinition[]): string {
  const hash = createHash('sha512').update(`pullet ${formVersion}`);
  for (const { schema, source, ...definition } of definitions) {
    const { resolve: _, columns: __, ...described } = definition;
    hash.update(JSON.stringify(described));
    if (source === 'crd') hash.update(JSON.stringify(schema));
  }
  return hash.digest('hex').toUpperCase();
}

function groupVersionDocuments(catalog: ResourceCatalog): Map<string, GroupVersionDocument> {
  const groups = new Map<string, ResourceDefinition[]>();
  for (const definition of catalog.list()) {
    const path = documentPath(definition.group, definition.version);
    const group = groups.get(path) ?? [];
    groups.set(path, group);
    group.push(definition);
  }
  return new Map([...groups].map(([path, definitions]) => [path, { definitions, hash: hashOf(definitions) }]));
}

const urlOf = (path: string, hash: string): string => `/openapi/v3/${path}?hash=${hash}`;

function indexOf(documents: Map<string, GroupVersionDocument>): object {
  const entries = [...documents].map(([path, { hash }]) => [path, { serverRelativeURL: urlOf(path, hash) }] as const);
  return { paths: Object.fromEntries(entries) };
}

const notAcceptable: ServerResponse = { status: 406, headers: { vary: 'Accept' }, body: '' };

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

function answerGroupVersion(request: ServerRequest, path: string, document: GroupVersionDocument): ServerResponse {
  const asked = request.query.get('hash');
  if (asked && asked !== document.hash) {
    return { status: 301, headers: { location: urlOf(path, document.hash) }, body: '' };
  }
  document.body ??= JSON.stringify(newOpenApiV3(document.definitions));
  const forever = asked ? { 'cache-control': `public, immutable, max-age=${secondsPerYear}` } : {};
  const headers = { 'content-type': 'application/json', vary: 'Accept', ...forever };
  return answerDocument(request, { body: document.body, hash: document.hash }, headers);
}

export function newOpenApiHandler(catalog: ResourceCatalog): Handler {
  let generation = -1;
  let documents = new Map<string, GroupVersionDocument>();
  let v2: { body: string; hash: string } | undefined;
  let v2Protobuf: Uint8Array | undefined;

  const refresh = (): void => {
    if (generation === catalog.generation()) return;
    generation = catalog.generation();
    v2 = undefined;
    v2Protobuf = undefined;
    const before = documents;
    documents = groupVersionDocuments(catalog);
    for (const [path, document] of documents) {
      const old = before.get(path);
      if (old?.body !== undefined && old.hash === document.hash) document.body = old.body;
    }
  };

  const answerV2 = (request: ServerRequest): ServerResponse => {
    const form = v2FormOf(request);
    if (!form) return notAcceptable;
    v2 ??= newHashedDocument(newOpenApiV2(catalog.list()));
    if (form === 'json') return answerDocument(request, v2, { 'content-type': 'application/json', vary: v2Vary });
    v2Protobuf ??= encodeOpenApiV2(JSON.parse(v2.body) as Record<string, unknown>);
    const headers = { 'content-type': openApiV2ProtobufType, vary: v2Vary };
    return answerDocument(request, { body: v2Protobuf, hash: v2.hash }, headers);
  };

  const answer = ({ request }: RequestContext): ServerResponse => {
    refresh();
    const path = request.path.replace(/^\/openapi\/?/, '');
    if (path === 'v3') return answerDocument(request, newHashedDocument(indexOf(documents)), indexType);
    const document = path.startsWith('v3/') ? documents.get(path.slice('v3/'.length)) : undefined;
    if (path === 'v2') return answerV2(request);
    if (!document) return path.startsWith('v3/') ? { status: 404, body: '' } : pageNotFound;
    return takesJson(request) ? answerGroupVersion(request, path.slice('v3/'.length), document) : notAcceptable;
  };

  return async (context) => answer(context);
}

/** As upstream, whose server guesses it. */
const indexType = { 'content-type': 'text/plain; charset=utf-8' };
/** It may come in gzip, which its other documents don't. */
const v2Vary = 'Accept-Encoding\nAccept';
