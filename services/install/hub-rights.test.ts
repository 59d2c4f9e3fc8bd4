import { expect, test } from 'vitest';
import type { PolicyRule } from '../../shared/apis/rbac/v1.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { missingRights } from '../apiserver/authz/rule-covers.ts';
import { ensureAgentRights } from '../controllers/agent-rights.ts';
import { HUB_CLUSTER_RULES } from './hub-rights.ts';

test('a hub holds every right that it gives to an agent: nobody can hand out what they do not have', async () => {
  const kube = newFakeKube();
  await ensureAgentRights(kube.client, 'm1', new AbortController().signal);
  const given = ['clusterroles', 'roles']
    .flatMap((resource) => kube.list(`${resource}.rbac.authorization.k8s.io`))
    .flatMap((role) => role['rules'] as PolicyRule[]);
  expect(given.length).toBeGreaterThan(5);
  expect(missingRights(HUB_CLUSTER_RULES, given)).toEqual([]);
});

test('and none that would let it go beyond', () => {
  const verbs = new Set(HUB_CLUSTER_RULES.flatMap((rule) => rule.verbs));
  for (const verb of ['*', 'escalate', 'bind', 'impersonate']) expect(verbs).not.toContain(verb);
  expect(HUB_CLUSTER_RULES.flatMap(({ resources = [] }) => resources)).not.toContain('secrets');
});
