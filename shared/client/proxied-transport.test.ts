import { once } from 'node:events';
import http from 'node:http';
import http2, { type ServerHttp2Session } from 'node:http2';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from '../../test/framework/connect-proxy.ts';
import { startSocksProxy } from '../../test/framework/socks-proxy.ts';
import { newKey, privateKeyPem, publicKeyDer } from '../pki/private-key.ts';
import { type CertificateAuthority, issueCertificate, newCa } from '../pki/x509.ts';
import { newHttpTransport } from './http2-transport.ts';
import { readText } from './json-lines.ts';
import { ProxyError } from './proxy.ts';
import type { Timers } from './timers.ts';
import { type Transport, TransportError } from './transport.ts';
import type { TransportOptions } from './transport-options.ts';

/** A server behind a proxy, over real sockets on loopback. */

const PING_PERIOD_MS = 20_000;
const PING_DEADLINE_MS = 15_000;
const DEADLINE_MS = 20_000;

interface Certificate {
  cert: string;
  key: string;
}

let ca: CertificateAuthority;
let serving: Certificate;
const closers: (() => void)[] = [];

beforeAll(async () => {
  ca = await newCa({ commonName: 'test', days: 1, now: Date.now() });
  serving = await certificateOf(ca);
});

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function certificateOf(authority: CertificateAuthority): Promise<Certificate> {
  const key = await newKey();
  const cert = await issueCertificate(authority, {
    subject: { commonName: 'server', organizations: [] },
    publicKey: publicKeyDer(key),
    notBefore: Date.now() - 3600_000,
    notAfter: Date.now() + 3600_000,
    usages: ['digital signature', 'server auth'],
    dnsNames: ['hub.test'],
    ipAddresses: ['127.0.0.1'],
  });
  return { cert, key: privateKeyPem(key) };
}

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Answers the path; `/watch` begins and does not end. */
async function startServer(): Promise<{ port: number; url: string; sessions: ServerHttp2Session[] }> {
  const sessions: ServerHttp2Session[] = [];
  const server = http2.createSecureServer(serving);
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
    closers.push(() => session.destroy());
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200 });
    if (headers[':path'] === '/watch') stream.write('{}');
    else stream.end(headers[':path']);
  });
  const port = await listen(server);
  return { port, url: `https://127.0.0.1:${port}`, sessions };
}

async function startProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(options);
  closers.push(proxy.close);
  return proxy;
}

function connect(server: string, options: Partial<TransportOptions>): Transport {
  const transport = newHttpTransport({ server, caPem: ca.certificatePem, env: {}, ...options });
  closers.push(() => void transport.close());
  return transport;
}

const get = async (transport: Transport, path = '/ok'): Promise<string> =>
  readText((await transport.request({ method: 'GET', path })).body);

describe('an HTTP proxy', () => {
  test('of the kubeconfig is asked once for a connection that many requests share', async () => {
    const { url, port, sessions } = await startServer();
    const proxy = await startProxy();
    const transport = connect(url, { proxyUrl: proxy.url, userAgent: 'me/1' });
    const texts = await Promise.all(['/a', '/b', '/c'].map((path) => get(transport, path)));
    expect(texts).toEqual(['/a', '/b', '/c']);
    expect(proxy.asked).toEqual([`127.0.0.1:${port}`]);
    expect(proxy.headers()).toMatchObject({ host: `127.0.0.1:${port}`, 'user-agent': 'me/1' });
    expect(sessions).toHaveLength(1);
  });

  test('of the environment is asked for the name, which only it need know', async () => {
    const { port } = await startServer();
    const proxy = await startProxy({ names: { 'hub.test': port } });
    expect(await get(connect('https://hub.test:6443', { env: { HTTPS_PROXY: proxy.url } }))).toBe('/ok');
    expect(proxy.asked).toEqual(['hub.test:6443']);
  });

  test('of the environment is left out for loopback', async () => {
    const { url } = await startServer();
    const proxy = await startProxy();
    expect(await get(connect(url, { env: { HTTPS_PROXY: proxy.url } }))).toBe('/ok');
    expect(proxy.asked).toEqual([]);
  });

  test('gets user and password, and the headers that are meant for it', async () => {
    const { url } = await startServer();
    const proxy = await startProxy({ auth: 'me@here:w:rd' });
    const proxyUrl = proxy.url.replace('//', '//me%40here:w%3Ard@');
    expect(await get(connect(url, { proxyUrl, proxyHeaders: { 'x-tenant': 'a' } }))).toBe('/ok');
    expect(proxy.headers()['x-tenant']).toBe('a');
  });

  test('does not get what is for the server', async () => {
    const { url } = await startServer();
    const proxy = await startProxy();
    await get(connect(url, { proxyUrl: proxy.url, token: 'secret' }));
    expect(JSON.stringify(proxy.headers())).not.toContain('secret');
  });

  test('may speak TLS, with a certificate of the kubeconfig’s authority', async () => {
    const { url } = await startServer();
    const proxy = await startProxy({ tls: serving });
    expect(await get(connect(url, { proxyUrl: proxy.url }))).toBe('/ok');
  });

  test('that speaks TLS must be trusted even where the server is not looked at', async () => {
    const { url } = await startServer();
    const other = await newCa({ commonName: 'other', days: 1, now: Date.now() });
    const proxy = await startProxy({ tls: await certificateOf(other) });
    const request = get(connect(url, { proxyUrl: proxy.url, insecureSkipTlsVerify: true }));
    await expect(request).rejects.toThrow(/through the proxy https:.* is signed by an authority that is not trusted/);
    expect(proxy.asked).toEqual([]);
  });

  test('is on the way to a server without HTTP/2 too, with kept connections', async () => {
    const server = https.createServer({ ...serving, ALPNProtocols: ['http/1.1'] }, (request, response) =>
      response.end(request.httpVersion),
    );
    const proxy = await startProxy();
    const transport = connect(`https://127.0.0.1:${await listen(server)}`, { proxyUrl: proxy.url });
    for (let i = 0; i < 3; i++) expect(await get(transport)).toBe('1.1');
    // The first finds out that there is no HTTP/2.
    expect(proxy.asked).toHaveLength(2);
  });

  test('is on the way to a server without TLS too', async () => {
    const server = http.createServer((_request, response) => response.end('plain'));
    const proxy = await startProxy();
    expect(await get(connect(`http://127.0.0.1:${await listen(server)}`, { proxyUrl: proxy.url }))).toBe('plain');
    expect(proxy.asked).toHaveLength(1);
  });
});

