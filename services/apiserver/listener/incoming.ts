import type { ServerResponse as HttpResponse, IncomingMessage } from 'node:http';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { newHttp1Writer, newHttp2Writer, type ResponseWriter } from './response-writer.ts';

/** A request as it came in, in either HTTP version, and where its answer goes. */
export interface Incoming {
  method: string;
  /** The target: path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  /** Names and values in turn, as they were sent. */
  rawHeaders: readonly string[];
  body: Readable;
  /** It is known already that no body follows. */
  isBodyless: boolean;
  writer: ResponseWriter;
  /** What lives as long as the connection does: for HTTP/2 that is the session, whose socket is a stand-in. */
  connection: object;
  socket(): Socket;
}

export function fromHttp1(message: IncomingMessage, response: HttpResponse): Incoming {
  const { method = 'GET', url = '/', headers, rawHeaders, socket } = message;
  return {
    method,
    url,
    headers,
    rawHeaders,
    body: message,
    isBodyless: false,
    writer: newHttp1Writer(response),
    connection: socket,
    socket: () => socket,
  };
}

/**
 * From the stream itself: node's classes that make HTTP/2 look like HTTP/1.1 would cost a fifth of a small request. Undefined for what is answered or gone
 * already: a client that asks for a tunnel.
 */
export function fromHttp2(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
): Incoming | undefined {
  stream.on('error', () => {}); // Its end is told by `close`; without a listener the process would end.
  const { session } = stream;
  if (!session || stream.destroyed) return undefined;
  const method = headers[':method'] ?? 'GET';
  if (method === 'CONNECT') {
    stream.respond({ ':status': constants.HTTP_STATUS_METHOD_NOT_ALLOWED }, { endStream: true });
    return undefined;
  }
  if (headers['expect'] === '100-continue') stream.additionalHeaders({ ':status': constants.HTTP_STATUS_CONTINUE });
  return {
    method,
    url: headers[':path'] ?? '/',
    headers,
    rawHeaders,
    body: stream,
    isBodyless: stream.endAfterHeaders,
    writer: newHttp2Writer(stream),
    connection: session,
    socket: () => session.socket,
  };
}
