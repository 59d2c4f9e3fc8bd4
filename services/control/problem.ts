import { isStatusError, type StatusError } from '../../shared/apis/meta/status-error.ts';
import type { StatusCause } from '../../shared/apis/meta/v1.ts';
import { TransportError } from '../../shared/client/transport.ts';
import type { ProblemDocument } from './schemas/problem.ts';

/** Every error of this API as a problem document. Source: RFC 9457. Details never repeat values that the caller has sent: they may be secrets. */

/** Thrown anywhere, answered in one place. */
export class Problem extends Error {
  readonly document: ProblemDocument;
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, detail: string, more: ProblemExtras = {}) {
    super(detail);
    this.name = 'Problem';
    const { errors, headers = {} } = more;
    const { status, title } = KINDS[kind];
    this.document = { type: typeOf(kind), title, status, detail, ...(errors ? { errors } : {}) };
    this.headers = headers;
  }
}

export interface ProblemExtras {
  errors?: NonNullable<ProblemDocument['errors']>;
  headers?: Record<string, string>;
}

const KINDS = {
  'invalid-request': { status: 400, title: 'Invalid request' },
  unauthenticated: { status: 401, title: 'Authentication required' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  expired: { status: 410, title: 'List expired' },
  'too-large': { status: 413, title: 'Request too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'invalid-value': { status: 422, title: 'Values refused' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Hub unavailable' },
} as const;

export type ProblemKind = keyof typeof KINDS;

/** A tag URI (RFC 4151): a name for scripts to compare, not a place to look at. */
const typeOf = (kind: ProblemKind): string => `tag:pullet.io,2026:problem:${kind}`;

/** Undefined for an error that is nobody's business: the caller gets `internal`, the log the error. */
export function problemOf(error: unknown, acceptedCredentials: string): Problem | undefined {
  if (error instanceof Problem) return error;
  if (isStatusError(error)) return problemOfStatus(error, acceptedCredentials);
  if (error instanceof TransportError) return new Problem('unavailable', 'the Kubernetes API can not be reached');
  return problemOfParser(error);
}

export function newUnauthenticated(acceptedCredentials: string, why: string): Problem {
  const headers = { 'WWW-Authenticate': 'Bearer realm="pullet"' };
  return new Problem('unauthenticated', `${why}: present ${acceptedCredentials}`, { headers });
}

export function newTooManyRequests(waitMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const headers = { 'Retry-After': String(seconds) };
  return new Problem('too-many-requests', `come back in ${seconds} s`, { headers });
}

const KIND_OF_CODE: Readonly<Record<number, ProblemKind>> = {
  400: 'invalid-request',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  410: 'expired',
  413: 'too-large',
  422: 'invalid-value',
  503: 'unavailable',
  504: 'unavailable',
};

/** The API server's own words where they are about the request. */
function problemOfStatus(error: StatusError, acceptedCredentials: string): Problem | undefined {
  const { causes = [], retryAfterSeconds } = error.status.details ?? {};
  if (error.code === 401) return newUnauthenticated(acceptedCredentials, 'the credential is not good');
  if (error.code === 429) return newTooManyRequests((retryAfterSeconds ?? 1) * 1000);
  const kind = KIND_OF_CODE[error.code];
  if (!kind) return undefined;
  const errors = causes.map(fieldError);
  return new Problem(kind, error.message, errors.length > 0 ? { errors } : {});
}

function fieldError({ field = '', message = '' }: StatusCause): { field: string; detail: string } {
  return { field, detail: message };
}

/** express' body parser says by `type` what it did not like; its messages hold pieces of the body. */
function problemOfParser(error: unknown): Problem | undefined {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return new Problem('too-large', 'the content may have 64 KiB');
  if (type === 'entity.parse.failed') return new Problem('invalid-request', 'the content is not a JSON object');
  if (typeof type === 'string' && /^(charset|encoding|request)\./.test(type)) {
    return new Problem('invalid-request', 'the content can not be read: send plain JSON in UTF-8');
  }
  if (error instanceof URIError) return new Problem('invalid-request', 'the path is not well percent-encoded');
  return undefined;
}
