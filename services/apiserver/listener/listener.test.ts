import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import { createServer } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { newTestCa, newTestCertificate } from '../server-fixture.ts';
import { listen } from './listener.ts';
import {
  client,
  closeListeners,
  connect,
  http1,
  http2Once,
  over,
  silent,
  start,
  stranger,
  text,
  tls,
} from './listener-fixture.ts';

afterEach(closeListeners);
afterAll(() => https.globalAgent.destroy());

describe.each([
  ['HTTP/1.1', http1],
  ['HTTP/2', http2Once],
])('over %s', (_version, ask) => {
  test('method, path, query, headers and body arrive, and the answer comes back', async () => {
    const listener = await start(async (request) => {
      const body = Buffer.from(await request.body()).toString();
      return text([request.method, request.path, request.query.get('a'), request.headers['x-one'], body].join(' '));
    });
    const answer = await ask(listener, {
      method: 'POST',
      path: '/p/%2F?a=b%20c',
      headers: { 'x-one': 'h' },
      body: 'hello',
    });
    expect(answer).toMatchObject({ status: 200, body: 'POST /p/%2F b c h hello' });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-cache, private', 'content-type': 'text/plain' });
  });

  test('a certificate of the client CA is read with all its organizations', async () => {
    const listener = await start(async ({ clientCertificate }) => text(JSON.stringify(clientCertificate)));
    const { body } = await ask(listener, { identity: client });
    expect(JSON.parse(body)).toMatchObject({
      commonName: 'jane',
      organizations: ['dev', 'CN=root, O=x', 'system:odd\nline'],
    });
  });

  test('a certificate of another CA is told as an error, and none as none', async () => {
    const listener = await start(async ({ clientCertificate, clientCertificateError }) =>
      text(`${clientCertificate?.commonName} ${clientCertificateError}`),
    );
    expect((await ask(listener, { identity: stranger })).body).toMatch(
      /^undefined the client certificate was not verified/,
    );
    expect((await ask(listener, {})).body).toBe('undefined undefined');
  });

  test('a certificate for servers does not say who a client is', async () => {
    const listener = await start(async ({ clientCertificateError }) => text(String(clientCertificateError)));
    const identity = { cert: tls.certificate, key: tls.privateKey };
    expect((await ask(listener, { identity })).body).toMatch(/^the client certificate was not verified/);
  });

  test('a large body arrives whole', async () => {
    const large = Buffer.alloc(20 << 20, 'x');
    const listener = await start(async () => ({ status: 200, body: large }));
    expect((await ask(listener, {})).body.length).toBe(large.length);
  });

  test('a client can not say that it is in the process', async () => {
    const listener = await start(async (request) => text(String('inProcessUser' in request)));
    expect((await ask(listener, { headers: { inprocessuser: 'admin' } })).body).toBe('false');
  });

  test('impersonated groups sent one by one stay apart, commas and all', async () => {
    const listener = await start(async ({ headers }) => text(JSON.stringify(headers['impersonate-group'])));
    const answer = await ask(listener, { headers: { 'impersonate-group': ['a, b', 'c'] } });
    expect(JSON.parse(answer.body)).toBe('a, b\nc');
  });

  test('hundreds of impersonated groups arrive, each by itself', async () => {
    const listener = await start(async ({ headers }) => text(String(headers['impersonate-group']?.split('\n').length)));
    const groups = Array.from({ length: 700 }, (_, at) => `group-${at}`);
    expect((await ask(listener, { headers: { 'impersonate-group': groups } })).body).toBe('700');
  });

  test.each([
    ['declared', { 'content-length': String(4 << 20) }],
    ['found', {}],
  ])('a body over the limit is refused, its length %s', async (_how, headers) => {
    const listener = await start(async (request) => {
      const error = await request.body().then(
        () => undefined,
        (reason) => reason,
      );
      return { status: error.status.code, body: error.status.message };
    });
    const answer = await ask(listener, { method: 'POST', headers, body: Buffer.alloc(4 << 20) });
    expect(answer).toMatchObject({ status: 413, body: 'Request entity too large: limit is 3145728' });
  });

  test('HEAD has the length and no body', async () => {
    const listener = await start(async () => text('four'));
    expect(await ask(listener, { method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '4' },
    });
  });

  test.each([0, 10])(
    'a handler that breaks its own stream breaks the connection, not the server: after %i turns',
    async (turns) => {
      const listener = await start(async ({ path }) => ({ status: 200, body: path === '/bad' ? broken(turns) : 'ok' }));
      await expect(ask(listener, { path: '/bad' })).rejects.toThrow();
      expect((await ask(listener, {})).body).toBe('ok');
    },
  );
});

