import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFakeClock } from '../controller/fake-clock.ts';
import { accessFromText } from './kubeconfig.ts';
import { impersonationHeaders, newCredentialSource, type TransportOptions, withoutUser } from './transport-options.ts';

describe('impersonation', () => {
  test('is a header for each part, and each group one of its own', () => {
    expect(impersonationHeaders({ user: 'u', groups: ['a', 'b, c'], uid: '1' })).toEqual({
      'impersonate-user': 'u',
      'impersonate-group': ['a', 'b, c'],
      'impersonate-uid': '1',
    });
    expect(impersonationHeaders({ user: 'u' })).toEqual({ 'impersonate-user': 'u' });
    expect(impersonationHeaders(undefined)).toEqual({});
  });

  test('is read from a kubeconfig’s user', async () => {
    const user = { as: 'u', 'as-groups': ['g'], 'as-uid': '1', token: 't' };
    const kubeconfig = {
      clusters: [{ name: 'c', cluster: { server: 'https://c' } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    const { transport } = await accessFromText(JSON.stringify(kubeconfig), 'test');
    expect(transport.impersonate).toEqual({ user: 'u', groups: ['g'], uid: '1' });
  });
});

test('authorities in a file are read again, and what is none of them changes nothing', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'pullet-trust-'));
  try {
    const caFile = path.join(dir, 'ca.crt');
    const clock = newFakeClock();
    const source = newCredentialSource({ server: 'https://c', caPem: 'first', caFile, token: 't' }, clock);
    const seen = async (text: string | undefined) => {
      if (text !== undefined) await writeFile(caFile, text);
      await clock.advance(60_000);
      return source(false);
    };
    const both = '-----BEGIN CERTIFICATE-----\nfirst and second\n-----END CERTIFICATE-----\n';
    expect(await source(false)).toEqual({ token: 't', caPem: 'first' });
    expect(await seen(both)).toEqual({ token: 't', caPem: both });
    expect(await seen('')).toEqual({ token: 't', caPem: both });
    expect(await seen(`${both}-----BEGIN CERTIFICATE-----\nhalf wri`)).toEqual({ token: 't', caPem: both });
    await rm(caFile);
    expect(await seen(undefined)).toEqual({ token: 't', caPem: both });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('without the user all that leads to the server stays', () => {
  const way: TransportOptions = {
    server: 'https://c',
    caPem: 'ca',
    caFile: 'ca.crt',
    insecureSkipTlsVerify: false,
    tlsServerName: 'name',
    proxyUrl: '',
    proxyHeaders: { 'x-tenant': 'a' },
    env: { HTTPS_PROXY: 'proxy' },
    userAgent: 'agent',
  };
  const user: Partial<TransportOptions> = {
    certPem: 'certificate',
    keyPem: 'key',
    token: 'token',
    tokenFile: 'file',
    basicAuth: { username: 'u', password: 'p' },
    credentials: async () => ({}),
    impersonate: { user: 'admin' },
  };
  expect(withoutUser({ ...way, ...user })).toEqual(way);
});
