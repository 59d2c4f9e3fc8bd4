import { firstCauses } from './first-causes.ts';
import type { Status, StatusCause, StatusDetails } from './v1.ts';

/**
 * An API error, the same on both sides of the wire: the server throws it and answers with its `status`; the client throws it
 * when an answer is a Status. Reasons, codes and messages are those of Kubernetes (apimachinery, api/errors).
 */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Status, options?: ErrorOptions) {
    super(status.message ?? status.reason ?? 'unknown error', options);
    this.name = 'StatusError';
    this.status = status;
  }

  get code(): number {
    return this.status.code ?? 500;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

/** The Kubernetes reasons that this product produces or acts on. */
export const STATUS_REASONS = [
  'Unauthorized',
  'Forbidden',
  'NotFound',
  'AlreadyExists',
  'Conflict',
  'Gone',
  'Invalid',
  'ServerTimeout',
  'Timeout',
  'TooManyRequests',
  'BadRequest',
  'MethodNotAllowed',
  'NotAcceptable',
  'RequestEntityTooLarge',
  'UnsupportedMediaType',
  'InternalError',
  'Expired',
  'ServiceUnavailable',
] as const;
export type StatusReason = (typeof STATUS_REASONS)[number];

interface Subject {
  group?: string;
  /** Resource (plural) as upstream writes it in `details.kind`; for Invalid the kind. */
  resource: string;
  name?: string;
}

function newStatus(code: number, reason: StatusReason, message: string, details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details ? { details } : {}),
    code,
  };
}

function detailsOf(subject: Subject, causes?: StatusCause[]): StatusDetails {
  return {
    ...(subject.name ? { name: subject.name } : {}),
    ...(subject.group ? { group: subject.group } : {}),
    ...(subject.resource ? { kind: subject.resource } : {}),
    ...(causes ? { causes } : {}),
  };
}

function qualified(subject: Subject): string {
  return subject.group ? `${subject.resource}.${subject.group}` : subject.resource;
}

export function newNotFound(subject: Subject): StatusError {
  return new StatusError(
    newStatus(404, 'NotFound', `${qualified(subject)} ${quoted(subject.name)} not found`, detailsOf(subject)),
  );
}

/** As Go quotes; a name out of a path may hold anything. */
function quoted(name = ''): string {
  return JSON.stringify(name).replace(/\\u00(?=[01])/g, '\\x');
}

export function newAlreadyExists(subject: Subject): StatusError {
  return new StatusError(
    newStatus(409, 'AlreadyExists', `${qualified(subject)} "${subject.name ?? ''}" already exists`, detailsOf(subject)),
  );
}

export function newConflict(subject: Subject, why: string, causes?: StatusCause[]): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(subject)} "${subject.name ?? ''}": ${why}`;
  return new StatusError(newStatus(409, 'Conflict', message, detailsOf(subject, causes)));
}

/** `subject.resource` is the kind here, as upstream has it. The first of `all` causes are told, in the message too. */
export function newInvalid(subject: Subject, all: readonly StatusCause[]): StatusError {
  const causes = firstCauses(all);
  const lines = [...new Set(causes.map((cause) => `${cause.field ?? '<nil>'}: ${cause.message ?? ''}`))];
  const text = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const message = `${qualified(subject)} "${subject.name ?? ''}" is invalid: ${text}`;
  return new StatusError(newStatus(422, 'Invalid', message, detailsOf(subject, causes)));
}

export function newForbidden(subject: Subject, why: string): StatusError {
  const message = subject.name
    ? `${qualified(subject)} "${subject.name}" is forbidden: ${why}`
    : `${qualified(subject)} is forbidden: ${why}`;
  return new StatusError(newStatus(403, 'Forbidden', message, detailsOf(subject)));
}

export function newUnauthorized(): StatusError {
  return new StatusError(newStatus(401, 'Unauthorized', 'Unauthorized'));
}

export function newBadRequest(message: string): StatusError {
  return new StatusError(newStatus(400, 'BadRequest', message));
}

export function newMethodNotSupported(subject: Subject, verb: string): StatusError {
  return new StatusError(
    newStatus(
      405,
      'MethodNotAllowed',
      `${verb} is not supported on resources of kind "${qualified(subject)}"`,
      detailsOf(subject),
    ),
  );
}

/** A watch or a `continue` asked for history that is compacted away. */
export function newExpired(message: string): StatusError {
  return new StatusError(newStatus(410, 'Expired', message));
}

export function newTooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return new StatusError(newStatus(429, 'TooManyRequests', message, { retryAfterSeconds }));
}

export function newTimeout(message: string, retryAfterSeconds = 0): StatusError {
  return new StatusError(newStatus(504, 'Timeout', `Timeout: ${message}`, { retryAfterSeconds }));
}

export function newRequestEntityTooLarge(message: string): StatusError {
  return new StatusError(newStatus(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`));
}

export function newUnsupportedMediaType(message: string): StatusError {
  return new StatusError(newStatus(415, 'UnsupportedMediaType', message));
}

export function newNotAcceptable(message: string): StatusError {
  return new StatusError(newStatus(406, 'NotAcceptable', message));
}

export function newInternalError(message: string, options?: ErrorOptions): StatusError {
  const status = newStatus(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
  return new StatusError(status, options);
}

export function newServiceUnavailable(message: string): StatusError {
  return new StatusError(newStatus(503, 'ServiceUnavailable', message));
}

/** The path is not served at all. */
export function newPathNotFound(): StatusError {
  return new StatusError(newStatus(404, 'NotFound', 'the server could not find the requested resource', {}));
}

/** By name, not by `instanceof`: the hub, the agent and the CLI are bundled apart and each has its own copy of the class. */
export function isStatusError(error: unknown): error is StatusError {
  return error instanceof Error && error.name === 'StatusError' && 'status' in error;
}

function hasReason(error: unknown, ...reasons: StatusReason[]): boolean {
  return isStatusError(error) && (reasons as string[]).includes(error.reason);
}

export const isNotFound = (error: unknown): boolean => hasReason(error, 'NotFound');
/** Said of an object, by who would know of it: not of a path that is not served, which any proxy on the way says too, and whose objects may well be there. */
export const isObjectNotFound = (error: unknown): boolean =>
  isNotFound(error) && isStatusError(error) && (error.status.details?.name ?? error.status.details?.kind) !== undefined;
/** Said of a path and no object: the kind is not served there. */
export const isNotServed = (error: unknown): boolean => isNotFound(error) && !isObjectNotFound(error);
export const isAlreadyExists = (error: unknown): boolean => hasReason(error, 'AlreadyExists');
export const isConflict = (error: unknown): boolean => hasReason(error, 'Conflict');
export const isForbidden = (error: unknown): boolean => hasReason(error, 'Forbidden');
export const isUnauthorized = (error: unknown): boolean => hasReason(error, 'Unauthorized');
export const isInvalid = (error: unknown): boolean => hasReason(error, 'Invalid');
export const isExpired = (error: unknown): boolean => hasReason(error, 'Expired', 'Gone');
