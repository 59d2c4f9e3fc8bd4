import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { PolicyRule, Subject } from '../../../shared/apis/rbac/v1.ts';
import { newMemoryStorage } from '../../storage/memory-backend.ts';
import type { RequestInfo } from '../request.ts';
import { newRequestInfo } from '../request-info.ts';
import { grant, store } from '../server-fixture.ts';
import { newRbacAuthorizer } from './rbac-authorizer.ts';
import { newStorageRbacReader } from './storage-rbac-reader.ts';

const RBAC = 'rbac.authorization.k8s.io';
const jane = { name: 'jane', groups: ['dev', 'system:authenticated'] };
const JANE: Subject[] = [{ kind: 'User', name: 'jane' }];

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const used = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

function newWorld() {
  const storage = newMemoryStorage();
  const authorize = newRbacAuthorizer(newStorageRbacReader(storage));
  return { storage, authorize };
}

function asked(method: string, target: string): RequestInfo {
  const [path = '', query = ''] = target.split('?');
  return newRequestInfo({ method, path, query: new URLSearchParams(query) });
}

describe('one rule', () => {
  const pods = { apiGroups: [''], resources: ['pods'] };
  test.each<[string, PolicyRule, string, string, boolean]>([
    ['the verb and the resource', { ...pods, verbs: ['get'] }, 'GET', '/api/v1/namespaces/n/pods/p', true],
    ['another verb', { ...pods, verbs: ['get'] }, 'GET', '/api/v1/namespaces/n/pods', false],
    ['any verb', { ...pods, verbs: ['*'] }, 'DELETE', '/api/v1/namespaces/n/pods', true],
    ['another group', { ...pods, verbs: ['*'] }, 'GET', '/apis/metrics.k8s.io/v1/pods', false],
    ['any group', { ...pods, apiGroups: ['*'], verbs: ['*'] }, 'GET', '/apis/metrics.k8s.io/v1/pods', true],
    ['a subresource of the resource', { ...pods, verbs: ['*'] }, 'GET', '/api/v1/namespaces/n/pods/p/status', false],
    [
      'the subresource',
      { ...pods, resources: ['pods/status'], verbs: ['get'] },
      'GET',
      '/api/v1/namespaces/n/pods/p/status',
      true,
    ],
    [
      'the resource of the subresource',
      { ...pods, resources: ['pods/status'], verbs: ['*'] },
      'GET',
      '/api/v1/namespaces/n/pods/p',
      false,
    ],
    [
      'the subresource of all',
      { ...pods, resources: ['*/scale'], verbs: ['get'] },
      'GET',
      '/api/v1/namespaces/n/pods/p/scale',
      true,
    ],
    [
      'another subresource of all',
      { ...pods, resources: ['*/scale'], verbs: ['*'] },
      'GET',
      '/api/v1/namespaces/n/pods/p/status',
      false,
    ],
    [
      'pods and what they have',
      { ...pods, resources: ['pods/*'], verbs: ['*'] },
      'GET',
      '/api/v1/namespaces/n/pods/p/status',
      false,
    ],
    ['everything', { ...pods, resources: ['*'], verbs: ['*'] }, 'GET', '/api/v1/namespaces/n/pods/p/status', true],
    ['the name', { ...pods, resourceNames: ['p'], verbs: ['get'] }, 'GET', '/api/v1/namespaces/n/pods/p', true],
    ['another name', { ...pods, resourceNames: ['p'], verbs: ['get'] }, 'GET', '/api/v1/namespaces/n/pods/q', false],
    ['a list of names', { ...pods, resourceNames: ['p'], verbs: ['list'] }, 'GET', '/api/v1/namespaces/n/pods', false],
    [
      'a list of one name',
      { ...pods, resourceNames: ['p'], verbs: ['list'] },
      'GET',
      '/api/v1/namespaces/n/pods?fieldSelector=metadata.name%3Dp',
      true,
    ],
    [
      'create of a name',
      { ...pods, resourceNames: ['p'], verbs: ['create'] },
      'POST',
      '/api/v1/namespaces/n/pods',
      false,
    ],
    ['a path', { nonResourceURLs: ['/metrics'], verbs: ['get'] }, 'GET', '/metrics', true],
    ['a path below', { nonResourceURLs: ['/healthz/*'], verbs: ['get'] }, 'GET', '/healthz/ping', true],
    ['a path beside', { nonResourceURLs: ['/healthz/*'], verbs: ['get'] }, 'GET', '/healthz', false],
    [
      'a path below one of many stars',
      { nonResourceURLs: [`/x${'*'.repeat(300_000)}y*`, '/y**'], verbs: ['get'] },
      'GET',
      '/y/z',
      true,
    ],
    ['any path', { nonResourceURLs: ['*'], verbs: ['get'] }, 'GET', '/x/y', true],
    ['any path, for a resource', { nonResourceURLs: ['*'], verbs: ['*'] }, 'GET', '/api/v1/pods', false],
    ['any resource, for a path', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, 'GET', '/metrics', false],
  ])('%s', async (_what, rule, method, target, allowed) => {
    const { storage, authorize } = newWorld();
    await grant(storage, { name: 'r', rules: [rule], subjects: JANE });
    expect(authorize(jane, asked(method, target)).allowed).toBe(allowed);
  });
});

