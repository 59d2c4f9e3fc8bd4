import { isDeepStrictEqual } from 'node:util';
import type { LabelSelector, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { type PodSpec, podSpecWarnings, validatePodSpec } from './validate-pod-spec.ts';

/** Deployments, ReplicaSets, StatefulSets, DaemonSets: a selector that can't change and a template that it selects. */

interface WorkloadSpec {
  replicas?: number;
  selector?: LabelSelector;
  template?: {
    metadata?: { labels?: Record<string, string> };
    spec?: PodSpec;
  };
  strategy?: { type?: string; rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string } };
  minReadySeconds?: number;
  progressDeadlineSeconds?: number;
}

export const workloadStrategy: Strategy = {
  validate(object) {
    const { replicas = 0, selector, template } = specOf(object);
    return [
      ...(replicas < 0 ? [invalid('spec.replicas', replicas, 'must be greater than or equal to 0')] : []),
      ...validateSelector(selector, template?.metadata?.labels),
      ...validateTemplate(template),
    ];
  },
  warningsOf: (object) => podSpecWarnings(specOf(object).template?.spec ?? {}, 'spec.template.spec'),
  validateUpdate(object, old) {
    const { selector } = specOf(object);
    if (isDeepStrictEqual(selector, specOf(old).selector)) return [];
    return [invalid('spec.selector', selector, 'field is immutable')];
  },
};

export const deploymentStrategy: Strategy = {
  ...workloadStrategy,
  fixedInStatus: ['labels'],
  validate: (object) => [...(workloadStrategy.validate?.(object) ?? []), ...validateDeploymentStrategy(specOf(object))],
  validateSubresource: (object, _old, subresource) =>
    subresource === 'status' ? validateDeploymentStatus(object) : [],
};

function validateTemplate(template: WorkloadSpec['template']): StatusCause[] {
  const { restartPolicy = 'Always' } = template?.spec ?? {};
  const field = 'spec.template.spec';
  return [
    ...validatePodSpec(template?.spec ?? {}, field),
    ...(restartPolicy === 'Always' ? [] : [notSupported(`${field}.restartPolicy`, restartPolicy, ['Always'])]),
  ];
}

function specOf(object: Unstructured): WorkloadSpec {
  return (object['spec'] ?? {}) as WorkloadSpec;
}

function validateSelector(
  selector: LabelSelector | undefined,
  labels: Record<string, string> | undefined,
): StatusCause[] {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  const isEmpty = Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
  const matches = !isEmpty && selects({ matchLabels, matchExpressions }, labels ?? {});
  const text = '`selector` does not match template `labels`';
  return [
    ...(selector ? [] : [required('spec.selector')]),
    ...(selector && isEmpty ? [invalid('spec.selector', selector, 'empty selector is invalid for deployment')] : []),
    ...(matches ? [] : [invalid('spec.template.metadata.labels', labels ?? null, text)]),
  ];
}

function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Record<string, string>): boolean {
  if (!Object.entries(matchLabels).every(([key, value]) => labels[key] === value)) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    const isListed = value !== undefined && values.includes(value);
    return operator === 'In' ? isListed : !isListed;
  });
}

const STRATEGY_TYPES = ['Recreate', 'RollingUpdate'];

/** How a Deployment is brought from one template to the next, in the words of Go's struct where the whole is shown. */
function validateDeploymentStrategy({
  strategy,
  minReadySeconds = 0,
  progressDeadlineSeconds,
}: WorkloadSpec): StatusCause[] {
  const { type = 'RollingUpdate', rollingUpdate } = strategy ?? {};
  const { maxUnavailable = '25%', maxSurge = '25%' } = rollingUpdate ?? {};
  const field = 'spec.strategy';
  const shown = {
    Type: type,
    RollingUpdate: rollingUpdate ? { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } : null,
  };
  const isNothing = (value: number | string): boolean => value === 0 || value === '0%';
  return [
    ...(STRATEGY_TYPES.includes(type) ? [] : [notSupported(field, shown, STRATEGY_TYPES)]),
    ...(type === 'Recreate' && rollingUpdate
      ? [forbidden(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")]
      : []),
    ...(type === 'RollingUpdate' && isNothing(maxUnavailable) && isNothing(maxSurge)
      ? [invalid(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...notNegative('spec.minReadySeconds', minReadySeconds),
    ...(progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds
      ? [invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds')]
      : []),
  ];
}

function notNegative(field: string, value: number): StatusCause[] {
  return value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

interface DeploymentStatus {
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
}

const COUNTS = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'] as const;

function validateDeploymentStatus(object: Unstructured): StatusCause[] {
  const status = (object['status'] ?? {}) as DeploymentStatus;
  const counts = COUNTS.map((name): [string, number] => [`status.${name}`, status[name] ?? 0]);
  const [, replicas = 0] = counts[0] ?? [];
  return [
    ...counts.flatMap(([field, count]) => notNegative(field, count)),
    ...counts.flatMap(([field, count]) =>
      count > replicas ? [invalid(field, count, 'cannot be greater than status.replicas')] : [],
    ),
  ];
}
