import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import { type ClusterRole, clusterRoles, type PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { type HubFixture, newHubFixture } from '../hub-fixture.ts';
import { isAggregated, reconcileAggregation } from './reconcile.ts';

let hub: HubFixture;
let kube: FakeKube;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube } = hub);
});
afterEach(() => hub.stop());

test('rules are the same in whatever order their fields are, and there may be many', async () => {
  const count = 40_000;
  const rule = (n: number) => ({ apiGroups: [''], resources: [`r${n}`], verbs: ['get'] });
  const turned = (n: number) => ({ verbs: ['get'], resources: [`r${n}`], apiGroups: [''] });
  const many = (make: typeof rule) => Array.from({ length: count }, (_, n) => make(n));
  const role = (name: string, rules: PolicyRule[]): ClusterRole => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels: { to: 'view' } },
    rules,
  });
  const view = { ...role('view', []), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'view' } }] } };
  const selected = [role('a', many(rule)), role('b', many(turned))];
  for (const one of [view, ...selected]) kube.put(clusterRoles, one);
  await reconcileAggregation({ client: kube.client, listRoles: () => selected }, 'view', new AbortController().signal);
  expect(kube.get('clusterroles.rbac.authorization.k8s.io', 'view')?.['rules']).toEqual(many(rule));
});

test('a role that has left the label behind gives none of the rules that it has since', async () => {
  const role = (name: string, labels: Record<string, string>, resource: string): ClusterRole => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels },
    rules: [{ apiGroups: [''], resources: [resource], verbs: ['get'] }],
  });
  const view = {
    ...role('view', {}, 'pods'),
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'view' } }] },
  };
  const lastSeen = role('a', { to: 'view' }, 'pods');
  for (const one of [view, role('a', {}, 'secrets')]) kube.put(clusterRoles, one);
  await reconcileAggregation(
    { client: kube.client, listRoles: () => [lastSeen] },
    'view',
    new AbortController().signal,
  );
  expect(kube.get('clusterroles.rbac.authorization.k8s.io', 'view')?.['rules']).toEqual([]);
});

test.each(['constructor', 'toString', '__proto__'])('a role has no label %s of itself', (key) => {
  const role = (name: string, more: Partial<ClusterRole>): ClusterRole => ({
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels: {} }, rules: [] },
    ...more,
  });
  const isSelected = (operator: 'Exists' | 'DoesNotExist'): boolean => {
    const clusterRoleSelectors = [{ matchExpressions: [{ key, operator }] }];
    return isAggregated(role('a', { aggregationRule: { clusterRoleSelectors } }), role('b', {}));
  };
  expect([isSelected('Exists'), isSelected('DoesNotExist')]).toEqual([false, true]);
});

describe('an aggregated ClusterRole', () => {
  test('has the rules of what it selects', async () => {
    await hub.start();
    const role = (name: string, labels: Record<string, string>, rules: PolicyRule[]) =>
      ({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name, labels },
        rules,
      }) as KubeObject;
    const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { to: 'view' } }] };
    kube.put(clusterRoles, { ...role('view', {}, []), aggregationRule } as KubeObject);
    kube.put(clusterRoles, role('z', { to: 'view' }, [rule('pods'), rule('nodes')]));
    kube.put(clusterRoles, role('a', { to: 'view' }, [rule('secrets'), rule('pods')]));
    kube.put(clusterRoles, role('b', { to: 'edit' }, [rule('events')]));
    const rules = () => kube.get('clusterroles.rbac.authorization.k8s.io', 'view')?.['rules'];
    await hub.until(() => (rules() as unknown[]).length === 3);
    expect(rules()).toEqual([rule('secrets'), rule('pods'), rule('nodes')]);
  });
});
