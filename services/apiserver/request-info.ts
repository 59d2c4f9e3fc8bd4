import { nameIn, parseFieldTerms } from './registry/field-selector.ts';
import { isQueryTrue } from './registry/query-values.ts';
import type { RequestInfo, ServerRequest } from './request.ts';

/** What a path and a method mean: upstream's RequestInfoFactory (apiserver, endpoints/request), for the prefixes `/api` and `/apis`. */

const VERBS: ReadonlyMap<string, string> = new Map([
  ['POST', 'create'],
  ['GET', 'get'],
  ['HEAD', 'get'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
]);
/** `/api/v1/watch/…`, deprecated, and `/api/v1/proxy/…`, gone: both still decide what is authorized. */
const VERB_PREFIXES = ['proxy', 'watch'];
const NAMESPACE_SUBRESOURCES = ['status', 'finalize'];

type RequestLine = Pick<ServerRequest, 'method' | 'path' | 'query'>;

/** A path that ends where a resource must come: upstream gives up on it before anything else. */
export class UnclearPathError extends Error {}

/** A path with a percent sign that encodes nothing: upstream does not read the request any further. */
export class MalformedPathError extends Error {}

/** Throws `MalformedPathError` and `UnclearPathError`. */
export function newRequestInfo(request: RequestLine): RequestInfo {
  const path = request.path.includes('%') ? decodePath(request.path) : request.path;
  const segments = splitPath(path);
  const [prefix = ''] = segments;
  const located = segments.length < 3 ? undefined : locate(prefix, segments.slice(1));
  return located ? resourceInfo(request, path, located) : nonResourceInfo(request, path);
}

/** Without the slashes at its ends. */
function splitPath(path: string): string[] {
  let [start, end] = [0, path.length];
  while (path[start] === '/') start += 1;
  while (end > start && path[end - 1] === '/') end -= 1;
  return start === end ? [] : path.slice(start, end).split('/');
}

/** An encoded slash separates like any other, as upstream; bytes that are no UTF-8 become the character that stands for such. */
function decodePath(path: string): string {
  if (/%(?![0-9a-f]{2})/i.test(path)) throw new MalformedPathError('a percent sign in the path encodes nothing');
  return path.replace(/(%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());
}

function nonResourceInfo({ method }: RequestLine, path: string): RequestInfo {
  return {
    isResource: false,
    verb: method.toLowerCase(),
    path,
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
  };
}

interface Located {
  group: string;
  version: string;
  /** What comes after the version; at least one. */
  parts: string[];
}

function locate(prefix: string, segments: string[]): Located | undefined {
  if (prefix === 'api') {
    const [version = '', ...parts] = segments;
    return { group: '', version, parts };
  }
  if (prefix !== 'apis' || segments.length < 3) return undefined;
  const [group = '', version = '', ...parts] = segments;
  return { group, version, parts };
}

function resourceInfo(request: RequestLine, path: string, { group, version, parts }: Located): RequestInfo {
  const verbPrefix = VERB_PREFIXES.find((verb) => verb === parts[0]);
  if (verbPrefix && parts.length < 2) {
    throw new UnclearPathError('unable to determine kind and namespace from url');
  }
  const { namespace, relative } = namespaceOf(verbPrefix ? parts.slice(1) : parts);
  const [resource = '', name = '', third = '', ...rest] = relative;
  const subresource = verbPrefix === 'proxy' ? '' : third;
  const verb = verbPrefix ?? VERBS.get(request.method) ?? '';
  const info: RequestInfo = {
    isResource: true,
    verb,
    path,
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
    ...(rest.length > 0 ? { rest } : {}),
  };
  return name === '' ? collectionInfo(request, info) : info;
}

/** `namespaces/<n>/<resource>/…` is about the resource; `namespaces/<n>` and its subresources are about the namespace. */
function namespaceOf(parts: string[]): { namespace: string; relative: string[] } {
  const [first, namespace = '', third] = parts;
  if (first !== 'namespaces') return { namespace: '', relative: parts };
  const isInside = third !== undefined && !NAMESPACE_SUBRESOURCES.includes(third);
  return { namespace, relative: isInside ? parts.slice(2) : parts };
}

/** Without a name, GET is list or watch and DELETE is deletecollection; a field selector can still name the one object. */
function collectionInfo({ query }: RequestLine, info: RequestInfo): RequestInfo {
  if (info.verb === 'delete') return { ...info, verb: 'deletecollection' };
  if (info.verb !== 'get') return info;
  return {
    ...info,
    verb: isQueryTrue(query.get('watch')) ? 'watch' : 'list',
    name: selectedName(query.get('fieldSelector')),
  };
}

/** None where the selector can't be read, which is refused later. */
function selectedName(selector: string | null): string {
  try {
    const name = nameIn(parseFieldTerms(selector) ?? []) ?? '';
    return isPathSegment(name) ? name : '';
  } catch {
    return '';
  }
}

const isPathSegment = (name: string): boolean => name !== '.' && name !== '..' && !/[/%]/.test(name);
