import { ServerResponse as HttpResponse, type IncomingMessage } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { isWebSocket } from '../authn/websocket-token.ts';
import { newRequestInfo } from '../request-info.ts';
import { faultOf, refuseHead } from './http1-head.ts';
import type { AnsweringSocket } from './in-turn.ts';
import { fromHttp1, type Incoming } from './incoming.ts';
import type { ResponseWriter } from './response-writer.ts';
import { newWebSocketWriter } from './websocket-writer.ts';

/**
 * HTTP/1.1 requests that ask to go on in another protocol (RFC 9110, 7.8). Watches do, as WebSockets; everything else is answered as if it had not asked, and
 * its connection ends, since node has given it up as one of HTTP.
 */
export function serveUpgrades(server: Http2SecureServer, serve: (incoming: Incoming) => Promise<void>): void {
  const take = (message: IncomingMessage, socket: AnsweringSocket, head: Buffer): void => {
    socket.on('error', () => {}); // Its end is told by `close`.
    if (socket._httpMessage) afterEarlier(socket._httpMessage, socket, () => take(message, socket, head));
    else if (socket.writable) begin(message, socket, head);
  };
  const begin = (message: IncomingMessage, socket: Socket, head: Buffer): void => {
    const response = plainResponse(message, socket);
    const fault = faultOf(message);
    if (fault === undefined) answer(message, socket, { head, response });
    else refuseHead(response, fault);
  };
  const answer = (message: IncomingMessage, socket: Socket, { head, response }: Asked): void => {
    const incoming = fromHttp1(message, response);
    const isWatch = isWebSocket(incoming.headers) && asksForWatch(incoming);
    const writer = isWatch ? newWebSocketWriter(message, socket, incoming.writer) : incoming.writer;
    const rest = isWatch ? noBody(socket, head) : bodyOf(message, socket, head);
    void serve({ ...incoming, ...rest, writer: closedBy(writer, socket) });
  };
  // Newer versions of node ask, and take the body of what is upgraded for their own; who sends one does not ask for a watch.
  Object.assign(server, { shouldUpgradeCallback: hasNoBody });
  server.on('upgrade', take);
  // There is no tunnel: what stands for its target is a path that nobody serves.
  server.on('connect', take);
}

const hasNoBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;

/**
 * A client may have the whole of an answer before its socket has told that it is out. Nobody asks for another protocol before that; node would not go on with
 * what is still to be written.
 */
function afterEarlier(earlier: HttpResponse, socket: Socket, then: () => void): void {
  if (earlier.writableEnded) earlier.once('finish', then);
  else socket.destroy();
}

interface Asked {
  /** What came with the request. */
  head: Buffer;
  response: HttpResponse;
}

/** The head and body of HTTP, on a socket that node does not write to by itself any more. */
function plainResponse(message: IncomingMessage, socket: Socket): HttpResponse {
  const response = new HttpResponse(message);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  socket.on('drain', () => response.emit('drain'));
  response.on('finish', () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  return response;
}

function asksForWatch({ method, url }: Incoming): boolean {
  const [path = '', search = ''] = url.split('?', 2);
  try {
    return newRequestInfo({ method, path, query: new URLSearchParams(search) }).verb === 'watch';
  } catch {
    return false; // told where it is answered
  }
}

type Body = Pick<Incoming, 'body' | 'isBodyless'>;

function noBody(socket: Socket, head: Buffer): Body {
  if (head.length > 0) socket.unshift(head);
  return { body: Readable.from([]), isBodyless: true };
}

/** Of a length that is told; one in chunks counts as broken off. */
function bodyOf({ headers }: IncomingMessage, socket: Socket, head: Buffer): Body {
  const length = Number(headers['content-length'] ?? 0);
  const isChunked = headers['transfer-encoding'] !== undefined;
  if (length === 0 && !isChunked) return noBody(socket, head);
  // What nobody reads stays with the client.
  const body = new Readable({ read: () => void socket.resume() });
  body.on('error', () => {}); // told by `close`
  if (isChunked)
    return { body: body.destroy(new Error('chunks in a request that asks for an upgrade')), isBodyless: false };
  let missing = length;
  const take = (chunk: Buffer): void => {
    const isWanted = body.push(chunk.subarray(0, missing));
    missing -= Math.min(missing, chunk.length);
    if (missing === 0) {
      body.push(null);
      socket.off('data', take);
    } else if (!isWanted) socket.pause();
  };
  take(head);
  if (missing > 0) socket.on('data', take);
  socket.once('close', () => body.destroy());
  return { body, isBodyless: false };
}

/** The response of node tells the end of a socket only where its parser does. */
function closedBy(writer: ResponseWriter, socket: Socket): ResponseWriter {
  return {
    get destroyed() {
      return socket.destroyed || writer.destroyed;
    },
    head: (status, headers, next) => writer.head(status, headers, next),
    write: (chunk) => writer.write(chunk),
    end: (chunk) => writer.end(chunk),
    abort: () => writer.abort(),
    on: (event, listener) => (event === 'close' ? void socket.on('close', listener) : writer.on(event, listener)),
    off: (event, listener) => (event === 'close' ? void socket.off('close', listener) : writer.off(event, listener)),
  };
}
