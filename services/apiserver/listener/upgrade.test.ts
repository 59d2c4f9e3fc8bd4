import { EventEmitter, once } from 'node:events';
import { ServerResponse as HttpResponse, IncomingMessage } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import https from 'node:https';
import type { Socket } from 'node:net';
import { Duplex, type Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { ServerResponse } from '../request.ts';
import type { Listener } from './listener.ts';
import { closeListeners, start, text } from './listener-fixture.ts';
import { serveUpgrades } from './upgrade.ts';

afterEach(closeListeners);
afterAll(() => https.globalAgent.destroy());

const WATCH = '/api/v1/namespaces?watch=true';

async function* parts(...chunks: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
const events = (body: AsyncIterable<Uint8Array>, type = 'application/json'): ServerResponse => ({
  status: 200,
  headers: { 'content-type': type },
  body,
});

function open({ port }: Listener, protocols: string[] = [], options: ClientOptions = {}): WebSocket {
  const usual = { rejectUnauthorized: false, origin: 'https://example.com' };
  return new WebSocket(`wss://127.0.0.1:${port}${WATCH}`, protocols, { ...usual, ...options });
}

/** The messages that come, texts as texts, and at last the code of the end. */
function heard(webSocket: WebSocket): Promise<unknown[]> {
  const messages: unknown[] = [];
  webSocket.on('message', (data: Buffer, isBinary) => messages.push(isBinary ? data : data.toString()));
  return new Promise((resolve, reject) => {
    webSocket.on('close', (code) => resolve([...messages, code]));
    webSocket.on('error', reject);
  });
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

describe('a watch over a WebSocket', () => {
  test('has one text message for each event, and then its end', async () => {
    const long = `{"c":"${'x'.repeat(70_000)}"}\n`;
    const listener = await start(async () => events(parts('{"a":1}\n{"b":2}\n', long)));
    expect(await heard(open(listener))).toEqual(['{"a":1}\n', '{"b":2}\n', long, 1000]);
  });

  test('in protobuf has binary messages, without their lengths', async () => {
    const type = 'application/vnd.kubernetes.protobuf;stream=watch';
    const listener = await start(async () => events(parts(Buffer.from([0, 0, 0, 2, 1, 2, 0, 0, 0, 1, 3])), type));
    expect(await heard(open(listener))).toEqual([Buffer.from([1, 2]), Buffer.from([3]), 1000]);
  });

  test('that has no time is over at once', async () => {
    const listener = await start(async () => text(''));
    expect(await heard(open(listener))).toEqual([1000]);
  });

  test.each([
    ['a ping is answered', (webSocket: WebSocket) => webSocket.ping('hi'), 1000],
    ['messages are not read', (webSocket: WebSocket) => webSocket.send('hello'), 1000],
    ['too much is too much', (webSocket: WebSocket) => webSocket.send('x'.repeat(70_000)), 1009],
  ])('goes on until the client ends it: %s', async (_what, act, code) => {
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    async function* endless(signal: AbortSignal): AsyncIterable<Uint8Array> {
      yield Buffer.from('{}\n');
      await once(signal, 'abort');
      leave();
    }
    const listener = await start(async ({ signal }) => events(endless(signal)));
    const webSocket = open(listener);
    const all = heard(webSocket);
    await once(webSocket, 'message');
    act(webSocket);
    webSocket.ping('last');
    if (code === 1000) {
      const [pong] = await once(webSocket, 'pong');
      expect(['hi', 'last']).toContain(`${pong}`);
      webSocket.close(1000);
    }
    expect(await all).toEqual(['{}\n', code]);
    await left;
  });

  test('names the one subprotocol that holds no token', async () => {
    const protocols = ['base64url.bearer.authorization.k8s.io.YWJj', 'base64.binary.k8s.io'];
    const webSocket = open(await start(async () => events(parts())), protocols);
    expect(await heard(webSocket)).toEqual([1000]);
    expect(webSocket.protocol).toBe('base64.binary.k8s.io');
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
    const closing = head.replace('Upgrade', 'Upgrade, close');
    expect(await raw(listener, `POST /api ${closing}Content-Length: 4\r\n\r\nbody`)).toMatch(/\r\n\r\nPOST body$/);
  });

  test('and is refused before its body has come ends its connection, and nothing else', async () => {
    const listener = await start(async () => ({ status: 401, body: 'no' }));
    const closing = head.replace('Upgrade', 'Upgrade, close');
    expect(await raw(listener, `POST /api ${closing}Content-Length: 4\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
    expect(await raw(listener, `GET /api ${closing}\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('has a body of which as much is taken as is read', async () => {
    const socket = new Duplex({ read: () => {}, write: (_chunk, _coding, done) => done() }) as Socket;
    const server = new EventEmitter();
    let body: Readable | undefined;
    serveUpgrades(server as Http2SecureServer, async (incoming) => {
      body = incoming.body;
    });
    const part = Buffer.alloc(256 << 10);
    const length = 100 * part.length;
    const headers = { host: 'a', 'content-length': `${length}` };
    const message = Object.assign(new IncomingMessage(socket), {
      url: '/',
      httpVersion: '1.1',
      method: 'POST',
      headers,
    });
    message.rawHeaders = ['Host', 'a', 'Content-Length', `${length}`];
    server.emit('upgrade', message, socket, part);
    for (let sent = part.length; sent < length; sent += part.length) {
      socket.push(part);
      await new Promise(setImmediate);
    }
    expect(body?.readableLength).toBeLessThanOrEqual(2 * part.length);
    let read = 0;
    for await (const chunk of body ?? []) read += (chunk as Buffer).length;
    expect(read).toBe(length);
  });

  test('as a tunnel too', async () => {
    const listener = await start(async ({ method, path }) => text(`${method} ${path}`));
    expect(await raw(listener, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/\r\n\r\nCONNECT a:1$/);
  });

  test('has the whole of a large answer', async () => {
    const listener = await start(async () => text('x'.repeat(3 << 20)));
    expect((await raw(listener, `GET /api ${head}\r\n`)).length).toBeGreaterThan(3 << 20);
  });

  test.each([
    ['an upgrade', `GET /b ${head}\r\n`],
    ['a tunnel', 'CONNECT b:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('ends its connection, and no more, where %s comes before an answer', async (_what, second) => {
    const listener = await start(async ({ path }) => {
      await new Promise(setImmediate);
      return text(path);
    });
    expect(await raw(listener, `GET /a HTTP/1.1\r\nHost: a\r\n\r\n${second}`)).not.toContain('/b');
    expect(await raw(listener, 'GET /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/\/c$/);
  });

  test('waits for an answer that the client has, and that the socket has not told to be out', async () => {
    let tellOut = (): void => {};
    const out = new Promise<void>((resolve) => (tellOut = resolve));
    const socket = new Duplex({
      read: () => {},
      write: (_chunk, _coding, done) => void out.then(() => done()),
    }) as Socket;
    const first = new HttpResponse(Object.assign(new IncomingMessage(socket), { httpVersionMajor: 1 }));
    first.assignSocket(socket);
    first.on('finish', () => first.detachSocket(socket)); // As node's server does.
    first.end('one');
    const server = new EventEmitter();
    const taken: string[] = [];
    serveUpgrades(server as Http2SecureServer, async ({ url }) => void taken.push(url));
    const message = Object.assign(new IncomingMessage(socket), { url: '/two', httpVersion: '1.1', method: 'GET' });
    message.rawHeaders = ['Host', 'a'];
    server.emit('upgrade', message, socket, Buffer.alloc(0));
    expect(taken).toEqual([]);
    tellOut();
    await expect.poll(() => taken).toEqual(['/two']);
    expect(socket.destroyed).toBe(false);
  });

  test.each([
    ['no host', 'GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    ['a path that is not well encoded', `GET /%zz ${head}\r\n`],
    ['a tunnel from two hosts', 'CONNECT b:1 HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n'],
  ])('is refused as any other: %s', async (_what, sent) => {
    const listener = await start(async () => text('never'));
    expect(await raw(listener, sent)).toMatch(/^HTTP\/1\.1 400 Bad Request/);
  });

  test('of a watch is told in HTTP why there is none', async () => {
    const listener = await start(async () => ({ status: 403, body: 'no' }));
    await expect(heard(open(listener))).rejects.toThrow('403');
  });
});

describe('what node does not read', () => {
  test('a method that it does not know is answered as any other', async () => {
    const listener = await start(async ({ method, path, headers }) => text(`${method} ${path} ${headers['x-one']}`));
    const answer = await raw(listener, 'FOO /a?b HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nx-one: 2\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n(.+\r\n)*Connection: close\r\n(.+\r\n)*\r\nFOO \/a 1, 2$/);
  });

  test('the value of a header is read once, however many spaces are in it', async () => {
    const listener = await start(async ({ headers }) => text(String(headers['x-one']?.length)));
    const answer = await raw(listener, `FOO / HTTP/1.1\r\nHost: a\r\nX-One: \t a${' '.repeat(15_000)}b \r\n\r\n`);
    expect(answer).toMatch(/\r\n\r\n15002$/);
  });

  test('one after another request on the same connection too', async () => {
    const listener = await start(async ({ method }) => text(method));
    const answer = await raw(listener, 'GET / HTTP/1.1\r\nHost: a\r\n\r\nget / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(answer).toMatch(/\r\n\r\nGETHTTP\/1\.1 200 OK\r\n(.+\r\n)+\r\nget$/);
  });

  test.each([
    ['no request at all', 'nonsense\r\n\r\n', '400 Bad Request'],
    ['a bad header', 'GET / HTTP/1.1\r\nHost: a\r\nb c: d\r\n\r\n', '400 Bad Request: invalid header name'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: a\r\nb\r\n\r\n', '400 Bad Request'],
    ['too much of a head', `GET / HTTP/1.1\r\na: ${'x'.repeat(70_000)}\r\n\r\n`, '431 Request Header Fields Too Large'],
  ])('%s is told in words', async (_what, sent, expected) => {
    const listener = await start(async () => text('never'));
    expect(await raw(listener, sent)).toBe(
      `HTTP/1.1 ${expected}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${expected}`,
    );
  });
});
