import { expect, test } from 'vitest';
import { inSteps } from './apply-order.ts';

const stepsOf = (kinds: string[]): string[][] => inSteps(kinds, (kind) => kind);

test.each<[string, string[]]>([
  ['a namespace comes before what lives in it, even a definition', ['Namespace', 'CustomResourceDefinition']],
  ['definitions come before rights, which may name their kinds', ['CustomResourceDefinition', 'ClusterRole']],
  ['rights come before the accounts that have them', ['RoleBinding', 'ServiceAccount']],
  ['accounts come before what is mounted', ['ServiceAccount', 'Secret']],
  ['configuration comes before what reads it', ['ConfigMap', 'Deployment']],
  ['claims come before what mounts them', ['PersistentVolumeClaim', 'StatefulSet']],
  ['classes come before volumes of them', ['StorageClass', 'PersistentVolume']],
  ['quotas come before what they count', ['ResourceQuota', 'Pod']],
  ['an object of a kind that nobody knows comes last', ['ConfigMap', 'Widget']],
])('%s', (_, kinds) => {
  const expected = kinds.map((kind) => [kind]);
  expect([stepsOf(kinds), stepsOf([...kinds].reverse())]).toEqual([expected, expected]);
});

test('what needs nothing of each other is applied together, in the order of the Work', () => {
  expect(stepsOf(['Widget', 'Deployment', 'Role', 'Job', 'ClusterRoleBinding'])).toEqual([
    ['Role', 'ClusterRoleBinding'],
    ['Widget', 'Deployment', 'Job'],
  ]);
});
