import { once } from 'node:events';
import http2, { type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import https from 'node:https';
import net, { type AddressInfo, type Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { newKey, privateKeyPem, publicKeyDer } from '../pki/private-key.ts';
import { type CertificateAuthority, issueCertificate, newCa } from '../pki/x509.ts';
import { newHttpTransport } from './http2-transport.ts';
import { readText } from './json-lines.ts';
import type { Transport } from './transport.ts';

/** A server whose authority, or a client whose certificate, changes while they are connected. */

const authorities = await Promise.all(
  ['first', 'second'].map((commonName) => newCa({ commonName, days: 1, now: Date.now() })),
);
const [first, second] = authorities as [CertificateAuthority, CertificateAuthority];
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function servedBy(ca: CertificateAuthority): Promise<{ cert: string; key: string }> {
  const key = await newKey();
  const cert = await issueCertificate(ca, {
    subject: { commonName: 'server', organizations: [] },
    publicKey: publicKeyDer(key),
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3600_000,
    usages: ['digital signature', 'server auth'],
    ipAddresses: ['127.0.0.1'],
  });
  return { cert, key: privateKeyPem(key) };
}

/** The certificate of a client, who says in it whose it is. */
async function ownedBy(organization: string): Promise<{ certPem: string; keyPem: string }> {
  const key = await newKey();
  const certPem = await issueCertificate(first, {
    subject: { commonName: 'client', organizations: [organization] },
    publicKey: publicKeyDer(key),
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3600_000,
    usages: ['digital signature', 'client auth'],
  });
  return { certPem, keyPem: privateKeyPem(key) };
}

async function addressOf(server: Server | Http2SecureServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => void server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function trusting(server: string, trusted: () => string): Transport {
  const transport = newHttpTransport({ server, credentials: async () => ({ caPem: trusted() }) });
  closers.push(() => void transport.close());
  return transport;
}

const ask = async (transport: Transport, path = '/'): Promise<string> =>
  readText((await transport.request({ method: 'GET', path })).body);

test('a new authority counts for the next connection, and a watch on the open one goes on', async () => {
  const sessions: ServerHttp2Session[] = [];
  const server = http2.createSecureServer(await servedBy(first));
  let endWatch = (): void => {};
  server.on('session', (session) => {
    sessions.push(session);
    closers.push(() => session.destroy());
  });
  server.on('stream', (stream, headers) => {
    stream.respond({ ':status': 200 });
    if (headers[':path'] === '/watch') endWatch = () => void stream.end('last words');
    else stream.end('ok');
  });
  let trusted = first.certificatePem;
  const transport = trusting(await addressOf(server), () => trusted);
  const watch = await transport.request({ method: 'GET', path: '/watch' });
  trusted = second.certificatePem;
  server.setSecureContext(await servedBy(second));
  expect(await ask(transport)).toBe('ok');
  expect(sessions).toHaveLength(1);
  sessions[0]?.close();
  await expect.poll(() => ask(transport).then(() => sessions.length)).toBe(2);
  endWatch();
  expect(await readText(watch.body)).toBe('last words');
});

test('over HTTP/1.1 the next request is made by the new authority', async () => {
  const server = https.createServer({ ...(await servedBy(first)), ALPNProtocols: ['http/1.1'] }, (_, response) => {
    response.setHeader('connection', 'close').end('ok');
  });
  let trusted = first.certificatePem;
  const transport = trusting(await addressOf(server), () => trusted);
  expect(await ask(transport)).toBe('ok');
  server.setSecureContext(await servedBy(second));
  await expect(ask(transport)).rejects.toThrow(/not trusted here/);
  trusted = first.certificatePem + second.certificatePem;
  expect(await ask(transport)).toBe('ok');
});

/** Lets nothing through before it is opened. */
async function startGate(port: string) {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const server = net.createServer(async (inward) => {
    inward.on('error', () => {});
    await opened;
    const outward = net.connect(Number(port), '127.0.0.1');
    outward.on('error', () => {});
    inward.pipe(outward).pipe(inward);
  });
  return { server, url: await addressOf(server), open };
}

test('a client certificate that is replaced while a connection is being made is shown on the next', async () => {
  const server = http2.createSecureServer({ ...(await servedBy(first)), requestCert: true, rejectUnauthorized: false });
  server.on('stream', (stream) => {
    const socket = stream.session?.socket as TLSSocket | undefined;
    stream.respond({ ':status': 200 });
    stream.end(String(socket?.getPeerCertificate().subject.O));
  });
  server.on('session', (session) => closers.push(() => session.destroy()));
  const gate = await startGate(new URL(await addressOf(server)).port);
  const [former, later] = await Promise.all(['former', 'later'].map(ownedBy));
  let shown = former;
  const transport = newHttpTransport({
    server: gate.url,
    credentials: async () => ({ ...shown, caPem: first.certificatePem }),
  });
  closers.push(() => void transport.close());
  const before = ask(transport);
  await once(gate.server, 'connection');
  shown = later;
  const after = ask(transport);
  await new Promise(setImmediate);
  gate.open();
  expect(await Promise.all([before, after])).toEqual(['later', 'later']);
  expect(await ask(transport)).toBe('later');
});

test('over HTTP/1.1 an authority that follows while a connection is being made counts for the next ones', async () => {
  const server = https.createServer({ ...(await servedBy(first)), ALPNProtocols: ['http/1.1'] }, (_, response) => {
    response.setHeader('connection', 'close').end('ok');
  });
  const gate = await startGate(new URL(await addressOf(server)).port);
  let trusted = first.certificatePem;
  const transport = trusting(gate.url, () => trusted);
  const before = ask(transport);
  await once(gate.server, 'connection');
  trusted = first.certificatePem + second.certificatePem;
  const after = ask(transport);
  await new Promise(setImmediate);
  gate.open();
  expect(await Promise.all([before, after])).toEqual(['ok', 'ok']);
  server.setSecureContext(await servedBy(second));
  expect(await ask(transport)).toBe('ok');
});