describe('a proxy that cuts connections', () => {
  test('ends an open watch with an error, and the next request goes through a new tunnel', async () => {
    const { url } = await startServer();
    const proxy = await startProxy();
    const transport = connect(url, { proxyUrl: proxy.url });
    const watch = await transport.request({ method: 'GET', path: '/watch' });
    const rest = readText(watch.body);
    proxy.cut();
    await expect(rest).rejects.toThrow(TransportError);
    expect(await get(transport)).toBe('/ok');
    expect(proxy.asked).toHaveLength(2);
  });

  test('without a word is found out by a ping', async () => {
    const { url } = await startServer();
    const proxy = await startProxy();
    const { timers, fire } = newManualTimers();
    const transport = connect(url, { proxyUrl: proxy.url, timers });
    const { body } = await transport.request({ method: 'GET', path: '/watch' });
    proxy.freeze();
    fire(PING_PERIOD_MS);
    fire(PING_DEADLINE_MS);
    await expect(readText(body)).rejects.toThrow(/has not answered for 15 s/);
  });

  test('when they are idle has nothing to cut while a watch is open: it is pinged', async () => {
    const { url, sessions } = await startServer();
    const proxy = await startProxy();
    const { timers, fire } = newManualTimers();
    const transport = connect(url, { proxyUrl: proxy.url, timers });
    await transport.request({ method: 'GET', path: '/watch' });
    const [session] = sessions;
    for (let pings = 0; pings < 2; pings++) {
      const pinged = once(session as ServerHttp2Session, 'ping');
      await expect.poll(() => fire(PING_PERIOD_MS)).toBe(1);
      await pinged;
    }
    expect(proxy.open()).toBe(1);
  });

  test('leaves nothing open when the client is closed', async () => {
    const { url } = await startServer();
    const proxy = await startProxy();
    const transport = connect(url, { proxyUrl: proxy.url });
    await get(transport);
    await transport.close();
    await expect.poll(() => proxy.open()).toBe(0);
  });
});

