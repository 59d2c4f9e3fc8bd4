import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, required } from '../types/field-error.ts';
import { nameWarnings } from './name-warnings.ts';
import { notNegative } from './pod-spec/field-rules.ts';
import { podWarnings } from './pod-spec/warnings.ts';
import { type PodTemplate, runsForEver, selects, sorted, validateTemplate } from './workload-templates.ts';

/** ReplicationControllers, whose selector is a map. Nothing here runs their pods. Source: core/validation, registry/core/replicationcontroller. */

interface ControllerSpec {
  replicas?: number;
  minReadySeconds?: number;
  selector?: Record<string, string>;
  template?: PodTemplate;
}

const specOf = (object: Unstructured): ControllerSpec => (object['spec'] ?? {}) as ControllerSpec;

export const replicationControllerStrategy: Strategy = {
  validate: (object) => validateSpec(specOf(object)),
  warningsOfNew: nameWarnings,
  // Of what it was, as upstream has it.
  warningsOf: (object, old) => podWarnings(specOf(old ?? object).template ?? {}, 'spec.template'),
  validateSubresource: (object, _old, subresource) => (subresource === 'status' ? validateStatus(object) : []),
};

function validateSpec({ replicas, minReadySeconds, selector = {}, template }: ControllerSpec): StatusCause[] {
  return [
    ...notNegative('spec.minReadySeconds', minReadySeconds),
    ...(Object.keys(selector).length === 0 ? [required('spec.selector')] : []),
    ...(replicas === undefined ? [required('spec.replicas')] : notNegative('spec.replicas', replicas)),
    ...(template ? validatePods(template, selector) : [required('spec.template')]),
  ];
}

function validatePods(template: PodTemplate, matchLabels: Record<string, string>): StatusCause[] {
  const { labels } = template.metadata ?? {};
  const why = '`selector` does not match template `labels`';
  return [
    ...(selects({ matchLabels }, labels ?? {})
      ? []
      : [invalid('spec.template.metadata.labels', labels ? sorted(labels) : null, why)]),
    ...validateTemplate(template, 'spec.template'),
    ...runsForEver(template, 'ReplicationController'),
  ];
}

type Counts = Partial<Record<(typeof COUNTS)[number], number>>;
const COUNTS = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'observedGeneration',
] as const;

function validateStatus(object: Unstructured): StatusCause[] {
  const status = (object['status'] ?? {}) as Counts;
  const { replicas = 0, readyReplicas: ready = 0 } = status;
  const beyond = (name: (typeof COUNTS)[number], limit: number, text: string): StatusCause[] =>
    (status[name] ?? 0) > limit ? [invalid(`status.${name}`, status[name] ?? 0, text)] : [];
  const text = 'cannot be greater than status.replicas';
  return [
    ...COUNTS.flatMap((name) => notNegative(`status.${name}`, status[name])),
    ...beyond('fullyLabeledReplicas', replicas, text),
    ...beyond('readyReplicas', replicas, text),
    ...beyond('availableReplicas', replicas, text),
    ...beyond('availableReplicas', ready, 'cannot be greater than readyReplicas'),
  ];
}
