import { ServerResponse as HttpResponse, IncomingMessage } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { fromHttp1, type Incoming } from './incoming.ts';

/**
 * What node's parser of HTTP/1.1 gives up on. A method that it does not know is a request like any other, which is answered in the usual way; the rest is told
 * in the words of Go's server. Either way the connection ends.
 */
export function serveUnread(server: Http2SecureServer, serve: (incoming: Incoming) => Promise<void>): void {
  const givenUp = new WeakSet<Socket>();
  server.on('clientError', (error: ParseError, socket: AnsweringSocket) => {
    if (givenUp.has(socket)) return;
    givenUp.add(socket);
    const earlier = socket._httpMessage;
    if (error.code !== 'HPE_INVALID_METHOD') refuse(error, socket);
    else if (earlier) earlier.once('finish', () => answer(error, socket, serve));
    else answer(error, socket, serve);
  });
}

/** Node keeps the response that goes out at the moment beside the socket. */
type AnsweringSocket = Socket & { _httpMessage?: HttpResponse | null };

function answer(error: ParseError, socket: Socket, serve: (incoming: Incoming) => Promise<void>): void {
  const incoming = socket.writable ? unknownMethod(error, socket) : undefined;
  if (incoming) void serve(incoming);
  else refuse(error, socket);
}

/** Not in the middle of an answer that is under way. */
function refuse({ code }: ParseError, socket: AnsweringSocket): void {
  if (socket.writable && !socket._httpMessage?.headersSent) socket.write(refusalOf(code));
  socket.destroySoon();
}

interface ParseError extends Error {
  code?: string;
  /** What was being read, and how far. */
  rawPacket?: Buffer;
  bytesParsed?: number;
}

const REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function refusalOf(code = ''): string {
  const status = REFUSALS[code] ?? '400 Bad Request';
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`;
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/1\.[01]$/;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/;

/** Undefined: it is none, or there is more of it to come, which nobody waits for. */
function unknownMethod({ rawPacket, bytesParsed = 0 }: ParseError, socket: Socket): Incoming | undefined {
  const text = rawPacket?.toString('latin1') ?? '';
  const start = text.lastIndexOf('\n', Math.max(bytesParsed - 1, 0)) + 1;
  const end = text.indexOf('\r\n\r\n', start);
  const [requestLine = '', ...lines] = end < 0 ? [] : text.slice(start, end).split('\r\n');
  const [, method, url] = REQUEST_LINE.exec(requestLine) ?? [];
  const rawHeaders = lines.flatMap((line) => HEADER.exec(line)?.slice(1) ?? []);
  if (!method || !url || rawHeaders.length !== 2 * lines.length) return undefined;
  const headers = joined(rawHeaders);
  const message = Object.assign(new IncomingMessage(socket), { method, url, headers, rawHeaders, ...HTTP_1_1 });
  message.push(null);
  return fromHttp1(message, lastResponse(message, socket));
}

const HTTP_1_1 = { httpVersion: '1.1', httpVersionMajor: 1, httpVersionMinor: 1 };

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
