import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import { newKey } from '../../../shared/pki/private-key.ts';
import { signServiceAccountToken } from '../authn/service-account-token.ts';
import { grant, NOW, newRequest, newTestServer, store, type TestServer } from '../server-fixture.ts';

const admin: UserInfo = { name: 'root', groups: ['system:masters'] };
const jane: UserInfo = { name: 'jane', uid: '7', groups: ['dev'], extra: { scope: ['read'] } };

const PATHS: Record<string, string> = {
  SubjectAccessReview: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  LocalSubjectAccessReview: '/apis/authorization.k8s.io/v1/namespaces/n/localsubjectaccessreviews',
  SelfSubjectAccessReview: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  SelfSubjectRulesReview: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
  SelfSubjectReview: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
  TokenReview: '/apis/authentication.k8s.io/v1/tokenreviews',
};

interface Answer extends Unstructured {
  status: Record<string, unknown>;
  code?: number;
  message?: string;
}

async function review({ server }: TestServer, kind: string, spec: object, user = admin): Promise<Answer> {
  const path = PATHS[kind] ?? '';
  const group = path.split('/')[2];
  const body = async () => Buffer.from(JSON.stringify({ apiVersion: `${group}/v1`, kind, spec }));
  const headers = { 'content-type': 'application/json' };
  const response = await server.handle(newRequest('POST', path, { body, headers, inProcessUser: user }));
  return JSON.parse(String(response.body)) as Answer;
}

