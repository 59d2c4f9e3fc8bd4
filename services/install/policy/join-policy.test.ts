import { expect, test } from 'vitest';
import { JOIN_CLUSTER_ROLES } from './join-policy.ts';

const rulesOf = (name: string) => JOIN_CLUSTER_ROLES.find(({ metadata }) => metadata.name === name)?.rules ?? [];
const verbsOn = (name: string, group: string) =>
  rulesOf(name)
    .filter(({ apiGroups }) => apiGroups?.includes(group))
    .flatMap(({ verbs }) => verbs);

test('who may view sees Clusters, and no Works: they may hold Secrets', () => {
  expect(verbsOn('karmada-view', 'cluster.karmada.io')).toEqual(['get', 'list', 'watch']);
  expect(verbsOn('karmada-view', 'work.karmada.io')).toEqual([]);
});

test('who may edit reads and writes Works', () => {
  expect(verbsOn('karmada-edit', 'work.karmada.io')).toEqual(
    expect.arrayContaining(['get', 'list', 'create', 'patch']),
  );
});
