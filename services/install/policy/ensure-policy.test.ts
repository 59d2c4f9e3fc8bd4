import { expect, test } from 'vitest';
import { type ClusterRole, clusterRoleBindings, clusterRoles, type PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import { newFakeTransport } from '../../../shared/client/fake-transport.ts';
import { newKubeClient } from '../../../shared/client/kube-client.ts';
import { ensurePolicy } from './ensure-policy.ts';
import { clusterRole, clusterRoleBinding, group } from './rbac-objects.ts';

const get: PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const list: PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['list'] };
const role = (rules: PolicyRule[], annotations?: Record<string, string>): ClusterRole => {
  const made = clusterRole('r', {}, rules);
  return { ...made, metadata: { ...made.metadata, resourceVersion: '7', ...(annotations ? { annotations } : {}) } };
};

/** What is patched when `current` is stored; undefined if nothing is. */
async function patched(
  current: object,
  ensure: (client: ReturnType<typeof newKubeClient>) => Promise<void>,
): Promise<unknown> {
  const transport = newFakeTransport(() => ({ body: current }));
  await ensure(newKubeClient({ transport }));
  const patch = transport.requests.find(({ method }) => method === 'PATCH');
  return patch && JSON.parse(String(patch.body));
}

test.each<[string, ClusterRole, ClusterRole, unknown]>([
  ['a rule that is missing is added to those that are there', role([list]), role([get]), [list, get]],
  ['a role that has every rule is left alone', role([list, get]), role([get]), undefined],
  [
    'so is one that says so',
    role([], { 'rbac.authorization.kubernetes.io/autoupdate': 'false' }),
    role([get]),
    undefined,
  ],
  [
    'and one whose rules come from others',
    role([list]),
    { ...role([get]), aggregationRule: { clusterRoleSelectors: [] } },
    undefined,
  ],
])('%s', async (_, current, wanted, rules) => {
  const patch = await patched(current, (client) => ensurePolicy(client, clusterRoles, [wanted]));
  expect(patch).toEqual(rules && { metadata: { resourceVersion: '7' }, rules });
});

test('a subject that is missing is added', async () => {
  const current = clusterRoleBinding('b', {}, 'r', [group('theirs')]);
  const wanted = clusterRoleBinding('b', {}, 'r', [group('ours')]);
  const patch = await patched(current, (client) => ensurePolicy(client, clusterRoleBindings, [wanted]));
  expect(patch).toMatchObject({ subjects: [group('theirs'), group('ours')] });
});
