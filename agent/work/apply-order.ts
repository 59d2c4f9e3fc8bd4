/** In which order kinds are applied: what others need comes first. Deletion goes the other way round. */

const STEPS: string[][] = [
  ['Namespace'],
  ['CustomResourceDefinition'],
  ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  ['ServiceAccount', 'PriorityClass', 'StorageClass'],
  ['ConfigMap', 'Secret', 'LimitRange', 'ResourceQuota', 'PersistentVolume', 'PersistentVolumeClaim'],
];

/** Small numbers are applied before large ones; equal ones in any order. */
function applyStep(kind: string): number {
  const step = STEPS.findIndex((kinds) => kinds.includes(kind));
  return step < 0 ? STEPS.length : step;
}

/** Splits into groups of one step each, in the order of applying. */
export function inSteps<T>(items: readonly T[], kindOf: (item: T) => string): T[][] {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const step = applyStep(kindOf(item));
    groups.set(step, [...(groups.get(step) ?? []), item]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
