import type { UserInfo } from '../../shared/apis/user-info.ts';
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from '../../shared/client/transport.ts';
import { eventsIn } from '../apiserver/registry/noted-events.ts';
import type { ServerRequest, ServerResponse } from '../apiserver/request.ts';

/** The hub's own parts reach its API through the same client as everybody, over this: the same chain of handlers, without a socket. */
export function newInMemoryTransport(
  handle: (request: ServerRequest) => Promise<ServerResponse>,
  user: UserInfo,
): Transport {
  return newTransport(handle, { inProcessUser: user });
}

/** What somebody presented elsewhere in this process, to be looked at as if it had come over the API's own socket. */
export interface ForwardedCaller
  extends Pick<ServerRequest, 'clientCertificate' | 'clientCertificateError' | 'remoteAddress'> {
  bearerToken?: string;
}

/** The same for a caller whom the chain of handlers has to authenticate first. */
export function newForwardingTransport(
  handle: (request: ServerRequest) => Promise<ServerResponse>,
  { bearerToken, ...peer }: ForwardedCaller,
): Transport {
  return newTransport(handle, { ...peer, ...(bearerToken ? { authorization: `Bearer ${bearerToken}` } : {}) });
}

interface Requester extends Partial<ServerRequest> {
  authorization?: string;
}

function newTransport(handle: (request: ServerRequest) => Promise<ServerResponse>, requester: Requester): Transport {
  let isClosed = false;
  return {
    request: async (request) => {
      if (isClosed) throw new TransportError('the client of the embedded API is closed');
      request.signal?.throwIfAborted();
      const response = await handle(toServerRequest(request, requester));
      response.holding?.release?.();
      return toTransportResponse(response, request.signal);
    },
    close: async () => {
      isClosed = true;
    },
  };
}

function toServerRequest(request: TransportRequest, { authorization, ...who }: Requester): ServerRequest {
  const question = request.path.indexOf('?');
  const { body = '', headers = {} } = request;
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return {
    method: request.method,
    path: question < 0 ? request.path : request.path.slice(0, question),
    query: new URLSearchParams(question < 0 ? '' : request.path.slice(question + 1)),
    headers: authorization ? { ...headers, authorization } : headers,
    body: async () => bytes,
    ...who,
    ...(headers['user-agent'] ? { userAgent: headers['user-agent'] } : {}),
    signal: request.signal ?? new AbortController().signal,
  };
}

function toTransportResponse(response: ServerResponse, signal: AbortSignal | undefined): TransportResponse {
  const { status, headers = {}, body = '' } = response;
  if (typeof body === 'string') return { status, headers, body: once(new TextEncoder().encode(body)) };
  if (body instanceof Uint8Array) return { status, headers, body: once(body) };
  return { status, headers, body: untilAborted(body, signal), valuesIn: eventsIn };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A stream that the server ends because the request was aborted must not look complete. */
async function* untilAborted(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  yield* chunks;
  signal?.throwIfAborted();
}
