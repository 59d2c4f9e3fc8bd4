import { isDeepStrictEqual } from 'node:util';
import type { LabelSelector, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { TEMPLATE_GENERATION } from '../types/defaults/apps.ts';
import { invalid, required } from '../types/field-error.ts';
import { nameWarnings } from './name-warnings.ts';
import { notNegative } from './pod-spec/field-rules.ts';
import { podWarnings } from './pod-spec/warnings.ts';
import { type UpdateStrategy, validateDaemonRollout, validateDeploymentRollout } from './rollouts.ts';
import {
  isMalformed,
  type PodTemplate,
  shownSelector,
  validateLastingTemplate,
  validateSelection,
  validateSelector,
} from './workload-templates.ts';

/** Deployments, ReplicaSets and DaemonSets: a selector that can't change and a template that it selects. */

interface WorkloadSpec {
  replicas?: number;
  selector?: LabelSelector;
  template?: PodTemplate;
  strategy?: UpdateStrategy;
  updateStrategy?: UpdateStrategy;
  minReadySeconds?: number;
  progressDeadlineSeconds?: number;
  revisionHistoryLimit?: number;
}

const specOf = (object: Unstructured): WorkloadSpec => (object['spec'] ?? {}) as WorkloadSpec;

const selecting: Strategy = {
  warningsOf: (object) => podWarnings(specOf(object).template ?? {}, 'spec.template'),
  validateUpdate(object, old) {
    const { selector } = specOf(object);
    if (isDeepStrictEqual(selector, specOf(old).selector)) return [];
    return [invalid('spec.selector', selector, 'field is immutable')];
  },
};

export const replicaSetStrategy: Strategy = {
  ...selecting,
  warningsOfNew: nameWarnings,
  validate: (object) => validateReplicas(specOf(object)),
};

/** Older clients know of a new template by this. */
function countTemplates(object: Unstructured, count: number): void {
  object.metadata.annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(count) };
}

export const daemonSetStrategy: Strategy = {
  ...selecting,
  warningsOf: (object, old) =>
    old && isDeepStrictEqual(specOf(object).template, specOf(old).template)
      ? []
      : podWarnings(specOf(object).template ?? {}, 'spec.template'),
  prepareForCreate: (object) => countTemplates(object, 1),
  prepareForUpdate(object, old) {
    const count = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
    const isSame = isDeepStrictEqual(specOf(object).template, specOf(old).template);
    countTemplates(object, isSame ? count : count + 1);
  },
  validate(object) {
    const { selector, template, updateStrategy = {}, minReadySeconds, revisionHistoryLimit } = specOf(object);
    return [
      ...validateSelector(selector, 'daemonset'),
      ...(isMalformed(selector) ? [] : validateSelection(selector, template)),
      ...validateLastingTemplate(template, 'DaemonSet'),
      ...notNegative('spec.minReadySeconds', minReadySeconds),
      ...validateDaemonRollout(updateStrategy),
      ...notNegative('spec.revisionHistoryLimit', revisionHistoryLimit),
    ];
  },
};

export const deploymentStrategy: Strategy = {
  ...selecting,
  warningsOfNew: nameWarnings,
  fixedInStatus: ['labels'],
  validate: (object) => [...validateReplicas(specOf(object)), ...validateProgress(specOf(object))],
  validateSubresource: (object, _old, subresource) =>
    subresource === 'status' ? validateDeploymentStatus(object) : [],
};

function validateReplicas({ replicas, minReadySeconds, selector, template }: WorkloadSpec): StatusCause[] {
  return [
    ...notNegative('spec.replicas', replicas),
    ...notNegative('spec.minReadySeconds', minReadySeconds),
    ...(selector ? validateSelector(selector, 'deployment') : [required('spec.selector')]),
    ...(isMalformed(selector)
      ? [invalid('spec.selector', shownSelector(selector ?? {}), 'invalid label selector')]
      : [...validateSelection(selector, template), ...validateLastingTemplate(template, 'ReplicaSet')]),
  ];
}

function validateProgress(spec: WorkloadSpec): StatusCause[] {
  const { strategy = {}, minReadySeconds = 0, progressDeadlineSeconds: deadline, revisionHistoryLimit } = spec;
  const field = 'spec.progressDeadlineSeconds';
  const isSoon = deadline !== undefined && deadline <= minReadySeconds;
  return [
    ...validateDeploymentRollout(strategy),
    ...notNegative('spec.revisionHistoryLimit', revisionHistoryLimit),
    ...notNegative(field, deadline),
    ...(isSoon ? [invalid(field, deadline, 'must be greater than minReadySeconds')] : []),
  ];
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
