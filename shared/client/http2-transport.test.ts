import { once } from 'node:events';
import http2, { type Http2SecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newKey, privateKeyPem, publicKeyDer } from '../pki/private-key.ts';
import { type CertificateAuthority, issueCertificate, newCa } from '../pki/x509.ts';
import { newHttpTransport } from './http2-transport.ts';
import { readText } from './json-lines.ts';
import { type Transport, TransportError } from './transport.ts';
import type { TransportOptions } from './transport-options.ts';

let ca: CertificateAuthority;
let serving: { cert: string; key: string };
const closers: (() => void)[] = [];

beforeAll(async () => {
  ca = await newCa({ commonName: 'test', days: 1, now: Date.now() });
  serving = await certificate(['127.0.0.1']);
});

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function certificate(
  ipAddresses: string[],
  notAfter = Date.now() + 3600_000,
): Promise<{ cert: string; key: string }> {
  const key = await newKey();
  const cert = await issueCertificate(ca, {
    subject: { commonName: 'server', organizations: [] },
    publicKey: publicKeyDer(key),
    notBefore: Date.now() - 7200_000,
    notAfter,
    usages: ['digital signature', 'server auth'],
    ipAddresses,
  });
  return { cert, key: privateKeyPem(key) };
}

type Answer = (stream: ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

async function startH2(answer: Answer, options: http2.SecureServerOptions = {}) {
  const sessions: ServerHttp2Session[] = [];
  const server: Http2SecureServer = http2.createSecureServer({ ...serving, ...options });
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    answer(stream, headers);
  });
  await listen(server);
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { server, sessions, url: urlOf(server) };
}

/** Answers with the headers as they came. */
async function startRawH2(): Promise<{ server: string }> {
  const server = http2.createSecureServer(serving);
  server.on('stream', (stream: ServerHttp2Stream, ...rest: unknown[]) => {
    const raw = rest[2];
    stream.respond({ ':status': 200 });
    stream.end(JSON.stringify(raw));
  });
  await listen(server);
  closers.push(() => void server.close());
  return { server: urlOf(server) };
}

