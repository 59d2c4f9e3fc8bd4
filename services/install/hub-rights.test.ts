import { expect, test } from 'vitest';
import type { PolicyRule } from '../../shared/apis/rbac/v1.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { missingRights } from '../apiserver/authz/rule-covers.ts';
import { ensureAgentRights } from '../controllers/agent-rights.ts';
import { HUB_CLUSTER_RULES, HUB_NAMESPACE_RULES } from './hub-rights.ts';

test('a hub holds every right that it gives to an agent: nobody can hand out what they do not have', async () => {
  const kube = newFakeKube();
  await ensureAgentRights(kube.client, 'm1', new AbortController().signal);
  const given = ['clusterroles', 'roles'].flatMap((resource) => kube.list(`${resource}.rbac.authorization.k8s.io`));
  expect(given.length).toBeGreaterThan(2);
  for (const { metadata, ...role } of given) {
    const held = [...HUB_CLUSTER_RULES, ...(HUB_NAMESPACE_RULES[metadata.namespace ?? ''] ?? [])];
    expect(missingRights(held, role['rules'] as PolicyRule[])).toEqual({ missing: [], isPartial: false });
  }
});

test('and none that would let it go beyond', () => {
  const verbs = new Set(HUB_CLUSTER_RULES.flatMap((rule) => rule.verbs));
  for (const verb of ['*', 'escalate', 'bind', 'impersonate']) expect(verbs).not.toContain(verb);
  const everywhere = HUB_CLUSTER_RULES.flatMap(({ resources = [] }) => resources);
  for (const resource of ['secrets', 'configmaps', 'leases']) expect(everywhere).not.toContain(resource);
});
