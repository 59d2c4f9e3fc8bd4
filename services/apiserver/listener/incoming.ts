import type { ServerResponse as HttpResponse, IncomingMessage } from 'node:http';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { ServerRequest } from '../request.ts';
import { Http2Writer, newHttp1Writer, type ResponseWriter } from './response-writer.ts';

/** A request as it came in, in either HTTP version, and where its answer goes. */
export interface Incoming {
  method: string;
  /** The target: path and query. */
  url: string;
  headers: ServerRequest['headers'];
  body: Readable;
  /** Called before it is read for the first time. */
  beforeBody?: (() => void) | undefined;
  /** It is known already that no body follows. */
  isBodyless: boolean;
  /** How long the body will be; 0 where that is not said, or not to be relied on. */
  bodyLength: number;
  writer: ResponseWriter;
  /** What lives as long as the connection does: for HTTP/2 that is the session, whose socket is a stand-in. */
  connection: object;
  socket(): Socket;
}

export function fromHttp1(message: IncomingMessage, response: HttpResponse): Incoming {
  const { method = 'GET', url = '/', headers, rawHeaders, socket } = message;
  message.on('error', nothing); // Its end is told by `close`.
  return {
    method,
    url,
    headers: textsOf(headers, rawHeaders),
    body: message,
    isBodyless: false,
    bodyLength: 0,
    writer: newHttp1Writer(response),
    connection: socket,
    socket: () => socket,
  };
}

/**
 * From the stream itself: node's classes that make HTTP/2 look like HTTP/1.1 would cost a fifth of a small request. Undefined for what is answered or gone
 * already: a client that asks for a tunnel, or about the server itself.
 */
export function fromHttp2(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
): Incoming | undefined {
  stream.on('error', nothing); // Its end is told by `close`; without a listener the process would end.
  const { session } = stream;
  if (!session || stream.destroyed) return undefined;
  const { ':method': method = 'GET', ':path': url = '/', expect } = headers;
  const writer = new Http2Writer(stream);
  const status = statusWithout(method, url);
  if (status !== undefined) {
    writer.head(status, { 'content-length': '0' }, 'nothing');
    return undefined;
  }
  return {
    method,
    url,
    headers: http2Texts(headers, rawHeaders),
    body: stream,
    beforeBody: expect !== undefined && CONTINUE.test(expect) ? () => tellToGoOn(stream) : undefined,
    isBodyless: stream.endAfterHeaders,
    bodyLength: Number(headers['content-length'] ?? 0), // A body of another length is an error of the protocol.
    writer,
    connection: session,
    socket: () => session.socket,
  };
}

/** Of an answer that takes no handler. There are no tunnels. */
function statusWithout(method: string, url: string): number | undefined {
  if (method === 'CONNECT') return constants.HTTP_STATUS_METHOD_NOT_ALLOWED;
  return method === 'OPTIONS' && url === '*' ? constants.HTTP_STATUS_OK : undefined;
}

/** Among other expectations, which nobody meets. */
const CONTINUE = /(^|,)[ \t]*100-continue[ \t]*(,|$)/i;

/** Whoever waits to send a body does so once somebody reads it. */
function tellToGoOn(stream: ServerHttp2Stream): void {
  const canBeTold = !stream.closed && !stream.destroyed && !stream.headersSent;
  if (canBeTold) stream.additionalHeaders({ ':status': constants.HTTP_STATUS_CONTINUE });
}

function nothing(): void {}

/** Nearly always node has one text for each already: then nothing is copied. Names are in lower case in HTTP/2. */
function http2Texts(headers: IncomingHttpHeaders, rawHeaders: readonly string[]): ServerRequest['headers'] {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name === 'set-cookie' || isRepeatable(name)) return textsOf(headers, rawHeaders);
  }
  return headers as ServerRequest['headers'];
}

function textsOf(headers: IncomingHttpHeaders, rawHeaders: readonly string[]): ServerRequest['headers'] {
  const plain: ServerRequest['headers'] = Object.create(null);
  let hasRepeatable = false;
  for (const name in headers) {
    const value = headers[name];
    plain[name] = Array.isArray(value) ? value.join(', ') : value;
    hasRepeatable ||= isRepeatable(name);
  }
  return hasRepeatable ? { ...plain, ...repeated(rawHeaders) } : plain;
}

/** Node joins repeated headers with commas, which values may hold; for those that name rights, it must be known where one ends. */
const isRepeatable = (name: string): boolean => name === 'impersonate-group' || name.startsWith('impersonate-extra-');

function repeated(rawHeaders: readonly string[]): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [raw = '', value = ''] = rawHeaders.slice(at, at + 2);
    const name = raw.toLowerCase();
    if (isRepeatable(name)) values[name] = name in values ? `${values[name]}\n${value}` : value;
  }
  return values;
}
