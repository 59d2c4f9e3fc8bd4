import { StatusError } from '../apis/meta/status-error.ts';
import type { Status } from '../apis/meta/v1.ts';

/** Turns an error answer into a StatusError, also where the body is no Status (a proxy's page, an authenticator's text). */
export function statusErrorOf(code: number, body: string, retryAfterSeconds: number | undefined): StatusError {
  return new StatusError(parseStatus(body) ?? genericStatus(code, body, retryAfterSeconds));
}

function parseStatus(body: string): Status | undefined {
  if (!body.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(body) as Partial<Status>;
    return value.kind === 'Status' && typeof value.code === 'number' ? (value as Status) : undefined;
  } catch {
    return undefined;
  }
}

/** Reasons and messages by code as apimachinery's NewGenericServerResponse has them. */
const GENERIC: Record<number, [reason: string, message: string]> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', 'the server does not allow access to the requested resource'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', 'the server was unable to respond with a content type that the client supports'],
  409: ['Conflict', 'the server reported a conflict'],
  410: ['Gone', 'the server reported that the requested resource is gone'],
  413: ['RequestEntityTooLarge', 'the request is too large'],
  415: ['UnsupportedMediaType', 'the body of the request was in an unknown format'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'the server was unable to return a response in the time allotted'],
};

const BODY_EXCERPT = 256;

function genericStatus(code: number, body: string, retryAfterSeconds: number | undefined): Status {
  const excerpt = body.trim().slice(0, BODY_EXCERPT);
  const [reason, text] = GENERIC[code] ?? [
    'InternalError',
    `an error on the server (${JSON.stringify(excerpt || 'unknown')}) has prevented the request from succeeding`,
  ];
  const isOwnText = code === 400 || code === 403 || code === 503;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: isOwnText && excerpt ? `${text} (${excerpt})` : text,
    reason,
    ...(retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } }),
    code,
  };
}
