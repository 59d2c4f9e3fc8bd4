import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { newEmbeddedAccess, newForwardedAccess } from './control-plane-api.ts';
import type { ForwardedCaller } from './in-memory-transport.ts';
import { parseHubOptions } from './options.ts';

const noCertificate = { getPeerX509Certificate: () => undefined } as unknown as TLSSocket;
const refused = {
  getPeerX509Certificate: () => ({}),
  authorized: false,
  authorizationError: 'CERT_HAS_EXPIRED',
} as unknown as TLSSocket;

describe('on the embedded API', () => {
  const seen: ForwardedCaller[] = [];
  const access = newEmbeddedAccess({
    clientOf: (caller) => {
      seen.push(caller);
      return {} as KubeClient;
    },
  });

  test('who presents nothing is nobody', () => {
    expect(access.clientFor({ connection: noCertificate, remoteAddress: '10.0.0.1' })).toBeUndefined();
    expect(seen).toEqual([]);
  });

  test('a token and a certificate that TLS refuses are passed on, for the API to judge', () => {
    access.clientFor({ connection: noCertificate, bearerToken: 'abc', remoteAddress: '10.0.0.1' });
    access.clientFor({ connection: refused });
    expect(seen).toEqual([
      { bearerToken: 'abc', remoteAddress: '10.0.0.1' },
      { clientCertificateError: 'the client certificate was not verified: CERT_HAS_EXPIRED' },
    ]);
  });
});

test("on a real API the token of each caller is forwarded, and nothing of the hub's own", async () => {
  const seen: unknown[] = [];
  const server = createServer(({ headers }, response) => {
    seen.push([headers.authorization, headers['impersonate-user']]);
    response.setHeader('content-type', 'application/json').end('{"items":[]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hub = {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 'of-the-hub',
    basicAuth: { username: 'hub', password: 'p' },
    impersonate: { user: 'admin' },
  };
  const access = newForwardedAccess(hub, { clock: newFakeClock() });
  for (const bearerToken of ['a', 'b']) {
    await access.clientFor({ connection: noCertificate, bearerToken })?.list(clusters);
  }
  expect(seen).toEqual([
    ['Bearer a', undefined],
    ['Bearer b', undefined],
  ]);
  expect(access.clientFor({ connection: refused })).toBeUndefined();
  await access.close();
  server.close();
});

describe('its flags', () => {
  const parse = (...flags: string[]) => parseHubOptions(['--data-dir=d', ...flags], {})?.control;

  test('switch it on', () => {
    expect(parse()).toBeUndefined();
    expect(
      parse('--control-listen=0.0.0.0:8443', '--control-cors-origins=https://a.example,https://b.example'),
    ).toEqual({
      host: '0.0.0.0',
      port: 8443,
      corsOrigins: ['https://a.example', 'https://b.example'],
      limits: { requestsPerSecond: 20, burst: 60 },
    });
  });

  test('say how often one caller may ask', () => {
    const flags = ['--control-listen=:1', '--control-requests-per-second=5', '--control-burst=10'];
    expect(parse(...flags)?.limits).toEqual({ requestsPerSecond: 5, burst: 10 });
    expect(() => parse('--control-listen=:1', '--control-burst=0')).toThrow(/must be at least 1/);
  });

  test.each([
    ['--control-listen=host', /--control-listen needs a port/],
    ['--control-cors-origins=https://a.example', /need --control-listen/],
    ['--control-listen=:1 --control-cors-origins=*', /invalid value "\*" for --control-cors-origins/],
    ['--control-listen=:1 --control-cors-origins=https://a.example/', /for --control-cors-origins/],
    ['--control-listen=:1 --control-tls-cert-file=c', /go together/],
    ['--control-listen=:1 --control-tls-secret=n/s', /goes with --kubeconfig/],
    ['--control-listen=:1 --control-tls-secret=s', /give NAMESPACE\/NAME/],
    ['--control-listen=:1 --control-tls-names=a.example', /goes with --control-tls-secret/],
    ['--control-tls-secret=n/s --kubeconfig=k', /need --control-listen/],
  ])('%s is refused', (flags, message) => {
    expect(() => parse(...flags.split(' '))).toThrow(message);
  });

  test('on a real API need a certificate to serve with', () => {
    expect(() => parseHubOptions(['--kubeconfig=k', '--control-listen=:1'], {})).toThrow(
      /needs --control-tls-cert-file/,
    );
  });
});
