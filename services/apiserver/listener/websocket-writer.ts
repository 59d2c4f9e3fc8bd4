import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { bearerProtocolOf } from '../authn/websocket-token.ts';
import type { ResponseHeaders, ResponseWriter } from './response-writer.ts';

/** What the client sends is not read: so much of a message is taken, and no more. */
const MOST_BYTES = 64 << 10;
const NORMAL = 1000;

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MOST_BYTES,
  handleProtocols: (protocols) => [...protocols].find(isPlain) ?? false,
});

/** A watch over a WebSocket, as browsers can ask for it: each event is a message, in text where it is JSON. Source: apiserver, endpoints/handlers/watch.go. */
export function newWebSocketWriter(message: IncomingMessage, socket: Socket, refused: ResponseWriter): ResponseWriter {
  let open: { webSocket: WebSocket; send(chunk: Uint8Array): void } | undefined;
  let isRefused = false;
  const close = (): void => {
    open?.webSocket.close(NORMAL);
    socket.destroySoon();
  };
  return {
    get destroyed() {
      return socket.destroyed;
    },
    head: (status, headers, next) => {
      isRefused = status !== 200;
      if (isRefused) return refused.head(status, headers, next);
      const problem = handshakeProblem(message);
      if (problem) return void socket.end(problem, () => socket.destroy());
      server.handleUpgrade(message, socket, Buffer.alloc(0), (webSocket) => {
        webSocket.on('error', () => {}); // Of a client that does not keep to the protocol; it is told, and the socket closed.
        open = { webSocket, send: eventSender(webSocket, headers) };
      });
      if (next === 'nothing') close();
    },
    write: (chunk) => {
      if (isRefused) return refused.write(chunk);
      open?.send(chunk);
      return socket.destroyed || !socket.writableNeedDrain;
    },
    end: (chunk) => {
      if (isRefused) return refused.end(chunk);
      if (chunk) open?.send(chunk);
      close();
    },
    abort: () => void socket.destroy(),
    on: (event, listener) => void socket.on(event, listener),
    off: (event, listener) => void socket.off(event, listener),
  };
}

/** A chunk holds whole events: lines of JSON, or protobuf with its length before it. */
function eventSender(webSocket: WebSocket, headers: ResponseHeaders): (chunk: Uint8Array) => void {
  const isText = headers['content-type'] === 'application/json';
  const split = isText ? lines : messages;
  return (chunk) => {
    for (const event of split(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)))
      webSocket.send(event, { binary: !isText });
  };
}

/** With their ends, as upstream sends them. */
function lines(chunk: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < chunk.length; ) {
    const end = chunk.indexOf('\n', at);
    const next = end < 0 ? chunk.length : end + 1;
    found.push(chunk.subarray(at, next));
    at = next;
  }
  return found;
}

function messages(chunk: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= chunk.length; ) {
    const end = at + 4 + chunk.readUInt32BE(at);
    found.push(chunk.subarray(at + 4, end));
    at = end;
  }
  return found;
}

/** What upstream's library answers to a handshake that is not well; undefined for one that is. */
function handshakeProblem({ method, headers }: IncomingMessage): string | undefined {
  const { origin = '', 'sec-websocket-key': key = '', 'sec-websocket-version': version } = headers;
  if (method !== 'GET') return 'HTTP/1.1 405 Method Not Allowed\r\n\r\nbad method';
  if (key === '') return 'HTTP/1.1 400 Bad Request\r\n\r\nmismatch challenge/response';
  if (version !== '13')
    return 'HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\n\r\nmissing or bad WebSocket Version';
  if (origin === '' || !isOrigin(origin)) return 'HTTP/1.1 403 Forbidden\r\n\r\n';
  const named = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  return named.filter((one) => one !== '' && isPlain(one)).length > 1 ? 'HTTP/1.1 400 Bad Request\r\n\r\n' : undefined;
}

/** As Go's ParseRequestURI: an address, or a path. */
const isOrigin = (origin: string): boolean => origin.startsWith('/') || URL.canParse(origin);

/** A subprotocol that holds no token. */
const isPlain = (protocol: string): boolean => bearerProtocolOf(protocol) === undefined;
