import { ServerResponse as HttpResponse, IncomingMessage } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { faultOf, refuseHead, UNKNOWN_CODING } from './http1-head.ts';
import type { AnsweringSocket } from './in-turn.ts';
import { fromHttp1, type Incoming } from './incoming.ts';

/**
 * What node's parser of HTTP/1.1 gives up on. A request line that it does not know, but Go's server does, is a request like any other, which is answered in the
 * usual way; the rest is told in the words of that server. Either way the connection ends, once what was asked on it before is answered.
 */
export function serveUnread(server: Http2SecureServer, serve: Serve): void {
  const givenUp = new WeakSet<Socket>();
  server.on('clientError', (error: ParseError, socket: AnsweringSocket) => {
    if (givenUp.has(socket)) return;
    givenUp.add(socket);
    // More after a request that said it was the last: its connection ends with its answer.
    if (error.code !== 'HPE_CLOSED_CONNECTION') afterEarlier(error, socket, serve);
  });
}

type Serve = (incoming: Incoming) => Promise<void>;

/** A request that waits for the rest of its body will not have it. */
function afterEarlier(error: ParseError, socket: AnsweringSocket, serve: Serve): void {
  const { _httpMessage: earlier } = socket;
  if (!earlier) answer(error, socket, serve);
  else if (!earlier.req.complete) refuse(error, socket);
  else earlier.once('finish', () => afterEarlier(error, socket, serve));
}

function answer(error: ParseError, socket: AnsweringSocket, serve: Serve): void {
  const isLine = REQUEST_LINE_CODES.includes(error.code ?? '');
  const message = isLine && socket.writable ? unreadMessage(error, socket) : undefined;
  const fault = message && faultOf(message);
  if (!message) refuse(error, socket);
  else if (fault !== undefined) refuseHead(lastResponse(message, socket), fault);
  else void serve(fromHttp1(message, lastResponse(message, socket)));
}

const REQUEST_LINE_CODES = ['HPE_INVALID_METHOD', 'HPE_INVALID_URL', 'HPE_INVALID_VERSION'];

/** Not in the middle of an answer that is under way. */
function refuse(error: ParseError, socket: AnsweringSocket): void {
  if (socket.writable && !socket._httpMessage?.headersSent) socket.write(refusalOf(error));
  socket.destroySoon();
}

interface ParseError extends Error {
  code?: string;
  reason?: string;
  /** What was being read, and how far. */
  rawPacket?: Buffer;
  bytesParsed?: number;
}

const REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function refusalOf(error: ParseError): string {
  const status = REFUSALS[error.code ?? ''] ?? (hasSpacedName(error) ? INVALID_NAME : '400 Bad Request');
  const isCoded = error.code === 'HPE_INVALID_TRANSFER_ENCODING' && !error.reason?.includes('Content-Length');
  return isCoded ? textOf(UNKNOWN_CODING, 'Unsupported transfer encoding') : textOf(status, status);
}

const textOf = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${body}`;

const INVALID_NAME = '400 Bad Request: invalid header name';

/** Go's server reads names with spaces in them, and then refuses them. */
function hasSpacedName({ code, rawPacket, bytesParsed = 0 }: ParseError): boolean {
  const text = rawPacket?.toString('latin1') ?? '';
  const start = text.lastIndexOf('\n', Math.max(bytesParsed - 1, 0)) + 1;
  return code === 'HPE_INVALID_HEADER_TOKEN' && SPACED_NAME.test(text.slice(start, start + MAX_NAME));
}

const MAX_NAME = 1000;
const SPACED_NAME = /^[!#$%&'*+.^_`|~\w-]+ [!#$%&'*+.^_`|~\w -]*:/;

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/1\.(\d)$/;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/;

/** Undefined: it is none, or there is more of it to come, which nobody waits for. */
function unreadMessage({ rawPacket, bytesParsed = 0 }: ParseError, socket: Socket): IncomingMessage | undefined {
  const text = rawPacket?.toString('latin1') ?? '';
  const start = text.lastIndexOf('\n', Math.max(bytesParsed - 1, 0)) + 1;
  const end = text.indexOf('\r\n\r\n', start);
  const [requestLine = '', ...lines] = end < 0 ? [] : text.slice(start, end).split('\r\n');
  const [, method, url, minor] = REQUEST_LINE.exec(requestLine) ?? [];
  const rawHeaders = lines.flatMap((line) => HEADER.exec(line)?.slice(1) ?? []).map((part) => part.trim());
  if (!method || !url || rawHeaders.length !== 2 * lines.length) return undefined;
  const headers = joined(rawHeaders);
  const version = { httpVersion: `1.${minor}`, httpVersionMajor: 1, httpVersionMinor: Number(minor) };
  const message = Object.assign(new IncomingMessage(socket), { method, url, headers, rawHeaders, ...version });
  message.push(null);
  return message;
}

function joined(rawHeaders: string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at]?.toLowerCase(), rawHeaders[at + 1]];
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

function lastResponse(message: IncomingMessage, socket: Socket): HttpResponse {
  const response = new HttpResponse(message);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => socket.destroySoon());
  return response;
}