/** What was written before may be on its way, or out. */
async function* broken(turns: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first');
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
  throw new Error('no more');
}

test('a body that nobody reads does not keep its HTTP/2 stream open', async () => {
  const listener = await start(async () => text('no, thanks'));
  const session = connect(listener);
  const stream = session.request({ ':method': 'POST', ':path': '/' });
  stream.write('and so on');
  stream.resume();
  await once(stream, 'close');
  expect(stream.rstCode).toBe(http2.constants.NGHTTP2_NO_ERROR);
  session.close();
});

test('a request without a body ends with its answer and not with a reset', async () => {
  const listener = await start(async () => text('yes'));
  const session = connect(listener);
  const stream = session.request({ ':path': '/' });
  const resets: unknown[] = [];
  stream.on('aborted', () => resets.push('aborted'));
  stream.resume();
  await once(stream, 'close');
  expect([stream.readableEnded, resets]).toEqual([true, []]);
  session.close();
});

test('a body that comes after its head, and in parts, is read whole', async () => {
  let ask = (): void => {};
  const asked = new Promise<void>((resolve) => (ask = resolve));
  const listener = await start(async (request) => {
    const body = request.body();
    ask();
    return text(Buffer.from(await body).toString());
  });
  const session = connect(listener);
  const stream = session.request({ ':method': 'PUT', ':path': '/', 'content-length': '6' });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await asked;
  stream.write('abc');
  stream.end('def');
  await once(stream, 'end');
  expect(Buffer.concat(chunks).toString()).toBe('abcdef');
  session.close();
});

test('streams whose bodies came with their heads end with their answers, and none is left', async () => {
  const listener = await start(async (request) => text(Buffer.from(await request.body()).toString()), {
    graceMs: 60_000,
  });
  const session = connect(listener);
  for (const body of ['one', 'two']) {
    const stream = session.request({ ':method': 'PUT', ':path': '/', 'content-length': '3' });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.end(body);
    await once(stream, 'close');
    expect([Buffer.concat(chunks).toString(), stream.rstCode, stream.aborted]).toEqual([body, 0, false]);
  }
  // A stream that is left would keep the connection open, and this waiting.
  const closed = once(session, 'close');
  await listener.close();
  await closed;
});

test('a body of another length than was said is no answer', async () => {
  const listener = await start(async (request) => text(Buffer.from(await request.body()).toString()));
  const session = connect(listener);
  const stream = session.request({ ':method': 'PUT', ':path': '/', 'content-length': '3' });
  session.on('error', () => {}); // Some versions of node give up the connection.
  const failed = new Promise<Error>((resolve) => stream.on('error', resolve));
  stream.end('four');
  expect(await failed).toMatchObject({ code: expect.stringMatching(/^ERR_HTTP2_(STREAM|SESSION)_ERROR$/) });
  session.close();
});

test('header values beyond ASCII pass, as bytes', async () => {
  const warning = Buffer.from('299 - "größe"').toString('latin1');
  const listener = await start(async () => ({ status: 200, headers: { warning } }));
  for (const ask of [http1, http2Once]) {
    const { headers } = await ask(listener, {});
    expect(Buffer.from(String(headers['warning']), 'latin1').toString()).toBe('299 - "größe"');
  }
});

test('a target in absolute form is the same target', async () => {
  const listener = await start(async ({ path, query }) => text(`${path} ${query.get('a')}`));
  expect((await http1(listener, { path: 'https://hub:6443/api/v1?a=b' })).body).toBe('/api/v1 b');
});

test('a port in use is named, and the cause kept', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const error = await listen({ host: '127.0.0.1', port, tls }, async () => text(''), silent).catch((reason) => reason);
  other.close();
  expect(error.message).toBe(`can't listen on 127.0.0.1:${port}: the port is in use by another process`);
  expect(error.cause.code).toBe('EADDRINUSE');
});

test('a new serving certificate and client CA hold for new connections', async () => {
  const listener = await start(async ({ clientCertificate }) => text(String(clientCertificate?.commonName)));
  const nextCa = await newTestCa();
  const next = await newTestCertificate(nextCa, { commonName: 'next', isServer: true });
  listener.setTlsMaterial({ certificate: next.cert, privateKey: next.key, clientCa: nextCa.certificatePem });
  await expect(http1(listener, {})).rejects.toThrow(/certificate/);
  const identity = await newTestCertificate(nextCa, { commonName: 'newcomer' });
  const session = http2.connect(`https://127.0.0.1:${listener.port}`, { ca: nextCa.certificatePem, ...identity });
  expect((await over(session, {})).body).toBe('newcomer');
  session.close();
});
