import { newNotAcceptable, newUnsupportedMediaType, StatusError } from '../../../shared/apis/meta/status-error.ts';

/** Which representation a client wants: the first of its Accept header that is served, best quality first. Source: apiserver, endpoints/handlers/negotiation. */
export interface Representation {
  format: 'json' | 'yaml';
  /** Absent: the object itself. */
  as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** Of `as`. */
  metaVersion?: MetaVersion;
}

/** Of meta.k8s.io, in which `Table` and the partial forms are the same. */
export type MetaVersion = 'v1' | 'v1beta1';
const META_VERSIONS: readonly MetaVersion[] = ['v1', 'v1beta1'];

const MEDIA_TYPES: Record<string, Representation['format']> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  '*/*': 'json',
};

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const BODY_TYPES = ['application/json', 'application/yaml', PROTOBUF];

const TRANSFORMS = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'] as const;

interface Clause {
  mediaType: string;
  parameters: Map<string, string>;
  quality: number;
}

/** Throws 406. */
export function negotiate(accept: string | undefined, source: 'builtin' | 'crd' = 'builtin'): Representation {
  if (accept === undefined || accept === 'application/json' || !accept.trim()) return { format: 'json' };
  const clauses = parseAccept(accept);
  for (const clause of clauses) {
    const representation = representationOf(clause);
    if (representation) return representation;
  }
  if (source === 'builtin') checkRouteAccepts(accept);
  throw newNotAcceptable(MEDIA_TYPES_TEXT);
}

/** As upstream's router: one of several will do, and none where there is no body. Throws 415. */
export function checkRouteTakes(contentType: string | undefined, mediaTypes: readonly string[] = BODY_TYPES): void {
  if (!contentType) return;
  const given = contentType.split(',').map((one) => one.split(';')[0]?.trim() ?? '');
  if (!given.some((one) => mediaTypes.includes(one))) throw newRouteError(415);
}

/** Before a handler of a built-in kind is asked; lists and watches have more to offer. Throws 406. */
export function checkRouteAccepts(accept: string | undefined, { isStreamed = false } = {}): void {
  if (!accept?.trim() || accept === 'application/json') return;
  const isKnown = parseAccept(accept).some(({ mediaType }) => mediaType in MEDIA_TYPES || mediaType === PROTOBUF);
  if (isKnown) return;
  const { status } = newRouteError(406);
  throw isStreamed ? new StatusError({ ...status, message: `${status.message}, ${STREAMS}` }) : new StatusError(status);
}

/** Logs are text, which nobody can ask for: it is known to the router alone. Throws 406. */
export function checkLogAccepts(accept: string | undefined): void {
  if (accept && parseAccept(accept).some(({ mediaType }) => mediaType === 'text/plain')) return;
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

export const MEDIA_TYPES_TEXT =
  'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf';

const ROUTE_TEXTS = {
  406: `406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, ${PROTOBUF}`,
  415: '415: Unsupported Media Type',
};

/** What upstream's router says before a handler is asked. */
export function newRouteError(code: 406 | 415): StatusError {
  const { status } = code === 406 ? newNotAcceptable(ROUTE_TEXTS[406]) : newUnsupportedMediaType(ROUTE_TEXTS[415]);
  return new StatusError({ ...status, details: {} });
}

function parseAccept(accept: string): Clause[] {
  const clauses = accept.split(',').map((text) => {
    const [mediaType = '', ...rest] = text.split(';').map((part) => part.trim());
    const parameters = new Map(
      rest.map((part): [string, string] => [part.split('=')[0] ?? '', part.split('=')[1] ?? '']),
    );
    return { mediaType: mediaType.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) || 0 };
  });
  return clauses.sort((a, b) => b.quality - a.quality);
}

function representationOf({ mediaType, parameters }: Clause): Representation | undefined {
  const format = MEDIA_TYPES[mediaType];
  if (!format) return undefined;
  const stream = parameters.get('stream');
  if (stream && (stream !== 'watch' || format === 'yaml')) return undefined;
  const wanted = parameters.get('as');
  if (wanted === undefined) return { format };
  const as = TRANSFORMS.find((transform) => transform === wanted);
  const metaVersion = META_VERSIONS.find((version) => version === parameters.get('v'));
  return as && metaVersion && parameters.get('g') === 'meta.k8s.io' ? { format, as, metaVersion } : undefined;
}

/** The format of a request body. Throws 415. */
export function bodyFormat(contentType: string | undefined): Representation['format'] | 'protobuf' {
  if (contentType === 'application/json') return 'json';
  const mediaType = (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() || 'application/json';
  if (mediaType === PROTOBUF) return 'protobuf';
  const format = mediaType.includes('*') ? undefined : MEDIA_TYPES[mediaType];
  if (format) return format;
  throw newUnsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, ${PROTOBUF}`,
  );
}