async function listen(server: net.Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function urlOf(server: net.Server): string {
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function connect(server: string, options: Partial<TransportOptions> = {}): Transport {
  const transport = newHttpTransport({ server, caPem: ca.certificatePem, ...options });
  closers.push(() => void transport.close());
  return transport;
}

describe('over HTTP/2', () => {
  test('each impersonated group is a header of its own', async () => {
    const { server } = await startRawH2();
    const transport = connect(server, { impersonate: { user: 'u', groups: ['a', 'b, c'] } });
    const raw: string[] = JSON.parse(await readText((await transport.request({ method: 'GET', path: '/' })).body));
    const groups = raw.filter((_, index) => raw[index - 1] === 'impersonate-group' && index % 2 === 1);
    expect(groups).toEqual(['a', 'b, c']);
  });

  test('a request carries its method, path, headers and body, and the answer comes back', async () => {
    const { url } = await startH2((stream, headers) => {
      let body = '';
      stream.on('data', (chunk) => {
        body += chunk;
      });
      stream.on('end', () => {
        stream.respond({ ':status': 201, 'x-a': 'b' });
        stream.end(
          JSON.stringify([headers[':method'], headers[':path'], headers.authorization, headers['user-agent'], body]),
        );
      });
    });
    const transport = connect(`${url}/base/`, { token: 'secret', userAgent: 'me/1' });
    const response = await transport.request({ method: 'POST', path: '/api?x=1', body: '{"é":1}' });
    expect(response.status).toBe(201);
    expect(response.headers['x-a']).toBe('b');
    expect(JSON.parse(await readText(response.body))).toEqual([
      'POST',
      '/base/api?x=1',
      'Bearer secret',
      'me/1',
      '{"é":1}',
    ]);
  });

  test('many requests at once share one connection', async () => {
    const { url, sessions } = await startH2((stream) => stream.end('ok'));
    const transport = connect(url);
    await Promise.all(
      Array.from({ length: 50 }, async () => readText((await transport.request({ method: 'GET', path: '/' })).body)),
    );
    expect(sessions).toHaveLength(1);
  });

  test('requests without end on one connection are not taken for an attack of resets', async () => {
    const { url, sessions } = await startH2((stream) => {
      stream.resume().on('end', () => {
        stream.respond({ ':status': 200 });
        stream.write('ok');
        setImmediate(() => stream.end()); // in a frame of its own, as node's compatible API does it
      });
    });
    const transport = connect(url);
    const request = { method: 'PUT', path: '/', body: '{}' } as const;
    const texts = async (): Promise<string[]> =>
      Promise.all(Array.from({ length: 50 }, async () => readText((await transport.request(request)).body)));
    for (let sent = 0; sent < 2000; sent += 50) expect(new Set(await texts())).toEqual(new Set(['ok']));
    expect(sessions).toHaveLength(1);
  });

  test('more open watches than one connection takes get another connection', async () => {
    const { url, sessions } = await startH2((stream) => stream.respond({ ':status': 200 }), {
      settings: { maxConcurrentStreams: 2 },
    });
    const transport = connect(url);
    for (let i = 0; i < 5; i++) await transport.request({ method: 'GET', path: '/watch' });
    expect(sessions).toHaveLength(3);
  });

  test.each(['', 'all of it'])('an answer that has long come is read: %j', async (body) => {
    const { url } = await startH2((stream) => {
      stream.respond({ ':status': 200 });
      stream.end(body);
    });
    const answer = await connect(url).request({ method: 'GET', path: '/' });
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(await readText(answer.body)).toBe(body);
  });

  test('an abandoned body is reset on the server', async () => {
    let wasReset: (() => void) | undefined;
    const reset = new Promise<void>((resolve) => {
      wasReset = resolve;
    });
    const { url } = await startH2((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('first');
      stream.on('close', () => wasReset?.());
    });
    const { body } = await connect(url).request({ method: 'GET', path: '/watch' });
    for await (const chunk of body) {
      expect(Buffer.from(chunk).toString()).toBe('first');
      break;
    }
    await reset;
  });

  test('a body that the server does not want is not sent to its end, and the answer is told', async () => {
    const { url } = await startH2((stream) => {
      // Or node would reset a stream that nobody reads.
      stream.pause();
      stream.respond({ ':status': 413 });
      stream.end('too large');
    });
    const transport = connect(url);
    const body = 'x'.repeat(4_000_000);
    for (const read of ['text', 'body'] as const) {
      const answer = await transport.request({ method: 'PUT', path: '/', body });
      expect(answer.status).toBe(413);
      expect(read === 'text' ? await answer.text?.() : await readText(answer.body)).toBe('too large');
    }
  });

  test('an aborted request rejects with the reason, before and after the answer began', async () => {
    const { url } = await startH2((stream, headers) => {
      if (headers[':path'] === '/begin') stream.respond({ ':status': 200 });
    });
    const transport = connect(url);
    const before = new AbortController();
    const never = transport.request({ method: 'GET', path: '/never', signal: before.signal });
    setTimeout(() => before.abort(new Error('enough')), 20);
    await expect(never).rejects.toThrow('enough');
    const after = new AbortController();
    const { body } = await transport.request({ method: 'GET', path: '/begin', signal: after.signal });
    setTimeout(() => after.abort(new Error('enough')), 20);
    await expect(readText(body)).rejects.toThrow('enough');
  });

  test('a request that was given up while its credentials were asked for is not sent', async () => {
    const sent: unknown[] = [];
    const { url } = await startH2((stream, headers) => {
      sent.push(headers[':path']);
      stream.respond({ ':status': 200 });
      stream.end();
    });
    const given = new AbortController();
    const credentials = async () => {
      given.abort(new Error('enough'));
      return {};
    };
    const request = connect(url, { credentials }).request({ method: 'DELETE', path: '/', signal: given.signal });
    await expect(request).rejects.toThrow('enough');
    expect(sent).toEqual([]);
  });

  test('a connection that breaks in the middle of an answer is an error, and the next request connects anew', async () => {
    const { url, sessions } = await startH2((stream, headers) => {
      stream.respond({ ':status': 200 });
      if (headers[':path'] === '/') stream.end('fine');
      else stream.write('half');
    });
    const proxy = await startProxy(new URL(url).port);
    const transport = connect(proxy.url);
    const { body } = await transport.request({ method: 'GET', path: '/break' });
    const rest = readText(body);
    proxy.cut();
    await expect(rest).rejects.toThrow(TransportError);
    expect(await readText((await transport.request({ method: 'GET', path: '/' })).body)).toBe('fine');
    expect(sessions).toHaveLength(2);
  });

  test('after GOAWAY what is open goes on and new requests get a new connection', async () => {
    let open: ServerHttp2Stream | undefined;
    const { url, sessions } = await startH2((stream, headers) => {
      stream.respond({ ':status': 200 });
      if (headers[':path'] === '/watch') open = stream;
      else stream.end('new');
    });
    const transport = connect(url);
    const watch = await transport.request({ method: 'GET', path: '/watch' });
    sessions[0]?.close();
    await new Promise((resolve) => sessions[0]?.ping(resolve)); // who answers has read what came before
    expect(await readText((await transport.request({ method: 'GET', path: '/' })).body)).toBe('new');
    open?.end('last words');
    expect(await readText(watch.body)).toBe('last words');
    expect(sessions).toHaveLength(2);
  });

  test('closing ends what is still being dialled', async () => {
    const silent = net.createServer((socket) => void socket.on('error', () => {}));
    await listen(silent);
    closers.push(() => void silent.close());
    const { port } = silent.address() as net.AddressInfo;
    const transport = connect(`https://127.0.0.1:${port}`);
    const asked = transport.request({ method: 'GET', path: '/' });
    await Promise.all([
      expect(asked).rejects.toThrow('is closed'),
      once(silent, 'connection').then(() => transport.close()),
    ]);
  });
});

/** Passes bytes on until it is cut. */
async function startProxy(port: string) {
  const sockets: net.Socket[] = [];
  const server = net.createServer((inward) => {
    const outward = net.connect(Number(port), '127.0.0.1');
    for (const [from, to] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      from.on('error', () => {});
      from.pipe(to);
      sockets.push(from);
    }
  });
  await listen(server);
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { url: urlOf(server), cut };
}

describe('over HTTP/1.1', () => {
  test('a server without h2 is served by kept connections', async () => {
    const ports = new Set<number | undefined>();
    const server = https.createServer({ ...serving, ALPNProtocols: ['http/1.1'] }, (request, response) => {
      ports.add(request.socket.remotePort);
      request
        .resume()
        .on('end', () => response.end(`${request.httpVersion} ${request.headers['content-length'] ?? ''}`));
    });
    await listen(server);
    closers.push(() => server.close());
    const transport = connect(urlOf(server));
    for (let i = 0; i < 3; i++) {
      const response = await transport.request({ method: 'POST', path: '/', body: 'é' });
      expect(await readText(response.body)).toBe('1.1 2');
    }
    expect(ports.size).toBe(1);
  });
});

describe('failures in words', () => {
  test('nothing listens', async () => {
    const server = net.createServer();
    await listen(server);
    const url = urlOf(server);
    server.close();
    await once(server, 'close');
    const request = connect(url).request({ method: 'GET', path: '/' });
    await expect(request).rejects.toThrow(/the connection to 127\.0\.0\.1:\d+ was refused/);
    await expect(request).rejects.toBeInstanceOf(TransportError);
  });

  test('an authority that is not trusted', async () => {
    const { url } = await startH2((stream) => stream.end());
    const other = await newCa({ commonName: 'other', days: 1, now: Date.now() });
    const request = connect(url, { caPem: other.certificatePem }).request({ method: 'GET', path: '/' });
    await expect(request).rejects.toThrow(/is signed by an authority that is not trusted here/);
  });

  test('a certificate for another name, one that has expired, and a server that speaks no TLS', async () => {
    const elsewhere = await startH2((stream) => stream.end(), await certificate(['127.0.0.2']));
    await expect(connect(elsewhere.url).request({ method: 'GET', path: '/' })).rejects.toThrow(/is for another name/);
    const expired = await startH2((stream) => stream.end(), await certificate(['127.0.0.1'], Date.now() - 3600_000));
    await expect(connect(expired.url).request({ method: 'GET', path: '/' })).rejects.toThrow(/has expired/);
    const plain = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await listen(plain);
    closers.push(() => plain.close());
    await expect(connect(urlOf(plain)).request({ method: 'GET', path: '/' })).rejects.toThrow(/does not speak TLS/);
  });
});
