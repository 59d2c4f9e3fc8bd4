import type { LabelSelector, StatusCause } from '../../../shared/apis/meta/v1.ts';
import { validateAnnotations } from '../registry/validate-metadata.ts';
import { forbidden, invalid, notSupported } from '../types/field-error.ts';
import { annotationCauses, contradictedProfiles, type PodLike } from './pod-spec/annotations.ts';
import { validateLabelSelector, validateSelectorLabels } from './validate-label-selector.ts';
import { validatePodSpec } from './validate-pod-spec.ts';

/** The template of pods that run for ever, and the selector by which its owner knows them. */

export type PodTemplate = PodLike;

export function validateTemplate(template: PodTemplate | undefined, field: string): StatusCause[] {
  return [
    ...validateTemplateMetadata(template, field),
    ...validatePodSpec(template?.spec ?? {}, `${field}.spec`),
    ...contradictedProfiles(template ?? {}, `${field}.spec`),
  ];
}

export function validateTemplateMetadata(template: PodTemplate | undefined, field: string): StatusCause[] {
  const { labels = {}, annotations = {} } = template?.metadata ?? {};
  return [
    ...validateSelectorLabels(labels, `${field}.labels`),
    ...validateAnnotations(annotations, `${field}.annotations`),
    ...annotationCauses(template ?? {}, `${field}.annotations`),
  ];
}

/** A template that its owner runs for ever; `owner` is who refuses a deadline: of Deployments that is their ReplicaSet. */
export function validateLastingTemplate(template: PodTemplate | undefined, owner: string): StatusCause[] {
  return [...validateTemplate(template, 'spec.template'), ...runsForEver(template, owner)];
}

export function runsForEver(template: PodTemplate | undefined, owner: string): StatusCause[] {
  const { restartPolicy = 'Always', activeDeadlineSeconds } = template?.spec ?? {};
  const field = 'spec.template.spec';
  const why = `activeDeadlineSeconds in ${owner} is not Supported`;
  return [
    ...(restartPolicy === 'Always' ? [] : [notSupported(`${field}.restartPolicy`, restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined ? [] : [forbidden(`${field}.activeDeadlineSeconds`, why)]),
  ];
}

/** `kind` as the message has it, which calls ReplicaSets deployments. */
export function validateSelector(selector: LabelSelector | undefined, kind: string): StatusCause[] {
  if (!selector) return [];
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const isEmpty = Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
  return [
    ...validateLabelSelector(selector, 'spec.selector'),
    ...(isEmpty ? [invalid('spec.selector', shownSelector(selector), `empty selector is invalid for ${kind}`)] : []),
  ];
}

/** As Go writes a map. */
export const sorted = <Value>(map: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

/** As Go writes it, which sorts maps. */
export function shownSelector({ matchLabels, matchExpressions }: LabelSelector): object {
  return {
    ...(matchLabels ? { matchLabels: sorted(matchLabels) } : {}),
    ...(matchExpressions ? { matchExpressions: matchExpressions.map(shownExpression) } : {}),
  };
}

const shownExpression = ({ key, operator, values }: NonNullable<LabelSelector['matchExpressions']>[number]) => ({
  key,
  operator,
  ...(values ? { values } : {}),
});

/** Can't select anything, whatever the labels. */
export const isMalformed = (selector: LabelSelector | undefined): boolean =>
  selector !== undefined && validateLabelSelector(selector, '').length > 0;

/** No selector selects nothing, an empty one everything. */
export function validateSelection(selector: LabelSelector | undefined, template: PodTemplate | undefined) {
  const { labels } = template?.metadata ?? {};
  if (selector && selects(selector, labels ?? {})) return [];
  return [
    invalid(
      'spec.template.metadata.labels',
      labels ? sorted(labels) : null,
      '`selector` does not match template `labels`',
    ),
  ];
}

export function selects(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Record<string, string>,
): boolean {
  if (!Object.entries(matchLabels).every(([key, value]) => labels[key] === value)) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    const isListed = value !== undefined && values.includes(value);
    return operator === 'In' ? isListed : !isListed;
  });
}
