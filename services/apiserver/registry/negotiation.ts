import { newNotAcceptable, newUnsupportedMediaType, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { RequestContext } from '../request.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { type AcceptClause, listsOneOf, parseAccept, parseMediaType, takes } from './accept.ts';

/** Which representation a client wants: the first of its Accept header that is served, best quality first; JSON is preferred to protobuf, which every answer would have to be encoded to. Source: apiserver, endpoints/handlers/negotiation. */
export interface Representation {
  format: 'json' | 'yaml' | 'protobuf';
  /** Absent: the object itself. */
  as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** Of `as`. */
  metaVersion?: MetaVersion;
}

/** Of meta.k8s.io, in which `Table` and the partial forms are the same. */
export type MetaVersion = 'v1' | 'v1beta1';
const META_VERSIONS: readonly MetaVersion[] = ['v1', 'v1beta1'];

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const FORMATS = { 'application/json': 'json', 'application/yaml': 'yaml', [PROTOBUF]: 'protobuf' } as const;
const BODY_TYPES = Object.keys(FORMATS);

const TRANSFORMS = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'] as const;

/** An endpoint's own part of the answer. */
export interface Endpoint {
  /** What it answers with can be shown as a Table, and without its spec; true if absent. */
  isShown?: boolean;
  /** … as a Table; true if absent. */
  hasTable?: boolean;
  /** … in protobuf, whole; true if absent. */
  hasMessage?: boolean;
}

/** Throws 406. */
export function negotiate(accept: string | undefined, endpoint: Endpoint = {}): Representation {
  if (!accept || accept === 'application/json') return { format: 'json' };
  const served = parseAccept(accept).flatMap((clause) => representationOf(clause, endpoint) ?? []);
  const [first] = served;
  if (!first) throw newNotAcceptable(MEDIA_TYPES_TEXT);
  return (first.format === 'protobuf' && served.find(({ format }) => format === 'json')) || first;
}

/** What is asked for of the object or the part of it that a request is about. Throws 406. */
export function negotiateFor(
  { request, info }: RequestContext,
  { source }: Pick<ResourceDefinition, 'source'>,
): Representation {
  const accept = request.headers['accept'];
  return negotiate(accept, { hasTable: TABLED_PARTS.includes(info.subresource), hasMessage: source === 'builtin' });
}

/** Of what is answered and not stored: it has no columns. Throws 406. */
export function negotiateUnstored({ request: { headers } }: RequestContext): Representation {
  checkRouteAccepts(headers['accept']);
  return negotiate(headers['accept'], { hasTable: false });
}

const TABLED_PARTS = ['', 'status', 'scale'];

/** As upstream's router: one of several will do, and none where there is no body. Throws 415. */
export function checkRouteTakes(contentType: string | undefined, mediaTypes: readonly string[] = BODY_TYPES): void {
  if (contentType && !listsOneOf(contentType, mediaTypes)) throw newRouteError(415);
}

/** Before a handler of a built-in kind is asked; lists and watches have more to offer. Throws 406. */
export function checkRouteAccepts(accept: string | undefined, { isStreamed = false } = {}): void {
  if (!accept || listsOneOf(accept, ['*/*', ...BODY_TYPES])) return;
  const { status } = newRouteError(406);
  throw isStreamed ? new StatusError({ ...status, message: `${status.message}, ${STREAMS}` }) : new StatusError(status);
}

/** Of a document that has one form. Throws 406. */
export function checkAcceptsOnly(accept: string | undefined, mediaType: string): void {
  if (!accept || listsOneOf(accept, ['*/*', mediaType])) return;
  const { status } = newNotAcceptable(`406: Not Acceptable\n\nAvailable representations: ${mediaType}`);
  throw new StatusError({ ...status, details: {} });
}

/** Logs are text, which nobody can ask for: it is known to the router alone. Throws 406. */
export function checkLogAccepts(accept: string | undefined): void {
  if (accept && listsOneOf(accept, ['text/plain'])) return;
  try {
    checkRouteAccepts(accept);
  } catch (error) {
    const { status } = error as StatusError;
    throw new StatusError({
      ...status,
      message: status.message?.replace(': application', ': text/plain, application') ?? '',
    });
  }
}

const STREAMS = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';
/** To who wants a watch in a form that has no stream. */
export const STREAMS_TEXT = `only the following media types are accepted: ${STREAMS}`;

const MEDIA_TYPES_TEXT = `only the following media types are accepted: ${BODY_TYPES.join(', ')}`;

const ROUTE_TEXTS = {
  406: `406: Not Acceptable\n\nAvailable representations: ${BODY_TYPES.join(', ')}`,
  415: '415: Unsupported Media Type',
};

/** What upstream's router says before a handler is asked. */
function newRouteError(code: 406 | 415): StatusError {
  const { status } = code === 406 ? newNotAcceptable(ROUTE_TEXTS[406]) : newUnsupportedMediaType(ROUTE_TEXTS[415]);
  return new StatusError({ ...status, details: {} });
}

function representationOf(
  clause: AcceptClause,
  { isShown = true, hasTable = true, hasMessage = true }: Endpoint,
): Representation | undefined {
  const [, format] = Object.entries(FORMATS).find(([mediaType]) => takes(clause, mediaType)) ?? [];
  const { parameters } = clause;
  if (!format || !isStreamServed(parameters.get('stream'), format)) return undefined;
  if (!['as', 'g', 'v'].some((name) => parameters.has(name)))
    return hasMessage || format !== 'protobuf' ? { format } : undefined;
  const as = TRANSFORMS.find((transform) => transform === parameters.get('as'));
  const metaVersion = META_VERSIONS.find((version) => version === parameters.get('v'));
  if (!as || !metaVersion || parameters.get('g') !== 'meta.k8s.io') return undefined;
  const isTabled = hasTable && format !== 'protobuf';
  return isShown && (isTabled || as !== 'Table') ? { format, as, metaVersion } : undefined;
}

const isStreamServed = (stream: string | undefined, format: Representation['format']): boolean =>
  stream === undefined || (stream === 'watch' && format !== 'yaml');

/** The format of a request body. Throws 415. */
export function bodyFormat(contentType: string | undefined): Representation['format'] {
  if (!contentType || contentType === 'application/json') return 'json';
  const mediaType = parseMediaType(contentType);
  const [, format] = Object.entries(FORMATS).find(([known]) => known === mediaType) ?? [];
  if (format) return format;
  throw newUnknownFormat(BODY_TYPES);
}

/** To who sends a body that is none of some types. */
export function newUnknownFormat(mediaTypes: readonly string[]): StatusError {
  return newUnsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${mediaTypes.join(', ')}`,
  );
}
