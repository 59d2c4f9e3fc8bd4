import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import { clusterRoles, type PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { type HubFixture, newHubFixture } from '../hub-fixture.ts';

let hub: HubFixture;
let kube: FakeKube;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube } = hub);
});
afterEach(() => hub.stop());

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