describe('failures in words', () => {
  async function failureOf(options: Partial<TransportOptions>, server = 'https://hub.test:6443'): Promise<ProxyError> {
    const failure = await get(connect(server, options)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProxyError);
    return failure as ProxyError;
  }

  test.each([
    [403, /Have the proxy let CONNECT to hub\.test:6443 through, or leave it out for the server \(NO_PROXY\)/],
    [407, /give http:\/\/USER:PASSWORD@HOST:PORT/],
    [502, /can not reach hub\.test:6443 itself/],
    [503, /can not reach hub\.test:6443 itself/],
  ])('the proxy answers %d', async (status, fix) => {
    const proxy = await startProxy({ status });
    const error = await failureOf({ env: { HTTPS_PROXY: proxy.url } });
    const answer = `answered ${status} ${http.STATUS_CODES[status]} when asked for hub.test:6443`;
    expect(error.message).toBe(`the proxy http://127.0.0.1:${proxy.port} (HTTPS_PROXY) ${answer}`);
    expect(error).toMatchObject({ status });
    expect(error.fix).toMatch(fix);
  });

  test('the proxy does not accept the password, which is not repeated', async () => {
    const proxy = await startProxy({ auth: 'me:right' });
    const error = await failureOf({ proxyUrl: proxy.url.replace('//', '//me:wrong@') });
    expect(error.fix).toBe('The proxy does not accept this user and password.');
    expect(`${error.message}${error.stack}`).not.toContain('wrong');
  });

  test('the proxy is not there', async () => {
    const port = await closedPort();
    const { message } = await failureOf({ proxyUrl: `http://127.0.0.1:${port}` });
    expect(message).toMatch(/^cannot reach hub\.test:6443 through the proxy .*: the connection to .* was refused/);
  });

  test('what is named is no proxy', async () => {
    const server = net.createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.6\r\n'));
    const proxyUrl = `http://127.0.0.1:${await listen(server)}`;
    expect((await failureOf({ proxyUrl })).message).toMatch(/does not answer as a proxy does/);
  });

  test('the proxy does not answer', async () => {
    const server = net.createServer((socket) => closers.push(() => socket.destroy()));
    const proxyUrl = `http://127.0.0.1:${await listen(server)}`;
    const { timers, fire } = newManualTimers();
    const failure = failureOf({ proxyUrl, timers });
    await expect.poll(() => fire(DEADLINE_MS)).toBe(1);
    const { message } = await failure;
    expect(message).toMatch(/^no answer from the proxy http:.* when asked for hub\.test:6443$/);
  });

  test('the proxy opens TLS, so that another certificate is shown', async () => {
    const { port } = await startServer();
    const other = await newCa({ commonName: 'corporate', days: 1, now: Date.now() });
    const proxy = await startProxy({ names: { 'hub.test': port } });
    const options = { caPem: other.certificatePem, env: { HTTPS_PROXY: proxy.url } };
    const request = get(connect('https://hub.test:6443', options));
    await expect(request).rejects.toThrow(
      /certificate of hub\.test:6443 through the proxy .* signed by an authority that is not trusted here/,
    );
  });
});

describe('a SOCKS5 proxy', () => {
  async function startSocks(options: { auth?: string; reply?: number } = {}) {
    const proxy = await startSocksProxy(options);
    closers.push(proxy.close);
    return proxy;
  }

  test.each([
    ['without', ''],
    ['with', 'me:word@'],
  ])('is dialled through, %s user and password', async (_what, userInfo) => {
    const { url, port } = await startServer();
    const proxy = await startSocks(userInfo ? { auth: userInfo.slice(0, -1) } : {});
    expect(await get(connect(url, { proxyUrl: proxy.url.replace('//', `//${userInfo}`) }))).toBe('/ok');
    expect(proxy.asked).toEqual([`127.0.0.1:${port}`]);
  });

  test.each<[string, { auth?: string; reply?: number }, string, RegExp]>([
    ['that wants a password', { auth: 'me:word' }, '', /wants to know who asks/],
    ['that wants another password', { auth: 'me:word' }, 'me:wrong@', /does not accept this user and password/],
    ['that refuses', { reply: 2 }, '', /does not connect to hub\.test:6443: its rules forbid that/],
  ])('%s is told in words', async (_what, options, userInfo, message) => {
    const proxy = await startSocks(options);
    const proxyUrl = proxy.url.replace('//', `//${userInfo}`);
    const request = get(connect('https://hub.test:6443', { proxyUrl }));
    await expect(request).rejects.toThrow(message);
    await expect(request).rejects.not.toThrow(/wrong/);
  });

  test('that is an HTTP proxy is told in words', async () => {
    const proxy = await startProxy();
    const proxyUrl = `socks5://127.0.0.1:${proxy.port}`;
    const request = get(connect('https://hub.test:6443', { proxyUrl }));
    await expect(request).rejects.toThrow(/does not speak SOCKS5|closed by the other side/);
  });
});

async function closedPort(): Promise<number> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Time that goes on only when it is told to. */
function newManualTimers(): { timers: Timers; fire(delayMs: number): number } {
  const waiting = new Set<{ task: () => void; delayMs: number }>();
  return {
    timers: {
      now: () => Date.now(),
      monotonic: () => Date.now(),
      setTimeout: (task, delayMs) => {
        const entry = { task, delayMs };
        waiting.add(entry);
        return () => waiting.delete(entry);
      },
    },
    /** Runs what waits for so long; says how many those were. */
    fire: (delayMs) => {
      const due = [...waiting].filter((entry) => entry.delayMs === delayMs);
      for (const entry of due) {
        waiting.delete(entry);
        entry.task();
      }
      return due.length;
    },
  };
}
