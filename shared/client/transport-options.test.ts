import { describe, expect, test } from 'vitest';
import { accessFromText } from './kubeconfig.ts';
import { impersonationHeaders, type TransportOptions, withoutUser } from './transport-options.ts';

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

test('without the user all that leads to the server stays', () => {
  const way: TransportOptions = {
    server: 'https://c',
    caPem: 'ca',
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
