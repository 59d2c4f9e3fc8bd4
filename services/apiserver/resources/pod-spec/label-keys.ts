import type { LabelSelector } from '../../../../shared/apis/meta/v1.ts';
import type { PodLike } from './annotations.ts';

/** A new pod's terms about others select also by its own labels with certain keys. Source: registry/core/pod, mutatePodAffinity. */

interface Term {
  labelSelector?: LabelSelector;
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
}

export function applyLabelKeys({ metadata, spec = {} }: PodLike): void {
  const labels = metadata?.labels ?? {};
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  for (const terms of [podAffinity, podAntiAffinity]) {
    const preferred = terms?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const { podAffinityTerm } of preferred) applyKeys(podAffinityTerm ?? {}, labels);
    for (const term of terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []) applyKeys(term, labels);
  }
  for (const constraint of spec.topologySpreadConstraints ?? []) applyKeys(constraint as Term, labels);
}

function applyKeys(term: Term, labels: Record<string, string>): void {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (!labelSelector) return;
  const requirements = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]));
  const added = [...requirements(matchLabelKeys, 'In'), ...requirements(mismatchLabelKeys, 'NotIn')];
  if (added.length > 0)
    labelSelector.matchExpressions = [...(labelSelector.matchExpressions ?? []), ...added] as NonNullable<
      LabelSelector['matchExpressions']
    >;
}
