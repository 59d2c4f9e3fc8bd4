import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CertificateAuthority } from '../../../shared/pki/x509.ts';
import type { ServerRequest, ServerResponse } from '../request.ts';
import { newTestCa, newTestCertificate, type TestCertificate } from '../server-fixture.ts';
import { type Listener, type ListenOptions, listen, type TlsMaterial } from './listener.ts';

let ca: CertificateAuthority;
let tls: TlsMaterial;
let client: TestCertificate;
let stranger: TestCertificate;
const open: Listener[] = [];

beforeAll(async () => {
  ca = await newTestCa();
  const serving = await newTestCertificate(ca, { commonName: 'server', isServer: true });
  tls = { certificate: serving.cert, privateKey: serving.key, clientCa: ca.certificatePem };
  client = await newTestCertificate(ca, {
    commonName: 'jane',
    organizations: ['dev', 'CN=root, O=x', 'system:odd\nline'],
  });
  stranger = await newTestCertificate(await newTestCa(), { commonName: 'admin', organizations: ['system:masters'] });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});
afterAll(() => https.globalAgent.destroy());

const silent = { debug: () => {}, warn: () => {}, error: () => {} };

async function start(
  handle: (request: ServerRequest) => Promise<ServerResponse>,
  more: Partial<ListenOptions> = {},
): Promise<Listener> {
  const listener = await listen({ host: '127.0.0.1', port: 0, tls, graceMs: 200, ...more }, handle, silent);
  open.push(listener);
  return listener;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

interface Ask {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
  identity?: TestCertificate;
  agent?: https.Agent;
}

async function http1(
  { port }: Listener,
  { method = 'GET', path = '/', headers = {}, body, identity, agent }: Ask,
): Promise<Answer> {
  const options = {
    host: '127.0.0.1',
    port,
    method,
    path,
    headers,
    ca: ca.certificatePem,
    agent: agent ?? false,
    ...identity,
  };
  return await new Promise((resolve, reject) => {
    const request = https.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

function connect({ port }: Listener, identity?: TestCertificate): http2.ClientHttp2Session {
  return http2.connect(`https://127.0.0.1:${port}`, { ca: ca.certificatePem, ...identity });
}

async function over(
  session: http2.ClientHttp2Session,
  { method = 'GET', path = '/', headers = {}, body }: Ask,
): Promise<Answer> {
  const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const chunks: Buffer[] = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  const end = once(stream, 'end');
  const [head] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & { ':status': number }];
  await end;
  return { status: head[':status'], headers: head, body: Buffer.concat(chunks).toString() };
}

async function http2Once(listener: Listener, ask: Ask): Promise<Answer> {
  const session = connect(listener, ask.identity);
  try {
    return await over(session, ask);
  } finally {
    session.close();
  }
}

const text = (body: string): ServerResponse => ({ status: 200, headers: { 'content-type': 'text/plain' }, body });

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

  test('a handler that breaks its own stream breaks the connection, not the server', async () => {
    const listener = await start(async ({ path }) => ({ status: 200, body: path === '/bad' ? broken() : 'ok' }));
    await expect(ask(listener, { path: '/bad' })).rejects.toThrow();
    expect((await ask(listener, {})).body).toBe('ok');
  });
});

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first');
  throw new Error('no more');
}

/** A promise and what resolves it. */
function newSignal(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('streams', () => {
  test('the head of a watch comes before its first event', async () => {
    const listener = await start(async ({ signal }) => ({ status: 200, body: silentUntilAborted(signal) }));
    const session = connect(listener);
    const [head] = await once(session.request({ ':path': '/' }), 'response');
    expect(head[':status']).toBe(200);
    session.destroy();
  });

  test('when the client leaves, the signal aborts', async () => {
    const aborted = newSignal();
    const listener = await start(async ({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      return { status: 200, body: untilAborted(signal) };
    });
    const session = connect(listener);
    const stream = session.request({ ':path': '/' });
    await once(stream, 'response');
    stream.destroy();
    await aborted.promise;
    session.destroy();
  });

  test('a reader that takes nothing is waited for and then dropped', async () => {
    const ended = newSignal();
    let chunks = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (; ; chunks++) yield Buffer.alloc(256 << 10);
      } finally {
        ended.resolve();
      }
    }
    const listener = await start(async () => ({ status: 200, body: endless() }), { stallMs: 50 });
    const session = connect(listener);
    const request = session.request({ ':path': '/' });
    request.on('error', () => {});
    await once(request, 'response');
    request.pause();
    await ended.promise;
    expect(chunks).toBeLessThan(20);
    session.destroy();
  });

  test('closing ends open watches and refuses new connections', async () => {
    let watches = 0;
    const watch = async ({ signal }: ServerRequest) => {
      watches += 1;
      return { status: 200, body: untilAborted(signal) };
    };
    const listener = await start(watch, { graceMs: 60_000 });
    const session = connect(listener);
    const stream = session.request({ ':path': '/' });
    stream.resume();
    await once(stream, 'response');
    const other = http1(listener, {});
    await expect.poll(() => watches).toBe(2);
    const closed = once(session, 'close');
    await listener.close();
    await closed;
    expect((await other).body).toBe('{}\n');
    await expect(http1(listener, {})).rejects.toThrow(/ECONNREFUSED/);
  });
});

async function* untilAborted(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{}\n');
  yield* silentUntilAborted(signal);
}

async function* silentUntilAborted(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}

test('closing waits for an answer under way, over HTTP/1.1 with keep-alive', async () => {
  const begun = newSignal();
  const release = newSignal();
  const listener = await start(
    async () => {
      begun.resolve();
      await release.promise;
      return text('done');
    },
    { graceMs: 60_000 },
  );
  const agent = new https.Agent({ keepAlive: true });
  const answer = http1(listener, { agent });
  await begun.promise;
  const closed = listener.close();
  release.resolve();
  expect((await answer).body).toBe('done');
  await closed;
  agent.destroy();
});

test('what is not answered in time is cut off', async () => {
  const begun = newSignal();
  const never = newSignal();
  const listener = await start(
    async () => {
      begun.resolve();
      await never.promise;
      return text('');
    },
    { graceMs: 20 },
  );
  const answer = http1(listener, {}).catch((reason) => reason);
  await begun.promise;
  await listener.close();
  expect((await answer).code).toBe('ECONNRESET');
});

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

test('a reader that takes nothing of a large body is dropped', async () => {
  const listener = await start(async () => ({ status: 200, body: Buffer.alloc(20 << 20) }), { stallMs: 50 });
  const session = connect(listener);
  const request = session.request({ ':path': '/' });
  const failed = new Promise((resolve) => request.on('error', resolve));
  await once(request, 'response');
  request.pause();
  expect(await failed).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
  session.destroy();
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
