import type { LabelSelector, StatusCause } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isQualifiedName } from '../registry/object-names.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { validateLabelSelector, validateSelectorLabels } from './validate-label-selector.ts';
import { type PodSpec, validatePodSpec } from './validate-pod-spec.ts';

/** The template of pods that run for ever, and the selector by which its owner knows them. */

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: PodSpec;
}

export function validateTemplate(template: PodTemplate | undefined, field: string): StatusCause[] {
  const { labels = {}, annotations = {} } = template?.metadata ?? {};
  return [
    ...validateSelectorLabels(labels, `${field}.labels`),
    ...Object.keys(annotations).flatMap((key) =>
      causesOf(`${field}.annotations`, key, isQualifiedName(key.toLowerCase())),
    ),
    ...validatePodSpec(template?.spec ?? {}, `${field}.spec`),
  ];
}

/** `owner` is who refuses a deadline: of Deployments that is their ReplicaSet. */
export function validateLastingTemplate(template: PodTemplate | undefined, owner: string): StatusCause[] {
  const { restartPolicy = 'Always', activeDeadlineSeconds } = template?.spec ?? {};
  const field = 'spec.template';
  const why = `activeDeadlineSeconds in ${owner} is not Supported`;
  return [
    ...validateTemplate(template, field),
    ...(restartPolicy === 'Always' ? [] : [notSupported(`${field}.spec.restartPolicy`, restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined ? [] : [forbidden(`${field}.spec.activeDeadlineSeconds`, why)]),
  ];
}

/** `kind` as the message has it, which calls ReplicaSets deployments. */
export function validateOwnSelector(
  selector: LabelSelector | undefined,
  labels: Record<string, string> | undefined,
  kind: string,
): StatusCause[] {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  const isEmpty = Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
  const matches = !isEmpty && selects({ matchLabels, matchExpressions }, labels ?? {});
  const text = '`selector` does not match template `labels`';
  return [
    ...(selector ? validateLabelSelector(selector, 'spec.selector') : [required('spec.selector')]),
    ...(selector && isEmpty ? [invalid('spec.selector', selector, `empty selector is invalid for ${kind}`)] : []),
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
