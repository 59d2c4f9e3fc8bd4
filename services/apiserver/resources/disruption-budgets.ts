import type { LabelSelector, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid } from '../types/field-error.ts';
import { mayBeOneOf, notNegative } from './pod-spec/field-rules.ts';
import { type Count, notMoreThanAll, validateCount } from './rollouts.ts';
import { type Condition, validateConditions } from './validate-conditions.ts';
import { validateLabelSelector } from './validate-label-selector.ts';

/** How many pods may be taken away at once. Source: policy/validation. */

interface BudgetSpec {
  minAvailable?: Count;
  maxUnavailable?: Count;
  selector?: LabelSelector;
  unhealthyPodEvictionPolicy?: string;
}

const specOf = (object: Unstructured): BudgetSpec => (object['spec'] ?? {}) as BudgetSpec;
const conditionsOf = ({ status }: Unstructured): Condition[] =>
  (status as { conditions?: Condition[] } | undefined)?.conditions ?? [];
const POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

export const disruptionBudgetStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  validate: (object) => validateSpec(specOf(object)),
  validateSubresource: (object, _old, subresource) =>
    subresource === 'status'
      ? [...validateConditions(conditionsOf(object), 'status.conditions'), ...validateCounts(object)]
      : [],
};

const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'];

function validateCounts({ status }: Unstructured): StatusCause[] {
  const counts = { ...(status as Record<string, number> | undefined) };
  return COUNTS.flatMap((name) => notNegative(`status.${name}`, counts[name]));
}

function validateSpec(spec: BudgetSpec): StatusCause[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec;
  const isBoth = minAvailable !== undefined && maxUnavailable !== undefined;
  return [
    ...(isBoth ? [invalid('spec', shown(spec), 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...(['minAvailable', 'maxUnavailable'] as const).flatMap((name) => {
      const count = spec[name];
      if (count === undefined) return [];
      return [...validateCount(count, `spec.${name}`), ...notMoreThanAll(count, `spec.${name}`)];
    }),
    ...validateLabelSelector(selector, 'spec.selector'),
    ...mayBeOneOf('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, POLICIES),
  ];
}

/** In the words of Go's struct. */
const shown = (spec: BudgetSpec) => ({
  MinAvailable: spec.minAvailable,
  Selector: spec.selector ?? null,
  MaxUnavailable: spec.maxUnavailable,
  UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
});
