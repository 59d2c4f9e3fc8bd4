import { beforeEach, describe, expect, test } from 'vitest';
import { deployments } from '../shared/apis/apps/v1.ts';
import { leases } from '../shared/apis/coordination/v1.ts';
import { configMaps, namespaces, secrets, serviceAccounts } from '../shared/apis/core/v1.ts';
import type { KubeObject } from '../shared/apis/meta/v1.ts';
import { clusterRoles } from '../shared/apis/rbac/v1.ts';
import type { ResourceType } from '../shared/apis/resource-type.ts';
import { newFakeClock } from '../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../shared/controller/fake-kube.ts';
import { removeMemberCredentials } from './member-credentials.ts';

const SPACE = 'karmada-cluster';
const ACCOUNT = 'kubernetes.io/service-account.name';
let member: FakeKube;

function put(type: ResourceType, name: string, metadata: Partial<KubeObject['metadata']> = {}): void {
  const namespace = type.namespaced ? { namespace: SPACE } : {};
  member.put(type, { apiVersion: 'v1', kind: type.kind, metadata: { name, ...namespace, ...metadata } });
}

/** What a join of m1 leaves, in a namespace that has what Kubernetes puts into every one. */
beforeEach(() => {
  member = newFakeKube();
  put(namespaces, SPACE, { labels: { 'karmada.io/system': 'true' } });
  put(serviceAccounts, 'default');
  put(configMaps, 'kube-root-ca.crt');
  put(secrets, 'default-token-x5k2z', { annotations: { [ACCOUNT]: 'default' } });
  for (const name of ['karmada-impersonator', 'karmada-m1']) {
    put(serviceAccounts, name);
    put(secrets, name, { annotations: { [ACCOUNT]: name } });
  }
  put(secrets, 'pullet-state-m1.head', { labels: { 'pullet.io/state': 'head' } });
  put(clusterRoles, 'karmada-controller-manager:karmada-m1');
});

const remove = (): Promise<void> =>
  removeMemberCredentials({
    ...{ client: member.client, cluster: 'm1', namespace: SPACE, clock: newFakeClock() },
    signal: new AbortController().signal,
  });
const names = (resource: string) => member.list(resource).map(({ metadata }) => metadata.name);

describe('what a join made is taken back', () => {
  test('with its namespace, where nobody else has anything in it', async () => {
    await remove();
    expect(names('namespaces')).toEqual([]);
    expect(names('clusterroles.rbac.authorization.k8s.io')).toEqual([]);
    expect(names('serviceaccounts')).toEqual(['default']);
  });

  test.each<[string, ResourceType, string]>([
    ['another hub’s account', serviceAccounts, 'karmada-other'],
    ['the heartbeats of the hub that the member is', leases, 'its-own-member'],
    ['the record of keys of the hub that the member is', configMaps, 'agent-keys-its-own-member'],
    ['the credentials of a member of the hub that the member is', secrets, 'its-own-member'],
    ['what another hub keeps of it', secrets, 'pullet-state-m2.head'],
    ['somebody’s workload', deployments, 'theirs'],
  ])('but not the namespace where it holds %s', async (_what, type, name) => {
    put(type, name);
    await remove();
    expect(names('namespaces')).toEqual([SPACE]);
    expect(names('serviceaccounts')).toContain('karmada-impersonator');
    expect(names('serviceaccounts')).not.toContain('karmada-m1');
    expect(names('secrets')).not.toContain('karmada-m1');
    expect(names('clusterroles.rbac.authorization.k8s.io')).toEqual([]);
  });
});
