import { expect, test } from 'vitest';
import { newMemoryStorage } from '../../storage/memory-backend.ts';
import { newRequestInfo } from '../request-info.ts';
import { store } from '../server-fixture.ts';
import { KUBERNETES_CLUSTER_ROLE_BINDINGS, KUBERNETES_CLUSTER_ROLES } from './default-policy.ts';
import { newRbacAuthorizer } from './rbac-authorizer.ts';
import { newStorageRbacReader } from './storage-rbac-reader.ts';

async function authorizer() {
  const storage = newMemoryStorage();
  for (const object of [...KUBERNETES_CLUSTER_ROLES, ...KUBERNETES_CLUSTER_ROLE_BINDINGS]) {
    await store(storage, { group: 'rbac.authorization.k8s.io', resource: `${object.kind.toLowerCase()}s` }, object);
  }
  return newRbacAuthorizer(newStorageRbacReader(storage));
}

const ANYBODY = ['system:authenticated'];
const NOBODY = ['system:unauthenticated'];

test.each<[string, string[], string, string, boolean]>([
  ['anybody known', ANYBODY, 'GET', '/openapi/v3', true],
  ['anybody known', ANYBODY, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', true],
  ['anybody known', ANYBODY, 'POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', false],
  ['anybody known', ANYBODY, 'GET', '/metrics', false],
  ['anybody known', ANYBODY, 'GET', '/api/v1/namespaces/kube-public/configmaps/cluster-info', false],
  ['a monitor', ['system:monitoring'], 'GET', '/metrics', true],
  ['a service account', ['system:serviceaccounts'], 'GET', '/openid/v1/jwks', true],
  ['nobody', NOBODY, 'GET', '/api', false],
  ['nobody', NOBODY, 'GET', '/readyz', true],
  ['nobody', NOBODY, 'GET', '/readyz/ping', false],
])('%s with %j: %s %s', async (_who, groups, method, path, allowed) => {
  const authorize = await authorizer();
  const info = newRequestInfo({ method, path, query: new URLSearchParams() });
  expect(authorize({ name: 'x', groups }, info).allowed).toBe(allowed);
});

test('who may view reads no Secrets', () => {
  const viewing = KUBERNETES_CLUSTER_ROLES.filter(
    ({ metadata }) => metadata.labels?.['rbac.authorization.k8s.io/aggregate-to-view'],
  );
  expect(viewing).toHaveLength(1);
  expect(viewing.flatMap(({ rules = [] }) => rules.flatMap(({ resources = [] }) => resources))).not.toContain(
    'secrets',
  );
});
