import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { ServerResponse } from '../request.ts';
import type { Listener } from './listener.ts';
import { closeListeners, start, text } from './listener-fixture.ts';
import { CLOSE_CODES, encodeClose, encodeFrame, newControlReader, OPCODES } from './websocket-frames.ts';

afterEach(closeListeners);
afterAll(() => https.globalAgent.destroy());

const WATCH = '/api/v1/namespaces?watch=true';
const handshake = {
  connection: 'keep-alive, Upgrade',
  upgrade: 'websocket',
  origin: 'https://example.com',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

async function* parts(...chunks: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
const events = (body: AsyncIterable<Uint8Array>, type = 'application/json'): ServerResponse => ({
  status: 200,
  headers: { 'content-type': type },
  body,
});

interface Upgraded {
  response: IncomingMessage;
  socket: TLSSocket;
  head: Buffer;
}

function upgrade({ port }: Listener, headers: object = {}, path = WATCH): Promise<Upgraded> {
  const options = { host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false };
  return new Promise((resolve, reject) => {
    const request = https.request({ ...options, headers: { ...handshake, ...headers } });
    request.on('upgrade', (response, socket, head) => resolve({ response, socket: socket as TLSSocket, head }));
    request.on('response', (response) => reject(new Error(`${response.statusCode}`)));
    request.on('error', reject);
    request.end();
  });
}

/** All that comes until the server ends it. */
async function rest({ socket, head }: Upgraded): Promise<Buffer> {
  const chunks = [head];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Sent as it is; what comes back until the end of the connection. */
async function raw({ port }: Listener, sent: string): Promise<string> {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.write(sent);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const masked = (frame: Buffer): Buffer => {
  const [first = 0, second = 0] = frame;
  return Buffer.concat([Buffer.from([first, second | 0x80, 0, 0, 0, 0]), frame.subarray(2)]);
};

describe('a watch over a WebSocket', () => {
  test('has one text message for each event, and then its end', async () => {
    const listener = await start(async () => events(parts('{"a":1}\n{"b":2}\n', `{"c":"${'x'.repeat(70_000)}"}\n`)));
    const upgraded = await upgrade(listener);
    expect(upgraded.response.headers['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    const wanted = ['{"a":1}\n', '{"b":2}\n', `{"c":"${'x'.repeat(70_000)}"}\n`];
    const frames = wanted.map((one) => encodeFrame(OPCODES.text, Buffer.from(one)));
    expect(await rest(upgraded)).toEqual(Buffer.concat([...frames, encodeClose(CLOSE_CODES.normal)]));
  });

  test('in protobuf has binary messages, without their lengths', async () => {
    const type = 'application/vnd.kubernetes.protobuf;stream=watch';
    const listener = await start(async () => events(parts(Buffer.from([0, 0, 0, 2, 1, 2, 0, 0, 0, 1, 3])), type));
    const frames = [Buffer.from([1, 2]), Buffer.from([3])].map((one) => encodeFrame(OPCODES.binary, one));
    expect(await rest(await upgrade(listener))).toEqual(Buffer.concat([...frames, encodeClose(CLOSE_CODES.normal)]));
  });

  test('that has no time is over at once', async () => {
    const listener = await start(async () => text(''));
    expect(await rest(await upgrade(listener))).toEqual(encodeClose(CLOSE_CODES.normal));
  });

  test('answers pings, and ends when the client ends it', async () => {
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    async function* endless(signal: AbortSignal): AsyncIterable<Uint8Array> {
      yield Buffer.from('{}\n');
      await once(signal, 'abort');
      leave();
    }
    const listener = await start(async ({ signal }) => events(endless(signal)));
    const upgraded = await upgrade(listener);
    upgraded.socket.write(masked(encodeFrame(OPCODES.ping, Buffer.from('hi'))));
    upgraded.socket.write(masked(encodeClose(CLOSE_CODES.normal)));
    const answered = await rest(upgraded);
    expect(answered.includes(encodeFrame(OPCODES.pong, Buffer.from('hi')))).toBe(true);
    expect(answered.subarray(-4)).toEqual(encodeClose(CLOSE_CODES.normal));
    await left;
  });

  test('names the one subprotocol that holds no token', async () => {
    const protocols = 'base64url.bearer.authorization.k8s.io.YWJj, base64.binary.k8s.io';
    const listener = await start(async () => events(parts()));
    const { response } = await upgrade(listener, { 'sec-websocket-protocol': protocols });
    expect(response.headers['sec-websocket-protocol']).toBe('base64.binary.k8s.io');
  });

  test.each([
    ['no origin', 'Origin: https://example.com\r\n', 'HTTP/1.1 403 Forbidden'],
    ['no key', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n', 'HTTP/1.1 400 Bad Request'],
    ['no version', 'Sec-WebSocket-Version: 13\r\n', 'HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13'],
  ])('is refused with %s', async (_what, without, expected) => {
    const whole = `GET ${WATCH} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://example.com\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
    const listener = await start(async () => events(parts()));
    expect(whole).toContain(without);
    expect((await raw(listener, whole.replace(without, ''))).startsWith(expected)).toBe(true);
  });
});

describe('a request that asks for an upgrade', () => {
  const head = 'HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n';

  test('of anything but a watch is answered as if it had not', async () => {
    const listener = await start(async (request) => text(`${request.method} ${Buffer.from(await request.body())}`));
    expect(await raw(listener, `GET /api ${head}\r\n`)).toMatch(/^HTTP\/1\.1 200 OK\r\n(.+\r\n)+\r\nGET $/);
    expect(await raw(listener, `POST /api ${head}Content-Length: 4\r\n\r\nbody`)).toMatch(/\r\n\r\nPOST body$/);
  });

  test('as a tunnel too', async () => {
    const listener = await start(async ({ method, path }) => text(`${method} ${path}`));
    expect(await raw(listener, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/\r\n\r\nCONNECT a:1$/);
  });

  test('has the whole of a large answer', async () => {
    const listener = await start(async () => text('x'.repeat(3 << 20)));
    expect((await raw(listener, `GET /api ${head}\r\n`)).length).toBeGreaterThan(3 << 20);
  });

  test('of a watch is told in HTTP why there is none', async () => {
    const listener = await start(async () => ({ status: 403, body: 'no' }));
    await expect(upgrade(listener)).rejects.toThrow('403');
  });
});

describe('what node does not read', () => {
  test('a method that it does not know is answered as any other', async () => {
    const listener = await start(async ({ method, path, headers }) => text(`${method} ${path} ${headers['x-one']}`));
    const answer = await raw(listener, 'FOO /a?b HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nx-one: 2\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n(.+\r\n)*Connection: close\r\n(.+\r\n)*\r\nFOO \/a 1, 2$/);
  });

  test('one after another request on the same connection too', async () => {
    const listener = await start(async ({ method }) => text(method));
    const answer = await raw(listener, 'GET / HTTP/1.1\r\nHost: a\r\n\r\nget / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(answer).toMatch(/\r\n\r\nGETHTTP\/1\.1 200 OK\r\n(.+\r\n)+\r\nget$/);
  });

  test.each([
    ['no request at all', 'nonsense\r\n\r\n', '400 Bad Request'],
    ['a bad header', 'GET / HTTP/1.1\r\nHost: a\r\nb c: d\r\n\r\n', '400 Bad Request'],
    ['too much of a head', `GET / HTTP/1.1\r\na: ${'x'.repeat(70_000)}\r\n\r\n`, '431 Request Header Fields Too Large'],
  ])('%s is told in words', async (_what, sent, expected) => {
    const listener = await start(async () => text('never'));
    expect(await raw(listener, sent)).toBe(
      `HTTP/1.1 ${expected}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${expected}`,
    );
  });
});

describe('frames of a client', () => {
  const ping = masked(encodeFrame(OPCODES.ping, Buffer.from('p')));

  test('are found however they are cut, between messages of any length', () => {
    const message = Buffer.concat([Buffer.from([0x82, 0x80 | 126, 0x01, 0x00, 0, 0, 0, 0]), Buffer.alloc(256, ping)]);
    const read = newControlReader();
    const found = [...Buffer.concat([message, ping, message, ping])].flatMap((byte) => read(Buffer.from([byte])));
    expect(found.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
      [OPCODES.ping, 'p'],
      [OPCODES.ping, 'p'],
    ]);
  });

  test('that are not masked, or too long, are refused', () => {
    expect(() => newControlReader()(encodeFrame(OPCODES.ping, Buffer.from('p')))).toThrow('not masked');
    expect(() => newControlReader()(Buffer.from([0x89, 0xfe, 1, 0, 0, 0, 0, 0]))).toThrow('too long');
  });
});
