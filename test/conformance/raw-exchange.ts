/** HTTP/1.1 by the byte: what no client library would send, each on a connection of its own, and all that comes back until the server closes it. */

import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

export interface RawTarget {
  server: string;
  caPem: string;
  certPem?: string;
  keyPem?: string;
}

/** Bytes, a character each. */
export type RawSender = (text: string) => Promise<RawAnswer[]>;

/** One of the answers on a connection. */
export interface RawAnswer {
  /** `HTTP/1.1 200 OK` */
  line: string;
  /** In lower case, in the order of their names. */
  headers: Record<string, string>;
  body: string;
}

const deadlineMs = 60_000;

export function newRawSender({ server, caPem: ca, certPem: cert, keyPem: key }: RawTarget): RawSender {
  const { hostname: host, port } = new URL(server);
  return async (text) => {
    const socket = connect({
      host,
      port: Number(port),
      ca,
      ALPNProtocols: ['http/1.1'],
      ...(cert && key ? { cert, key } : {}),
    });
    const received = readAll(socket);
    await once(socket, 'secureConnect');
    socket.write(text, 'latin1');
    return answersIn(await received);
  };
}

/** A connection that is reset after the answer has ended too. */
function readAll(socket: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(() => socket.destroy(), deadlineMs);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== ''; ) {
    const [answer, next] = firstAnswer(rest);
    answers.push(answer);
    rest = next;
  }
  return answers;
}

function firstAnswer(text: string): [RawAnswer, string] {
  const [head = '', rest] = cut(text, '\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const pairs = lines.map((one) => cut(one, ':')).map(([name, value]) => [name.toLowerCase(), value.trim()] as const);
  const headers = Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const [body, next] = bodyOf(line, headers, rest);
  return [{ line, headers, body: Buffer.from(body, 'latin1').toString() }, next];
}

function bodyOf(line: string, headers: Record<string, string>, rest: string): [string, string] {
  if (/ (1\d\d|204|304)\b/.test(line)) return ['', rest];
  if (headers['transfer-encoding'] === 'chunked') return unchunked(rest);
  const length = Number(headers['content-length'] ?? rest.length);
  // The answer to HEAD tells a length too.
  return rest.slice(0, 5) === 'HTTP/' ? ['', rest] : [rest.slice(0, length), rest.slice(length)];
}

function unchunked(text: string): [string, string] {
  let body = '';
  for (let rest = text; ; ) {
    const [size, after] = cut(rest, '\r\n');
    const length = Number.parseInt(size, 16) || 0;
    body += after.slice(0, length);
    rest = after.slice(length + 2);
    if (length === 0) return [body, rest];
  }
}

function cut(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}
