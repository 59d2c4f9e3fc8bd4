import { isStatusError, newInternalError, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import { answerWith } from '../registry/answer.ts';
import { negotiate, type Representation } from '../registry/negotiation.ts';
import type { Middleware, RequestInfo, ServerResponse } from '../request.ts';
import type { ServerLogger } from '../server-logger.ts';
import { statusOfStorageFailure } from '../storage-failure.ts';

/** Anything thrown below becomes a Status; what is not a `StatusError` is a fault of ours, logged here and nowhere else, and told without detail. */
export function newErrorResponses(log: ServerLogger): Middleware {
  return async (context, next) => {
    try {
      return await next(context);
    } catch (error) {
      const { headers, signal } = context.request;
      const status = statusErrorOf(error, { log, info: context.info, isGone: signal.aborted });
      return asWanted(errorResponse(status), status, headers['accept']);
    }
  };
}

/** As YAML or protobuf to who wants everything so; over several lines to who wants nothing that a Status could be. */
function asWanted(response: ServerResponse, { status }: StatusError, accept: string | undefined): ServerResponse {
  const format = formatOf(accept);
  if (format === 'json') return response;
  if (format === 'none') return { ...response, body: JSON.stringify(status, null, 2) };
  const { headers, body } = answerWith(format, response.status, status);
  return { ...response, headers: { ...response.headers, ...headers }, ...(body === undefined ? {} : { body }) };
}

function formatOf(accept: string | undefined): Representation['format'] | 'none' {
  try {
    return negotiate(accept, { isShown: false }).format;
  } catch {
    return 'none';
  }
}

interface Where {
  log: ServerLogger;
  info: RequestInfo;
  /** The client has left: what breaks then is nobody's fault. */
  isGone: boolean;
}

function statusErrorOf(error: unknown, { log, info, isGone }: Where): StatusError {
  if (isStatusError(error)) return error;
  const { verb, path } = info;
  if (isGone) log.debug({ verb, path }, 'the client left');
  else log.error({ err: error, verb, path }, 'a request failed');
  return statusOfStorageFailure(error) ?? newInternalError('the server could not handle the request');
}

/** The answer that tells an error, with `Retry-After` where the Status says when. */
export function errorResponse({ status }: StatusError): ServerResponse {
  const seconds = status.details?.retryAfterSeconds ?? 0;
  return {
    status: status.code ?? 500,
    headers: { 'content-type': 'application/json', ...(seconds > 0 ? { 'retry-after': String(seconds) } : {}) },
    body: `${JSON.stringify(status)}\n`,
  };
}

/** An answer that says no to who asks, as upstream's filters give it. */
export function refusal(error: StatusError): ServerResponse {
  const response = errorResponse(error);
  return { ...response, headers: { ...response.headers, 'x-content-type-options': 'nosniff' } };
}
