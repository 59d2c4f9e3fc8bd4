import { describe, expect, test } from 'vitest';
import type { UserInfo } from '../../shared/apis/user-info.ts';
import { newBootstrapTokenSecret } from '../../shared/pki/bootstrap-token.ts';
import { newKey } from '../../shared/pki/private-key.ts';
import { ask, certificate, jsonOf, userAsked, withPolicy } from './api-server-fixture.ts';
import { signServiceAccountToken } from './authn/service-account-token.ts';
import type { ServerRequest } from './request.ts';
import { grant, NOW, newTestServer, store, type TestServer } from './server-fixture.ts';

describe('who asks', () => {
  test('a client certificate is its CN and its organizations', async () => {
    const server = await newTestServer();
    const user = await userAsked(server, { clientCertificate: certificate('jane', ['dev', 'system:masters']) });
    expect(user).toMatchObject({ name: 'jane', groups: ['dev', 'system:masters', 'system:authenticated'] });
    expect(user.extra?.['authentication.kubernetes.io/credential-id']).toEqual([
      expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/),
    ]);
  });

  test.each<[string, Partial<ServerRequest>]>([
    [
      'a certificate that ended while its connection lives',
      { clientCertificate: certificate('jane', ['system:masters'], NOW - 1) },
    ],
    ['a certificate of another CA', { clientCertificateError: 'unable to verify' }],
    ['a bearer token that nobody knows', { headers: { authorization: 'Bearer abcdef.0123456789abcdef' } }],
    ['a bearer token of no known form', { headers: { authorization: 'Bearer x' } }],
  ])('401 for %s', async (_what, more) => {
    const response = await ask(await newTestServer(), '/version', more);
    expect(response.status).toBe(401);
    expect(jsonOf(response)).toMatchObject({ kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized' });
  });

  test('a good token outweighs a bad certificate', async () => {
    const server = await withPolicy(await newTestServer());
    await storeToken(server, {});
    const more = {
      clientCertificateError: 'unable to verify',
      headers: { authorization: 'Bearer abcdef.0123456789abcdef' },
    };
    expect((await ask(server, '/version', more)).status).toBe(200);
  });

  test('whoever presents nothing is anonymous, and RBAC decides', async () => {
    const server = await withPolicy(await newTestServer());
    expect((await ask(server, '/version')).status).toBe(200);
    expect((await ask(server, '/healthz')).status).toBe(200);
    expect((await ask(server, '/api/v1/namespaces/kube-public/configmaps/cluster-info')).status).toBe(200);
    const response = await ask(server, '/api/v1/namespaces/kube-public/configmaps/other');
    expect(jsonOf(response)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'configmaps "other" is forbidden: User "system:anonymous" cannot get resource "configmaps" in API group "" in the namespace "kube-public"',
      reason: 'Forbidden',
      details: { name: 'other', kind: 'configmaps' },
      code: 403,
    });
    expect(jsonOf(await ask(server, '/metrics')).message).toBe(
      'forbidden: User "system:anonymous" cannot get path "/metrics"',
    );
  });

  test('a bootstrap token may ask for a certificate and nothing else', async () => {
    const server = await withPolicy(await newTestServer());
    await storeToken(server, {});
    const headers = { authorization: 'Bearer abcdef.0123456789abcdef' };
    const csr = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
    const response = await ask(server, csr, { headers }, 'POST');
    expect(jsonOf<{ user: UserInfo }>(response).user).toEqual({
      name: 'system:bootstrap:abcdef',
      groups: ['system:bootstrappers', 'system:bootstrappers:pullet:default-cluster-token', 'system:authenticated'],
    });
    expect((await ask(server, `${csr}/x/approval`, { headers }, 'PUT')).status).toBe(403);
    expect((await ask(server, '/api/v1/secrets', { headers })).status).toBe(403);
  });

  test.each([
    ['expired', { expiresAt: NOW }],
    ['not for authentication', { usages: ['signing' as const] }],
  ])('401 for a bootstrap token that is %s', async (_why, change) => {
    const server = await withPolicy(await newTestServer());
    await storeToken(server, change);
    const headers = { authorization: 'Bearer abcdef.0123456789abcdef' };
    expect((await ask(server, '/version', { headers })).status).toBe(401);
  });

  test('a service-account token is good while its account lives', async () => {
    const keys = { issuer: 'https://hub', audiences: ['hub'], signingKey: await newKey() };
    const server = await newTestServer({ serviceAccountKeys: keys });
    const rules = [{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }];
    await grant(server.storage, {
      name: 'r',
      rules,
      subjects: [{ kind: 'ServiceAccount', namespace: 'n', name: 'bot' }],
    });
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'n', name: 'bot', uid: 'u1' } };
    await store(server.storage, { resource: 'serviceaccounts' }, account);
    const claims = { namespace: 'n', name: 'bot', uid: 'u1', expiresInSeconds: 600 };
    const bearer = async (audiences: string[], at = NOW) => {
      const { token } = await signServiceAccountToken(keys, { ...claims, audiences }, at);
      return { headers: { authorization: `Bearer ${token}` } };
    };
    expect(await userAsked(server, await bearer(['hub']))).toMatchObject({
      name: 'system:serviceaccount:n:bot',
      uid: 'u1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:n', 'system:authenticated'],
    });
    expect((await ask(server, '/api/v1/pods', await bearer(['other']))).status).toBe(401);
    expect((await ask(server, '/api/v1/pods', await bearer(['hub'], NOW - 661_000))).status).toBe(401);
    await store(
      server.storage,
      { resource: 'serviceaccounts' },
      { ...account, metadata: { ...account.metadata, uid: 'u2' } },
    );
    expect((await ask(server, '/api/v1/pods', await bearer(['hub']))).status).toBe(401);
  });
});

