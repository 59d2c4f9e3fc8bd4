import { isDeepStrictEqual } from 'node:util';
import type { LabelSelector, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { statusAndMetadata } from '../registry/subresource-rules.ts';
import { TEMPLATE_GENERATION } from '../types/defaults/apps.ts';
import { invalid, required } from '../types/field-error.ts';
import { nameWarnings } from './name-warnings.ts';
import { notNegative } from './pod-spec/field-rules.ts';
import { podWarnings } from './pod-spec/warnings.ts';
import { type UpdateStrategy, validateDaemonRollout, validateDeploymentRollout } from './rollouts.ts';
import {
  AVAILABLE_ARE_READY,
  type CountRules,
  collisionChange,
  validateCounts,
  withinReplicas,
} from './workload-counts.ts';
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

const OF_REPLICA_SETS: CountRules = {
  counts: [
    ...['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    ...['observedGeneration', 'terminatingReplicas'],
  ],
  limits: [...withinReplicas('fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'), AVAILABLE_ARE_READY],
};

const OF_DEPLOYMENTS: CountRules = {
  counts: [
    ...['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'],
    ...['unavailableReplicas', 'terminatingReplicas', 'collisionCount'],
  ],
  limits: [...withinReplicas('updatedReplicas', 'readyReplicas', 'availableReplicas'), AVAILABLE_ARE_READY],
};

const OF_DAEMON_SETS: CountRules = {
  counts: [
    ...['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady'],
    ...['observedGeneration', 'updatedNumberScheduled', 'numberAvailable', 'numberUnavailable', 'collisionCount'],
  ],
  limits: [],
};

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
  validateSubresource: (object, _old, subresource) =>
    subresource === 'status' ? validateCounts(object, OF_REPLICA_SETS) : [],
};

/** Older clients know of a new template by this. */
function countTemplates(object: Unstructured, count: number): void {
  object.metadata.annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(count) };
}

const templatesOf = ({ metadata }: Unstructured): number => Number(metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);

export const daemonSetStrategy: Strategy = {
  ...selecting,
  warningsOf: (object, old) =>
    old && isDeepStrictEqual(specOf(object).template, specOf(old).template)
      ? []
      : podWarnings(specOf(object).template ?? {}, 'spec.template'),
  prepareForCreate: (object) => countTemplates(object, 1),
  prepareForUpdate(object, old) {
    const count = templatesOf(old);
    const isSame = isDeepStrictEqual(specOf(object).template, specOf(old).template);
    countTemplates(object, isSame ? count : count + 1);
  },
  subresources: {
    status(object, old) {
      statusAndMetadata(object, old);
      countTemplates(object, templatesOf(old));
    },
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
  validateSubresource: (object, old, subresource) =>
    subresource === 'status' ? [...validateCounts(object, OF_DAEMON_SETS), ...collisionChange(object, old)] : [],
};

export const deploymentStrategy: Strategy = {
  ...selecting,
  warningsOfNew: nameWarnings,
  fixedInStatus: ['labels'],
  validate: (object) => [...validateReplicas(specOf(object)), ...validateProgress(specOf(object))],
  validateSubresource: (object, old, subresource) =>
    subresource === 'status' ? [...validateCounts(object, OF_DEPLOYMENTS), ...collisionChange(object, old)] : [],
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
