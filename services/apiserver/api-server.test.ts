import { describe, expect, test } from 'vitest';
import type { Status } from '../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../shared/apis/user-info.ts';
import { newBootstrapTokenSecret } from '../../shared/pki/bootstrap-token.ts';
import { newKey } from '../../shared/pki/private-key.ts';
import { signServiceAccountToken } from './authn/service-account-token.ts';
import { KUBERNETES_CLUSTER_ROLE_BINDINGS, KUBERNETES_CLUSTER_ROLES } from './authz/default-policy.ts';
import type { ServerRequest, ServerResponse, VerifiedCertificate } from './request.ts';
import { grant, NOW, newRequest, newTestServer, store, type TestServer } from './server-fixture.ts';

const admin: UserInfo = { name: 'system:pullet-hub', groups: ['system:masters'] };

/** With Kubernetes' default roles, and what lets a cluster join. */
async function withPolicy(test: TestServer): Promise<TestServer> {
  for (const object of [...KUBERNETES_CLUSTER_ROLES, ...KUBERNETES_CLUSTER_ROLE_BINDINGS]) {
    const resource = `${object.kind.toLowerCase()}s`;
    await store(test.storage, { group: 'rbac.authorization.k8s.io', resource }, object);
  }
  const info = [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['cluster-info'] }];
  const anonymous = [{ kind: 'User' as const, name: 'system:anonymous' }];
  await grant(test.storage, { name: 'cluster-info', namespace: 'kube-public', rules: info, subjects: anonymous });
  const csr = [{ verbs: ['create'], apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'] }];
  const holders = [{ kind: 'Group' as const, name: 'system:bootstrappers:pullet:default-cluster-token' }];
  await grant(test.storage, { name: 'bootstrap', rules: csr, subjects: holders });
  return test;
}

const textOf = ({ body }: ServerResponse): string => (typeof body === 'string' ? body : '');
const jsonOf = <T = Status>(response: ServerResponse): T => JSON.parse(textOf(response)) as T;

function certificate(commonName: string, organizations: string[], notAfterMs = NOW + 1000): VerifiedCertificate {
  return { commonName, organizations, raw: Buffer.from(commonName), notAfterMs };
}

async function ask(server: TestServer, target: string, more: Partial<ServerRequest> = {}, method = 'GET') {
  return await server.server.handle(newRequest(method, target, more));
}

async function userAsked(server: TestServer, more: Partial<ServerRequest>): Promise<UserInfo> {
  return jsonOf<{ user: UserInfo }>(await ask(server, '/api/v1/pods', more)).user;
}

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

  test.each<[string, Record<string, string>, string]>([
    [
      'another user',
      { 'impersonate-user': 'eve' },
      'users "eve" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
    ],
    [
      'a group',
      { 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' },
      'groups "system:masters" is forbidden: User "jane" cannot impersonate resource "groups" in API group "" at the cluster scope',
    ],
    [
      'a service account',
      { 'impersonate-user': 'system:serviceaccount:n:bot' },
      'serviceaccounts "bot" is forbidden: User "jane" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "n"',
    ],
    [
      'extra',
      { 'impersonate-user': 'bob', 'impersonate-extra-k': 'v' },
      'userextras.authentication.k8s.io "v" is forbidden: User "jane" cannot impersonate resource "userextras/k" in API group "authentication.k8s.io" at the cluster scope',
    ],
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

describe('every answer', () => {
  test('has an Audit-Id, the client’s own if it is plausible', async () => {
    const server = await newTestServer();
    const response = await ask(server, '/version', { inProcessUser: admin });
    expect(response.headers?.['audit-id']).toMatch(/^[0-9a-f-]{36}$/);
    const own = await ask(server, '/version', { inProcessUser: admin, headers: { 'audit-id': 'mine-1' } });
    expect(own.headers?.['audit-id']).toBe('mine-1');
    const bad = await ask(server, '/version', { inProcessUser: admin, headers: { 'audit-id': 'x\r\ny' } });
    expect(bad.headers?.['audit-id']).not.toContain('x');
  });

  test('an unforeseen error is a 500 without its text, logged once', async () => {
    const fail = async () => {
      throw new Error('secret detail');
    };
    const server = await newTestServer({ handlers: { resources: fail, discovery: fail, openApi: fail } });
    const response = await ask(server, '/api/v1/pods', { inProcessUser: admin });
    expect(response.status).toBe(500);
    expect(textOf(response)).not.toContain('secret detail');
    expect(server.log).toEqual(['a request failed']);
  });

  test('warnings become one header, in UTF-8 and escaped', async () => {
    const warn = async (context: { warnings: string[] }) => {
      context.warnings.push('say "no"', 'größe', 'say "no"');
      return { status: 200 };
    };
    const server = await newTestServer({ handlers: { resources: warn, discovery: warn, openApi: warn } });
    const { headers } = await ask(server, '/api/v1/pods', { inProcessUser: admin });
    const value = Buffer.from(headers?.['warning'] ?? '', 'latin1').toString();
    expect(value).toBe('299 - "say \\"no\\""\n299 - "größe"');
  });

  test('a path that can not be decoded is a bad request', async () => {
    expect((await ask(await newTestServer(), '/api/v1/%zz')).status).toBe(400);
  });

  test.each([
    '/nothing',
    '/versions',
    '/metrics/x',
    '/healthz/',
    '//api',
    '//api/v1/pods',
    '/apis//v1/pods',
    '/readyz/ping/x',
  ])('404 in words for %s', async (path) => {
    const response = await ask(await newTestServer(), path, { inProcessUser: admin });
    expect([response.status, textOf(response)]).toEqual([404, '404 page not found\n']);
  });

  test.each([
    ['POST', '/version', 405],
    ['GET', '/version/x', 404],
    ['POST', '/apis/authorization.k8s.io/v1/namespaces/n/subjectaccessreviews', 404],
    ['POST', '/apis/authorization.k8s.io/v1/localsubjectaccessreviews', 404],
    ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews/x', 404],
  ])('%s %s gets a Status with %i', async (method, path, code) => {
    const response = await ask(await newTestServer(), path, { inProcessUser: admin }, method);
    expect(jsonOf(response)).toMatchObject({ kind: 'Status', code });
  });

  test('who is refused gets it in a form that browsers do not guess at', async () => {
    const { headers } = await ask(await newTestServer(), '/api/v1/pods');
    expect(headers?.['x-content-type-options']).toBe('nosniff');
  });
});

describe('limits', () => {
  test('504 after a minute, or after the client’s own timeout; the handler’s signal aborts', async () => {
    const delays: number[] = [];
    let fire = (): void => {};
    const clock = {
      now: () => NOW,
      setTimeout: (task: () => void, delayMs: number) => {
        delays.push(delayMs);
        fire = task;
        return () => {};
      },
    };
    let signal = new AbortController().signal;
    const hang = async (context: { request: ServerRequest }) => {
      ({ signal } = context.request);
      return await new Promise<ServerResponse>(() => {});
    };
    const server = await newTestServer({ clock, handlers: { resources: hang, discovery: hang, openApi: hang } });
    for (const query of ['', '?timeout=1m30s', '?timeout=5s', '?timeout=-5s']) {
      const response = ask(server, `/api/v1/pods${query}`, { inProcessUser: admin });
      await expect.poll(() => signal.aborted).toBe(false);
      fire();
      expect(jsonOf(await response)).toMatchObject({
        code: 504,
        message: 'Timeout: request did not complete within the allotted timeout',
      });
      expect(signal.aborted).toBe(true);
      signal = new AbortController().signal;
    }
    expect(delays).toEqual([60_000, 60_000, 5000, 60_000]);
    expect((await ask(server, '/api/v1/pods?timeout=soon', { inProcessUser: admin })).status).toBe(400);
  });

  test('a user with too many requests in flight gets 429, others and watches do not', async () => {
    const waiting: (() => void)[] = [];
    const wait = async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { status: 200 };
    };
    const handlers = { resources: wait, discovery: wait, openApi: wait };
    const server = await newTestServer({ handlers, inFlightLimits: { perUser: 2, total: 10 } });
    const rules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
    const subjects = [{ kind: 'Group' as const, name: 'system:authenticated' }];
    await grant(server.storage, { name: 'all', rules, subjects });
    const as = (name: string) => ({ clientCertificate: certificate(name, []) });
    const running = ['jane', 'jane', 'bob'].map((name) => ask(server, '/api/v1/pods', as(name)));
    running.push(ask(server, '/api/v1/pods?watch=1', as('jane')));
    await expect.poll(() => waiting.length).toBe(4);
    const refused = await ask(server, '/api/v1/pods', as('jane'));
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(jsonOf(refused)).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
    for (const release of waiting) release();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const again = ask(server, '/api/v1/pods', as('jane'));
    await expect.poll(() => waiting.length).toBe(5);
    waiting[4]?.();
    expect((await again).status).toBe(200);
  });
});

describe('health, version, metrics', () => {
  test('readyz fails with its checks, livez does not have them all', async () => {
    const check = () => {
      throw new Error('disk full');
    };
    const server = await newTestServer({ healthChecks: [{ name: 'storage', check, endpoints: ['readyz'] }] });
    const get = async (path: string) => {
      const response = await ask(server, path, { inProcessUser: admin });
      return [response.status, textOf(response)];
    };
    expect(await get('/readyz')).toEqual([
      500,
      '[+]ping ok\n[-]storage failed: reason withheld\nreadyz check failed\n',
    ]);
    expect(await get('/readyz?exclude=storage')).toEqual([200, 'ok']);
    expect(await get('/readyz/ping')).toEqual([200, 'ok']);
    expect((await get('/readyz/nothing'))[0]).toBe(404);
    expect(await get('/readyz/storage')).toEqual([500, 'internal server error: storage failed: reason withheld\n']);
    expect(await get('/livez?verbose')).toEqual([200, '[+]ping ok\nlivez check passed\n']);
  });

  test('the version is the one of the API that is served', async () => {
    const response = await ask(await newTestServer(), '/version', { inProcessUser: admin });
    expect(jsonOf<object>(response)).toMatchObject({ major: '1', minor: '36', gitVersion: 'v1.36.0+pullet.0.0.0' });
  });

  test('requests are counted, and open watches until they end', async () => {
    const stream = async function* () {
      yield Buffer.from('{}');
    };
    const watch = async () => ({ status: 200, body: stream() });
    const server = await newTestServer({ handlers: { resources: watch, discovery: watch, openApi: watch } });
    const metrics = async () => textOf(await ask(server, '/metrics', { inProcessUser: admin }));
    const { body } = await ask(server, '/api/v1/pods?watch=1', { inProcessUser: admin });
    const labels = 'verb="WATCH",group="",version="v1",resource="pods",subresource="",scope="cluster"';
    expect(await metrics()).toContain(`apiserver_request_total{${labels},code="200"} 1`);
    expect(await metrics()).toContain(`apiserver_longrunning_requests{${labels}} 1`);
    await (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().return?.();
    expect(await metrics()).toContain(`apiserver_longrunning_requests{${labels}} 0`);
  });

  test('resources that clients make up get no series', async () => {
    const server = await newTestServer();
    await ask(server, '/api/v1/inventions', { clientCertificate: certificate('jane', []) });
    expect(textOf(await ask(server, '/metrics', { inProcessUser: admin }))).not.toContain('inventions');
  });
});
