import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { bearerProtocolOf } from '../authn/websocket-token.ts';
import type { ResponseHeaders, ResponseWriter } from './response-writer.ts';
import { CLOSE_CODES, encodeClose, encodeFrame, newControlReader, OPCODES } from './websocket-frames.ts';

/**
 * A watch over a WebSocket, as browsers can ask for it: each event is a message, in text where it is JSON. What the client sends is not read, but for the end.
 * Source: RFC 6455; apiserver, endpoints/handlers/watch.go.
 */
export function newWebSocketWriter(message: IncomingMessage, socket: Duplex, refused: ResponseWriter): ResponseWriter {
  let isOpen = false;
  let writeEvents = (_chunk: Uint8Array): boolean => true;
  const close = (code: number): void => {
    if (!socket.writable) return;
    socket.end(encodeClose(code));
    socket.once('finish', () => socket.destroy());
  };
  return {
    get destroyed() {
      return socket.destroyed;
    },
    head: (status, headers, next) => {
      if (status !== 200) return refused.head(status, headers, next);
      const problem = handshakeProblem(message);
      if (problem) return void socket.end(problem, () => socket.destroy());
      isOpen = true;
      socket.write(acceptance(message));
      heed(socket, close);
      writeEvents = eventWriter(socket, headers);
      if (next === 'nothing') close(CLOSE_CODES.normal);
    },
    write: (chunk) => (isOpen ? writeEvents(chunk) : refused.write(chunk)),
    end: (chunk) => {
      if (!isOpen) return refused.end(chunk);
      if (chunk) writeEvents(chunk);
      close(CLOSE_CODES.normal);
    },
    abort: () => void socket.destroy(),
    on: (event, listener) => void socket.on(event, listener),
    off: (event, listener) => void socket.off(event, listener),
  };
}

/** Answers pings, and the end with the end. */
function heed(socket: Duplex, close: (code: number) => void): void {
  const read = newControlReader();
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const { opcode, payload } of read(chunk)) {
        if (opcode === OPCODES.ping && socket.writable) socket.write(encodeFrame(OPCODES.pong, payload));
        if (opcode === OPCODES.close) close(CLOSE_CODES.normal);
      }
    } catch {
      close(CLOSE_CODES.protocolError);
    }
  });
  socket.resume();
}

/** A chunk holds whole events: lines of JSON, or protobuf with its length before it. */
function eventWriter(socket: Duplex, headers: ResponseHeaders): (chunk: Uint8Array) => boolean {
  const isText = headers['content-type'] === 'application/json';
  const [opcode, split] = isText ? [OPCODES.text, lines] : [OPCODES.binary, messages];
  return (chunk) => {
    const frames = split(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)).map((one) =>
      encodeFrame(opcode, one),
    );
    return socket.destroyed || !socket.writable || socket.write(Buffer.concat(frames));
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
  return protocolsOf(headers['sec-websocket-protocol']).length > 1 ? 'HTTP/1.1 400 Bad Request\r\n\r\n' : undefined;
}

/** As Go's ParseRequestURI: an address, or a path. */
const isOrigin = (origin: string): boolean => origin.startsWith('/') || URL.canParse(origin);

/** Without the one that holds a token. */
function protocolsOf(header: string | undefined): string[] {
  const named = (header ?? '').split(',').map((one) => one.trim());
  return named.filter((one) => one !== '' && bearerProtocolOf(one) === undefined);
}

/** Of RFC 6455, 1.3. */
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

function acceptance({ headers }: IncomingMessage): string {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${KEY_SUFFIX}`).digest('base64');
  const [protocol] = protocolsOf(headers['sec-websocket-protocol']);
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
