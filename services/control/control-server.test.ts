import { once } from 'node:events';
import { request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { newKey, privateKeyPem, publicKeyDer } from '../../shared/pki/private-key.ts';
import { type CertificateAuthority, issueCertificate, newCa } from '../../shared/pki/x509.ts';
import type { CallerCredentials, ControlDeps } from './control-deps.ts';
import { type ControlServer, startControlServer } from './control-server.ts';

let ca: CertificateAuthority;
let serving: Pair;
let jane: Pair;
const running: ControlServer[] = [];

interface Pair {
  cert: string;
  key: string;
}

beforeAll(async () => {
  ca = await newCa({ commonName: 'ca', days: 1, now: Date.now() });
  serving = await newPair(ca, 'server');
  jane = await newPair(ca, 'jane');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function newPair(issuer: CertificateAuthority, commonName: string): Promise<Pair> {
  const key = await newKey();
  const cert = await issueCertificate(issuer, {
    subject: { commonName, organizations: [] },
    publicKey: publicKeyDer(key),
    usages: ['digital signature', 'server auth', 'client auth'],
    ipAddresses: ['127.0.0.1'],
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 60_000,
  });
  return { cert, key: privateKeyPem(key) };
}

async function start(deps: Partial<ControlDeps> = {}, port = 0): Promise<ControlServer> {
  const options = {
    host: '127.0.0.1',
    port,
    certificate: serving.cert,
    privateKey: serving.key,
    clientCa: ca.certificatePem,
  };
  const server = await startControlServer(options, {
    clientFor: () => newFakeKube().client,
    acceptedCredentials: 'a certificate',
    endpoint: () => ({ server: 'https://hub:6443', caPem: '' }),
    checkHealth: async () => undefined,
    clock: newFakeClock(),
    log: silentLogger,
    ...deps,
  });
  running.push(server);
  return server;
}

async function get({ port }: ControlServer, path: string, identity: Partial<Pair> = {}): Promise<number | undefined> {
  const sent = request({ host: '127.0.0.1', port, path, ca: ca.certificatePem, agent: false, ...identity }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

async function dial({ port }: ControlServer, more: object = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca: ca.certificatePem, ...more });
  await once(socket, 'secureConnect');
  return socket;
}

test('a certificate is asked for, and believed if its issuer is the CA', async () => {
  const seen: CallerCredentials[] = [];
  const server = await start({
    clientFor: (credentials) => {
      seen.push(credentials);
      return newFakeKube().client;
    },
  });
  const stranger = await newPair(await newCa({ commonName: 'other', days: 1, now: Date.now() }), 'admin');
  for (const identity of [jane, stranger, {}]) await get(server, '/api/v1/clusters', identity);
  expect(seen.map(({ connection }) => connection.authorized)).toEqual([true, false, false]);
});

test('clients that know HTTP/2 are answered over HTTP/1.1', async () => {
  const socket = await dial(await start(), { ALPNProtocols: ['h2', 'http/1.1'] });
  expect(socket.alpnProtocol).toBe('http/1.1');
  socket.destroy();
});

test('an address that is taken is named', async () => {
  const { port } = await start();
  await expect(start({}, port)).rejects.toThrow(`can't serve the control-plane API on 127.0.0.1:${port}`);
});

test('when it ends, silent connections are cut at once and what is being answered is answered', async () => {
  let answer = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let wasAsked = (): void => undefined;
  const health = new Promise<void>((resolve) => {
    wasAsked = resolve;
  });
  const server = await start({
    checkHealth: () => {
      wasAsked();
      return asked;
    },
  });
  const silent = await dial(server);
  const cut = once(silent, 'close');
  const status = get(server, '/api/v1/health');
  await health;
  // Stands still: nothing waits for the time after which all is cut.
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const ended = server.close();
  answer();
  expect(await status).toBe(200);
  await Promise.all([cut, ended]);
});