async function storeToken({ storage }: TestServer, change: Partial<Parameters<typeof newBootstrapTokenSecret>[0]>) {
  const secret = newBootstrapTokenSecret({
    token: { id: 'abcdef', secret: '0123456789abcdef' },
    usages: ['signing', 'authentication'],
    groups: ['system:bootstrappers:pullet:default-cluster-token'],
    description: '',
    ...change,
  });
  await store(storage, { resource: 'secrets' }, secret);
}

describe('impersonation', () => {
  const jane = { clientCertificate: certificate('jane', []) };
  const rule = (resources: string[], resourceNames?: string[], apiGroups = ['']) => ({
    verbs: ['impersonate'],
    apiGroups,
    resources,
    ...(resourceNames ? { resourceNames } : {}),
  });

  async function serverWhereJaneMay(...rules: ReturnType<typeof rule>[]): Promise<TestServer> {
    const server = await newTestServer();
    await grant(server.storage, { name: 'impersonator', rules, subjects: [{ kind: 'User', name: 'jane' }] });
    const list = [{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }];
    const subjects = ['bob', 'system:serviceaccount:n:bot', 'system:anonymous'].map((name) => ({
      kind: 'User' as const,
      name,
    }));
    await grant(server.storage, { name: 'lister', rules: list, subjects });
    return server;
  }

  test('the request goes on as the other user, with what was asked for and nothing of the first', async () => {
    const server = await serverWhereJaneMay(
      rule(['users'], ['bob']),
      rule(['groups'], ['dev', 'a, b']),
      rule(['userextras/example.com/scope'], ['read'], ['authentication.k8s.io']),
      rule(['uids'], ['7'], ['authentication.k8s.io']),
    );
    const headers = {
      'impersonate-user': 'bob',
      'impersonate-group': 'dev\na, b',
      'impersonate-uid': '7',
      'impersonate-extra-example.com%2fscope': 'read',
    };
    expect(await userAsked(server, { ...jane, headers })).toEqual({
      name: 'bob',
      uid: '7',
      groups: ['dev', 'a, b', 'system:authenticated'],
      extra: { 'example.com/scope': ['read'] },
    });
  });

  /** The narrowest of the ways is what a refusal tells of. */
  const notEvenToList = (mode: string): string =>
    `pods is forbidden: User "jane" cannot impersonate-on:${mode}:list resource "pods" in API group "" at the cluster scope`;

  test.each<[string, Record<string, string>, string]>([
    ['another user', { 'impersonate-user': 'eve' }, notEvenToList('user-info')],
    ['a group', { 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' }, notEvenToList('user-info')],
    ['a service account', { 'impersonate-user': 'system:serviceaccount:n:bot' }, notEvenToList('serviceaccount')],
    ['extra', { 'impersonate-user': 'bob', 'impersonate-extra-k': 'v' }, notEvenToList('user-info')],
  ])('403 for %s that is not granted', async (_what, headers, message) => {
    const server = await serverWhereJaneMay(rule(['users'], ['bob']));
    const response = await ask(server, '/api/v1/pods', { ...jane, headers });
    expect({ status: response.status, message: jsonOf(response).message }).toEqual({ status: 403, message });
  });

  test('a group without a user is refused', async () => {
    const server = await serverWhereJaneMay(rule(['users', 'groups']));
    const headers = { 'impersonate-group': 'dev', 'impersonate-extra-k': 'v' };
    const response = await ask(server, '/api/v1/pods', { ...jane, headers });
    expect(jsonOf(response)).toMatchObject({
      code: 400,
      message:
        'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"dev"}, Extra:map[string][]string{"k":[]string{"v"}}} without impersonating a user name',
    });
  });

  test.each([
    ['system:serviceaccount:n:bot', ['system:serviceaccounts', 'system:serviceaccounts:n', 'system:authenticated']],
    ['system:anonymous', ['system:unauthenticated']],
  ])('%s comes with its groups', async (name, groups) => {
    const server = await serverWhereJaneMay(rule(['users', 'serviceaccounts']));
    expect((await userAsked(server, { ...jane, headers: { 'impersonate-user': name } })).groups).toEqual(groups);
  });
});