describe('subjects', () => {
  const account = { name: 'system:serviceaccount:n:bot', groups: [] };
  test.each<[string, Subject, { name: string; groups: string[] }, boolean]>([
    ['the user', { kind: 'User', name: 'jane' }, jane, true],
    ['a user named like the group', { kind: 'User', name: 'dev' }, jane, false],
    ['the group', { kind: 'Group', name: 'dev' }, jane, true],
    ['a group named like the user', { kind: 'Group', name: 'jane' }, jane, false],
    ['the account', { kind: 'ServiceAccount', name: 'bot', namespace: 'n' }, account, true],
    ['an account of another namespace', { kind: 'ServiceAccount', name: 'bot', namespace: 'm' }, account, false],
    ['an account without its namespace', { kind: 'ServiceAccount', name: 'bot' }, account, false],
  ])('%s', async (_what, subject, user, allowed) => {
    const { storage, authorize } = newWorld();
    const rules = [{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }];
    await grant(storage, { name: 'r', rules, subjects: [subject] });
    expect(authorize(user, asked('GET', '/api/v1/pods')).allowed).toBe(allowed);
  });

  test('an account in a binding of a namespace is of that namespace by default', async () => {
    const { storage, authorize } = newWorld();
    const rules = [{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }];
    await grant(storage, { name: 'r', namespace: 'n', rules, subjects: [{ kind: 'ServiceAccount', name: 'bot' }] });
    expect(authorize(account, asked('GET', '/api/v1/namespaces/n/pods')).allowed).toBe(true);
  });
});

describe('where a binding holds', () => {
  const rules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];

  test('a RoleBinding only in its namespace, and not for paths', async () => {
    const { storage, authorize } = newWorld();
    const all = [...rules, { verbs: ['*'], nonResourceURLs: ['*'] }];
    await grant(storage, { name: 'r', namespace: 'n', rules: all, subjects: JANE });
    const allowed = (target: string) => authorize(jane, asked('GET', target)).allowed;
    expect(allowed('/api/v1/namespaces/n/pods')).toBe(true);
    expect(allowed('/api/v1/namespaces/n')).toBe(true);
    expect(allowed('/api/v1/namespaces/m/pods')).toBe(false);
    expect(allowed('/api/v1/pods')).toBe(false);
    expect(allowed('/api/v1/nodes')).toBe(false);
    expect(allowed('/metrics')).toBe(false);
  });

  test('changes hold at once: a role, a binding, and either taken away', async () => {
    const { storage, authorize } = newWorld();
    const allowed = () => authorize(jane, asked('GET', '/api/v1/pods')).allowed;
    await grant(storage, { name: 'r', rules: [], subjects: JANE });
    expect(allowed()).toBe(false);
    await grant(storage, { name: 'r', rules, subjects: JANE });
    await expect.poll(allowed).toBe(true);
    await grant(storage, { name: 'r', rules, subjects: [{ kind: 'User', name: 'bob' }] });
    await expect.poll(allowed).toBe(false);
    await grant(storage, { name: 'r', rules, subjects: JANE });
    await expect.poll(allowed).toBe(true);
    const key = `/${RBAC}/clusterroles//r`;
    await storage.delete(key, storage.get(key)?.modRevision ?? 0, () => Buffer.from('{}'));
    await expect.poll(allowed).toBe(false);
  });

  test('what was there before the server is in force', async () => {
    const { storage } = newWorld();
    await grant(storage, { name: 'r', rules, subjects: JANE });
    const authorize = newRbacAuthorizer(newStorageRbacReader(storage));
    expect(authorize(jane, asked('GET', '/api/v1/pods')).allowed).toBe(true);
  });
});

