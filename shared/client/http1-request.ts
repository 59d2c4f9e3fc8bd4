import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { OutgoingRequest, TransportResponse } from './transport.ts';
import { transportErrorOf } from './transport-failure.ts';

/** HTTP/1.1 with keep-alive, for servers and proxies that do not offer HTTP/2. */

export interface Http1Target {
  url: URL;
  /** host:port, for messages. */
  at: string;
  agent: http.Agent;
}

/**
 * Sends one request. A GET is sent once more if the kept connection turns out to have been closed by the other side before anything came back; what
 * changes something is not, for it may have been done.
 */
export async function requestOverHttp1(target: Http1Target, request: OutgoingRequest): Promise<TransportResponse> {
  try {
    return await send(target, request);
  } catch (error) {
    if (!(error instanceof StaleConnectionError)) throw error;
    if (request.method !== 'GET') throw transportErrorOf(error.cause, target.at);
    return send(target, request);
  }
}

class StaleConnectionError extends Error {}

function send(target: Http1Target, request: OutgoingRequest): Promise<TransportResponse> {
  return new Promise((resolve, reject) => {
    const sent = open(target, request);
    sent.once('response', (response) => resolve(newResponse(response, target, request.signal)));
    sent.once('error', (error: NodeJS.ErrnoException) => {
      if (request.signal?.aborted) reject(request.signal.reason);
      else if (sent.reusedSocket && error.code === 'ECONNRESET')
        reject(new StaleConnectionError('stale', { cause: error }));
      else reject(transportErrorOf(error, target.at));
    });
    sent.end(request.body);
  });
}

function open({ url, agent }: Http1Target, request: OutgoingRequest): ClientRequest {
  const { method, path, headers, signal } = request;
  const options = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (url.protocol === 'http:' ? 80 : 443),
    method,
    path,
    agent,
    headers: request.body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(request.body) },
    ...(signal ? { signal } : {}),
  };
  return url.protocol === 'http:' ? http.request(options) : https.request(options);
}

function newResponse(
  response: IncomingMessage,
  target: Http1Target,
  signal: AbortSignal | undefined,
): TransportResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { status: response.statusCode ?? 0, headers, body: readBody(response, target, signal) };
}

async function* readBody(
  response: IncomingMessage,
  target: Http1Target,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    signal?.throwIfAborted();
    throw transportErrorOf(error, target.at);
  } finally {
    if (!response.complete) response.destroy();
  }
}