async function newWorld(): Promise<TestServer> {
  const server = await newTestServer();
  const rules = [
    { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
    { verbs: ['create'], apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'], resources: ['*'] },
    { verbs: ['get'], nonResourceURLs: ['/metrics'] },
  ];
  await grant(server.storage, { name: 'janes', rules, subjects: [{ kind: 'User', name: 'jane' }] });
  const inN = [{ verbs: ['*'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] }];
  await grant(server.storage, { name: 'devs', namespace: 'n', rules: inN, subjects: [{ kind: 'Group', name: 'dev' }] });
  return server;
}

const getPods = { verb: 'get', resource: 'pods', namespace: 'n' };
const BY_CLUSTER_ROLE = 'RBAC: allowed by ClusterRoleBinding "janes" of ClusterRole "janes" to User "jane"';

describe('may somebody do something', () => {
  test.each<[string, string, object, UserInfo, object]>([
    [
      'a user',
      'SubjectAccessReview',
      { user: 'jane', resourceAttributes: getPods },
      admin,
      { allowed: true, reason: BY_CLUSTER_ROLE },
    ],
    ['another user', 'SubjectAccessReview', { user: 'eve', resourceAttributes: getPods }, admin, { allowed: false }],
    [
      'a group',
      'SubjectAccessReview',
      {
        groups: ['dev'],
        resourceAttributes: { verb: 'get', group: 'apps', resource: 'deployments', name: 'web', namespace: 'n' },
      },
      admin,
      { allowed: true, reason: 'RBAC: allowed by RoleBinding "devs/n" of Role "devs" to Group "dev"' },
    ],
    [
      'a path',
      'SubjectAccessReview',
      { user: 'jane', nonResourceAttributes: { verb: 'get', path: '/metrics' } },
      admin,
      { allowed: true, reason: BY_CLUSTER_ROLE },
    ],
    [
      'a subresource',
      'SubjectAccessReview',
      { user: 'jane', resourceAttributes: { ...getPods, subresource: 'log' } },
      admin,
      { allowed: false },
    ],
    [
      'oneself',
      'SelfSubjectAccessReview',
      { resourceAttributes: getPods },
      jane,
      { allowed: true, reason: BY_CLUSTER_ROLE },
    ],
    [
      'oneself, not',
      'SelfSubjectAccessReview',
      { resourceAttributes: { ...getPods, verb: 'delete' } },
      jane,
      { allowed: false },
    ],
    [
      'a user in the namespace',
      'LocalSubjectAccessReview',
      { user: 'jane', resourceAttributes: getPods },
      admin,
      { allowed: true, reason: BY_CLUSTER_ROLE },
    ],
  ])('%s', async (_what, kind, spec, user, status) => {
    const answer = await review(await newWorld(), kind, spec, user);
    expect(answer).toMatchObject({ kind, spec, metadata: kind.startsWith('Local') ? { namespace: 'n' } : {} });
    expect(answer.status).toEqual(status);
  });

  test.each<[string, string, object, number]>([
    ['about nobody', 'SubjectAccessReview', { resourceAttributes: getPods }, 422],
    ['about nothing', 'SelfSubjectAccessReview', {}, 422],
    [
      'about two things',
      'SelfSubjectAccessReview',
      { resourceAttributes: getPods, nonResourceAttributes: { path: '/' } },
      422,
    ],
    [
      'about another namespace',
      'LocalSubjectAccessReview',
      { user: 'x', resourceAttributes: { ...getPods, namespace: 'm' } },
      422,
    ],
    [
      'with groups that are no list',
      'SubjectAccessReview',
      { groups: 'system:masters', resourceAttributes: getPods },
      400,
    ],
    ['for the rules of no namespace', 'SelfSubjectRulesReview', {}, 400],
    ['of no token', 'TokenReview', {}, 400],
  ])('a question %s is refused', async (_what, kind, spec, code) => {
    expect(await review(await newWorld(), kind, spec)).toMatchObject({ kind: 'Status', code });
  });

  test('asking about others needs a right', async () => {
    const stranger = { name: 'eve', groups: [] };
    const answer = await review(
      await newWorld(),
      'SubjectAccessReview',
      { user: 'jane', resourceAttributes: getPods },
      stranger,
    );
    expect(answer.code).toBe(403);
  });
});

test('one’s own rules are those of all bindings', async () => {
  const { status } = await review(await newWorld(), 'SelfSubjectRulesReview', { namespace: 'n' }, jane);
  expect(status).toEqual({
    resourceRules: [
      { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['create'], apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'], resources: ['*'] },
      { verbs: ['*'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] },
    ],
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/metrics'] }],
    incomplete: false,
  });
});

test('who one is, as the server sees it', async () => {
  const { status } = await review(await newWorld(), 'SelfSubjectReview', {}, jane);
  expect(status).toEqual({
    userInfo: { username: 'jane', uid: '7', groups: ['dev', 'system:authenticated'], extra: { scope: ['read'] } },
  });
});

test('whose a token is', async () => {
  const keys = { issuer: 'https://hub', audiences: ['hub'], signingKey: await newKey() };
  const world = await newTestServer({ serviceAccountKeys: keys });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'n', name: 'bot', uid: 'u1' } };
  await store(world.storage, { resource: 'serviceaccounts' }, account);
  const claims = { namespace: 'n', name: 'bot', uid: 'u1', audiences: ['vault'], expiresInSeconds: 60 };
  const { token } = await signServiceAccountToken(keys, claims, NOW);
  expect((await review(world, 'TokenReview', { token, audiences: ['vault'] })).status).toMatchObject({
    authenticated: true,
    audiences: ['vault'],
    user: { username: 'system:serviceaccount:n:bot', uid: 'u1' },
  });
  const refused = { user: {}, error: 'invalid bearer token' };
  const elsewhere = 'token audiences ["vault"] is invalid for the target audiences ["hub"]';
  expect((await review(world, 'TokenReview', { token })).status).toEqual({
    user: {},
    error: `[invalid bearer token, ${elsewhere}]`,
  });
  const both = await review(world, 'TokenReview', { token, audiences: ['vault', 'other'] });
  expect(both.status).toMatchObject({ authenticated: true, audiences: ['vault'] });
  expect((await review(world, 'TokenReview', { token: 'x' })).status).toEqual(refused);
  const forged = [{ alg: 'none' }, { aud: {} }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  expect((await review(world, 'TokenReview', { token: `${forged.join('.')}.` })).status).toEqual(refused);
});
