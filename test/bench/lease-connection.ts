/**
 * One HTTP/2 connection that renews one lease, with as little work as can be, so that the server and not its client is what is measured: requests are written
 * as frames that are made once (RFC 9113, with the header table of RFC 7541), of answers only the status and the resourceVersion are read.
 */

import { once } from 'node:events';
import tls, { type TLSSocket } from 'node:tls';
import type { BenchServer, CertificateAndKey } from './servers.ts';

export interface LeaseConnection {
  /** PUTs the lease with the last resourceVersion; resolves when it is answered, throws unless that is a 200. One at a time. */
  renew(): Promise<void>;
  /** Opens a watch beside it; resolves when its answer has begun, throws unless that is a 200. What comes is dropped. */
  watch(path: string): Promise<void>;
  close(): void;
}

export interface RenewedLease {
  /** Of the lease, on the server. */
  path: string;
  resourceVersion: string;
  /** The lease as JSON, with this resourceVersion. */
  bodyOf(resourceVersion: string): string;
}

const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const HEAD_BYTES = 9;
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** The first of the entries that a connection adds to the table of headers; the newest has it. */
const FIRST_DYNAMIC = 62;
/** `:status: 200` in the static table. */
const STATUS_OK = 0x88;

/** Connects with a client certificate. The server's own is not looked at: that costs this process time, and the server none. */
export async function openLeaseConnection(
  { server }: Pick<BenchServer, 'server'>,
  { certPem, keyPem }: CertificateAndKey,
  lease: RenewedLease,
): Promise<LeaseConnection> {
  const { hostname: host, port } = new URL(server);
  const socket = tls.connect({
    host,
    port: Number(port),
    rejectUnauthorized: false,
    cert: certPem,
    key: keyPem,
    ALPNProtocols: ['h2'],
  });
  await once(socket, 'secureConnect');
  socket.setNoDelay(true);
  const exchange = newExchange(socket);
  const authority = `${host}:${port}`;
  const headers = newRequestHeaders(authority, lease.path);
  let { resourceVersion } = lease;
  let stream = -1;
  return {
    watch: async (path) => {
      stream += 2;
      const known = Buffer.concat(fieldsOf('GET', authority, path).map(([name, value]) => literal(0, name, value)));
      await exchange(stream, [frame(FRAME.headers, END_HEADERS | END_STREAM, stream, known)], 'head');
    },
    renew: async () => {
      const body = Buffer.from(lease.bodyOf(resourceVersion));
      stream += 2;
      const frames = [
        frame(FRAME.headers, END_HEADERS, stream, headers(body.length)),
        frame(FRAME.data, END_STREAM, stream, body),
      ];
      const answer = await exchange(stream, frames, 'end');
      const version = /"resourceVersion":"(\d+)"/.exec(answer)?.[1];
      if (version === undefined) throw new Error(`PUT ${lease.path}: ${answer}`);
      resourceVersion = version;
    },
    close: () => socket.destroy(),
  };
}

interface Pending {
  stream: number;
  until: 'head' | 'end';
  isOk: boolean;
  body: Buffer[];
  resolve(text: string): void;
  reject(error: Error): void;
}

type Exchange = (stream: number, frames: Buffer[], until: Pending['until']) => Promise<string>;

/** Sends the frames of one request; resolves to what has come of the body of its answer. */
function newExchange(socket: TLSSocket): Exchange {
  let pending: Pending | undefined;
  const fail = (error: Error): void => pending?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));
  socket.on(
    'data',
    newFrameReader((...head) => take(socket, pending, head)),
  );
  const window = Buffer.alloc(4);
  window.writeUInt32BE(2 ** 31 - 1 - 65_535, 0); // room for two million answers
  socket.write(
    Buffer.concat([
      Buffer.from(PREFACE),
      frame(FRAME.settings, 0, 0, Buffer.alloc(0)),
      frame(FRAME.windowUpdate, 0, 0, window),
    ]),
  );
  return (stream, frames, until) =>
    new Promise((resolve, reject) => {
      pending = { stream, until, isOk: false, body: [], resolve, reject };
      if (socket.destroyed) return fail(new Error('the connection is closed'));
      socket.write(Buffer.concat(frames));
    });
}

type Frame = [type: number, flags: number, stream: number, payload: Buffer];

function newFrameReader(take: (...frame: Frame) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (bytes.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + bytes.readUIntBE(0, 3);
      if (bytes.length < end) break;
      take(bytes[3] ?? 0, bytes[4] ?? 0, bytes.readUInt32BE(5), bytes.subarray(HEAD_BYTES, end));
      bytes = bytes.subarray(end);
    }
    rest = bytes;
  };
}

function take(socket: TLSSocket, pending: Pending | undefined, [type, flags, stream, payload]: Frame): void {
  if (type === FRAME.settings && !(flags & ACK)) socket.write(frame(FRAME.settings, ACK, 0, Buffer.alloc(0)));
  if (type === FRAME.ping && !(flags & ACK)) socket.write(frame(FRAME.ping, ACK, 0, payload));
  if (!pending) return;
  if (type === FRAME.goAway) pending.reject(new Error('the server gave up the connection'));
  if (stream !== pending.stream) return;
  if (type === FRAME.reset) pending.reject(new Error(`the server gave up the request: ${payload.readUInt32BE(0)}`));
  if (type === FRAME.headers) pending.isOk = statusByte(payload) === STATUS_OK;
  if (type === FRAME.data) pending.body.push(payload);
  if (type !== FRAME.headers && type !== FRAME.data) return;
  const isComplete = (flags & END_STREAM) !== 0 || (pending.until === 'head' && pending.isOk);
  if (!isComplete) return;
  const text = Buffer.concat(pending.body).toString();
  if (pending.isOk) pending.resolve(text);
  else pending.reject(new Error(`not answered with 200: ${text}`));
}

/** The status comes first; before it there may be changes of the table's size. */
function statusByte(block: Buffer): number {
  let at = 0;
  while (((block[at] ?? 0) & 0xe0) === 0x20) {
    const isLong = ((block[at] ?? 0) & 0x1f) === 0x1f;
    at += 1;
    if (!isLong) continue;
    while ((block[at] ?? 0) & 0x80) at += 1;
    at += 1;
  }
  return block[at] ?? 0;
}

/** The first request's fields are put into the connection's table, those of later ones are found there, as other clients do. */
function newRequestHeaders(authority: string, path: string): (contentLength: number) => Buffer {
  const fields: [string, string][] = [...fieldsOf('PUT', authority, path), ['content-type', 'application/json']];
  const indexed = Buffer.from(fields.map((_, index) => 0x80 | (FIRST_DYNAMIC + fields.length - 1 - index)));
  let isFirst = true;
  return (contentLength) => {
    const known = isFirst ? Buffer.concat(fields.map(([name, value]) => literal(0x40, name, value))) : indexed;
    isFirst = false;
    return Buffer.concat([known, literal(0, 'content-length', String(contentLength))]);
  };
}

const fieldsOf = (method: string, authority: string, path: string): [string, string][] => [
  [':method', method],
  [':scheme', 'https'],
  [':authority', authority],
  [':path', path],
  ['accept', 'application/json'],
  ['user-agent', 'pullet-bench'],
];

const literal = (kind: number, name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([kind]), text(name), text(value)]);

/** Neither Huffman-coded nor longer than 253 bytes. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from(bytes.length < 127 ? [bytes.length] : [127, bytes.length - 127]), bytes]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
