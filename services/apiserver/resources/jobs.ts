import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isDnsLabel } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, required } from '../types/field-error.ts';
import { changedParts } from './job-changes.ts';
import { emptyRulesAreNone, type JobSpec, validateJobSpec } from './job-spec.ts';
import { validateJobStatus } from './job-status.ts';
import { jobWarnings } from './job-warnings.ts';
import { nameWarnings } from './name-warnings.ts';
import { validateLabelSelector } from './validate-label-selector.ts';
import { isMalformed, selects, shownSelector, sorted, validateSelection } from './workload-templates.ts';

/** Jobs, whose pods are known by labels that the server gives. Nothing here runs them. Source: batch/validation, registry/batch/job. */

const jobOf = (object: Unstructured): JobSpec => (object['spec'] ?? {}) as JobSpec;

const UID_LABEL = 'batch.kubernetes.io/controller-uid';
const LABELS = [UID_LABEL, 'batch.kubernetes.io/job-name'];

export const jobStrategy: Strategy = {
  prepareForCreate: selectByUid,
  beforeStoring: (object) => emptyRulesAreNone(jobOf(object)),
  validateCreate: (object) => validateJob(object, ownLabels(object)),
  validateUpdate(object, old) {
    const had = jobOf(old).template?.metadata?.labels ?? {};
    const labels = LABELS.every((key) => had[key] !== undefined) ? ownLabels(object) : legacyLabels(object);
    // The spec is looked at twice, as upstream.
    return [
      ...validateJob(object, labels),
      ...validateSpec(jobOf(object)),
      ...changedParts(jobOf(object), jobOf(old), isStarted(old)),
    ];
  },
  validateSubresource: (object, old, subresource) => (subresource === 'status' ? validateJobStatus(object, old) : []),
  warningsOfNew: nameWarnings,
  warningsOf: (object) => jobWarnings(jobOf(object), 'spec'),
};

/** Unless somebody wants to select otherwise, a Job's pods have its name and uid, and are known by the uid. A Job that took over their labels has these too. */
function selectByUid(object: Unstructured): void {
  const spec = jobOf(object);
  if (spec.manualSelector) return;
  const { template = {}, selector = {} } = spec;
  const { metadata } = object;
  const own = ownLabels(object);
  const given = template.metadata?.labels;
  const hasTheirs = given === undefined ? isEmpty(metadata.labels) : given === metadata.labels;
  // What somebody has said themselves is refused later if it is wrong.
  const labels = { ...own, ...given };
  if (hasTheirs) metadata.labels = { ...labels };
  spec.template = { ...template, metadata: { ...template.metadata, labels } };
  const matchLabels = { [UID_LABEL]: own[UID_LABEL] ?? '', ...selector.matchLabels };
  spec.selector = { ...selector, matchLabels };
}

const isEmpty = (labels: Record<string, string> | undefined): boolean => Object.keys(labels ?? {}).length === 0;

function ownLabels({ metadata: { name = '', uid = '' } }: Unstructured): Record<string, string> {
  return { [UID_LABEL]: uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
}

/** Of the times before labels had a domain. */
function legacyLabels({ metadata: { name = '', uid = '' } }: Unstructured): Record<string, string> {
  return { 'controller-uid': uid, 'job-name': name };
}

function validateJob(object: Unstructured, labels: Record<string, string>): StatusCause[] {
  const spec = jobOf(object);
  return [...validateOwnLabels(spec, labels), ...validateSpec(spec), ...validateHostNames(object)];
}

function validateOwnLabels(
  { manualSelector, selector, template }: JobSpec,
  own: Record<string, string>,
): StatusCause[] {
  if (manualSelector || !selector) return [];
  const has = template?.metadata?.labels ?? {};
  const field = 'spec.template.metadata.labels';
  const isOwn = isMalformed(selector) || selects(selector, own);
  return [
    ...Object.entries(own).flatMap(([key, value]) => {
      if (has[key] === undefined) return [required(`${field}[${key}]`, `must be '${value}'`)];
      return has[key] === value ? [] : [invalid(`${field}[${key}]`, sorted(has), `must be '${value}'`)];
    }),
    ...(isOwn ? [] : [invalid('spec.selector', shownSelector(selector), '`selector` not auto-generated')]),
  ];
}

function validateSpec(spec: JobSpec): StatusCause[] {
  const { selector, template } = spec;
  return [
    ...validateJobSpec(spec, 'spec'),
    ...(selector ? validateLabelSelector(selector, 'spec.selector') : [required('spec.selector')]),
    ...(isMalformed(selector) ? [] : validateSelection(selector, template)),
  ];
}

/** Pods of indexes have the index at the end of their name. */
function validateHostNames({ metadata: { name = '' }, ...object }: Unstructured): StatusCause[] {
  const { completionMode, completions = 0 } = (object['spec'] ?? {}) as JobSpec;
  const last = `${name}-${completions - 1}`;
  if (completionMode !== 'Indexed' || completions <= 0 || isDnsLabel(last).length === 0) return [];
  return [invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${last}`)];
}

interface JobStatus {
  active?: number;
  startTime?: string;
  conditions?: { type?: string; status?: string }[];
}

/** Whether it may have pods. */
function isStarted(object: Unstructured): boolean {
  const { active = 0, startTime, conditions = [] } = (object['status'] ?? {}) as JobStatus;
  const isSuspended = conditions.some(({ type, status }) => type === 'Suspended' && status === 'True');
  return active > 0 || (startTime !== undefined && !isSuspended);
}