test('objects that should never have been stored grant nothing and break nothing', async () => {
  const { storage, authorize } = newWorld();
  const object = (kind: string, fields: object) => ({
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name: 'r' },
    ...fields,
  });
  const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: 'r' };
  const put = (resource: string, it: object) => store(storage, { group: RBAC, resource }, object('', it));
  await put('clusterroles', { rules: 'all' });
  await put('clusterrolebindings', { roleRef, subjects: [null, 'jane', { kind: 'User', name: 'jane' }] });
  expect(authorize(jane, asked('GET', '/api/v1/pods'))).toEqual({ allowed: false, reason: '' });
  await put('clusterroles', { rules: [null, { verbs: null }, {}] });
  expect(authorize(jane, asked('GET', '/api/v1/pods'))).toEqual({ allowed: false, reason: '' });
  await put('clusterrolebindings', { roleRef, subjects: 'jane' });
  expect(authorize(jane, asked('GET', '/api/v1/pods'))).toEqual({ allowed: false, reason: '' });
});

describe('reasons', () => {
  test('what allowed it', async () => {
    const { storage, authorize } = newWorld();
    const rules = [{ verbs: ['*'], apiGroups: [''], resources: ['pods'] }];
    await grant(storage, { name: 'r', rules, subjects: [{ kind: 'Group', name: 'dev' }] });
    await grant(storage, { name: 's', namespace: 'n', rules, subjects: [{ kind: 'ServiceAccount', name: 'bot' }] });
    expect(authorize(jane, asked('GET', '/api/v1/pods')).reason).toBe(
      'RBAC: allowed by ClusterRoleBinding "r" of ClusterRole "r" to Group "dev"',
    );
    const account = { name: 'system:serviceaccount:n:bot', groups: [] };
    expect(authorize(account, asked('GET', '/api/v1/namespaces/n/pods')).reason).toBe(
      'RBAC: allowed by RoleBinding "s/n" of Role "s" to ServiceAccount "bot/n"',
    );
  });

  test('take up no more memory than their texts, since they are kept', async () => {
    const { storage, authorize } = newWorld();
    const rules = [{ verbs: ['*'], apiGroups: [''], resources: ['pods'] }];
    await grant(storage, { name: 'r', namespace: 'n', rules, subjects: JANE });
    const pods = asked('GET', '/api/v1/namespaces/n/pods');
    const before = used();
    const reasons = Array.from({ length: 10_000 }, () => authorize(jane, pods).reason);
    const bytesOfOne = (used() - before) / reasons.length;
    expect(bytesOfOne).toBeLessThan(2 * (reasons[0] ?? '').length);
  });

  test('a binding to a role that is not there', async () => {
    const { storage, authorize } = newWorld();
    const binding = {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'b' },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'gone' },
      subjects: JANE,
    };
    await store(storage, { group: RBAC, resource: 'clusterrolebindings' }, binding);
    expect(authorize(jane, asked('GET', '/api/v1/pods'))).toEqual({
      allowed: false,
      reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
    });
  });

  test('system:masters needs no role', () => {
    const { authorize } = newWorld();
    expect(authorize({ name: 'root', groups: ['system:masters'] }, asked('DELETE', '/api/v1/nodes')).allowed).toBe(
      true,
    );
  });
});
