import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isDnsLabel } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, notSupported, required } from '../types/field-error.ts';
import { checkSchedule, isTimeZone } from './cron-schedule.ts';
import { type JobSpec, validateJobSpec } from './job-spec.ts';
import { mustBeOneOf, notNegative } from './pod-spec/field-rules.ts';
import { podSpecWarnings } from './pod-spec/warnings.ts';
import { validateLabelSelector } from './validate-label-selector.ts';
import { isMalformed, shownSelector, validateSelection } from './workload-templates.ts';

/** Jobs, whose pods are known by labels that the server gives, and CronJobs. Nothing here runs them. */

const jobOf = (object: Unstructured): JobSpec => (object['spec'] ?? {}) as JobSpec;

const UID_LABEL = 'batch.kubernetes.io/controller-uid';
const FIXED = ['selector', 'completionMode', 'podFailurePolicy', 'backoffLimitPerIndex'] as const;

export const jobStrategy: Strategy = {
  prepareForCreate: selectByUid,
  validate: (object) => validateJob(jobOf(object)),
  validateCreate: validateOwnLabels,
  validateUpdate: (object, old) => changedParts(jobOf(object), jobOf(old)),
  warningsOf: (object) => [
    ...nameWarnings(object),
    ...podSpecWarnings(jobOf(object).template?.spec ?? {}, 'spec.template.spec'),
  ],
};

function nameWarnings({ metadata }: Unstructured): string[] {
  const texts = isDnsLabel(metadata.name ?? '');
  const text =
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended';
  return texts.length > 0 ? [`${text}: [${texts.join(' ')}]`] : [];
}

/** Unless somebody wants to select otherwise, a Job's pods have its name and uid, and are known by the uid. A Job that took over their labels has these too. */
function selectByUid(object: Unstructured): void {
  const spec = jobOf(object);
  if (spec.manualSelector) return;
  const { template = {}, selector = {} } = spec;
  const { metadata } = object;
  const own = ownLabels(object);
  const given = template.metadata?.labels;
  const hasTheirs = given === undefined ? isEmpty(metadata.labels) : given === metadata.labels;
  const labels = { ...given, ...own };
  if (hasTheirs) metadata.labels = { ...labels };
  spec.template = { ...template, metadata: { ...template.metadata, labels } };
  const matchLabels = { [UID_LABEL]: own[UID_LABEL] ?? '', ...selector.matchLabels };
  spec.selector = { ...selector, matchLabels };
}

const isEmpty = (labels: Record<string, string> | undefined): boolean => Object.keys(labels ?? {}).length === 0;

function ownLabels({ metadata: { name = '', uid = '' } }: Unstructured): Record<string, string> {
  return { [UID_LABEL]: uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
}

function validateOwnLabels(object: Unstructured): StatusCause[] {
  const { manualSelector, selector } = jobOf(object);
  const labels = ownLabels(object);
  if (manualSelector || !selector) return [];
  const isOwn =
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).length === 0;
  return isOwn ? [] : [invalid('spec.selector', shownSelector(selector), '`selector` not auto-generated')];
}

function validateJob(spec: JobSpec): StatusCause[] {
  const { selector, template } = spec;
  return [
    ...validateJobSpec(spec, 'spec'),
    ...(selector ? validateLabelSelector(selector, 'spec.selector') : [required('spec.selector')]),
    ...(isMalformed(selector) ? [] : validateSelection(selector, template)),
  ];
}

/** Only a Job that waits can still get another template. */
function changedParts(next: JobSpec, old: JobSpec): StatusCause[] {
  const isIndexed = next.completionMode === 'Indexed';
  const names = [
    ...FIXED,
    ...(isIndexed ? [] : (['completions'] as const)),
    ...(old.suspend ? [] : (['template'] as const)),
  ];
  return names.flatMap((name) =>
    isDeepStrictEqual(next[name], old[name]) ? [] : [invalid(`spec.${name}`, next[name] ?? null, 'field is immutable')],
  );
}

interface CronSpec {
  schedule?: string;
  timeZone?: string;
  startingDeadlineSeconds?: number;
  concurrencyPolicy?: string;
  successfulJobsHistoryLimit?: number;
  failedJobsHistoryLimit?: number;
  jobTemplate?: { spec?: JobSpec };
}

const cronOf = (object: Unstructured): CronSpec => (object['spec'] ?? {}) as CronSpec;
const MAX_CRON_NAME = 52;

export const cronJobStrategy: Strategy = {
  validate: (object) => validateCron(cronOf(object)),
  validateCreate({ metadata: { name = '' } }) {
    return name.length > MAX_CRON_NAME ? [invalid('metadata.name', name, 'must be no more than 52 characters')] : [];
  },
  warningsOf: (object) => [
    ...nameWarnings(object),
    ...podSpecWarnings(cronOf(object).jobTemplate?.spec?.template?.spec ?? {}, 'spec.jobTemplate.spec.template.spec'),
  ],
};

function validateCron(spec: CronSpec): StatusCause[] {
  const { schedule = '', timeZone, jobTemplate } = spec;
  return [
    ...(schedule === '' ? [required('spec.schedule')] : validateSchedule(schedule)),
    ...notNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
    ...(timeZone === undefined ? [] : validateTimeZone(timeZone, 'spec.timeZone')),
    ...mustBeOneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...validateJobSpec(jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec'),
    ...generatedParts(jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec'),
    ...notNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...notNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
  ];
}

function generatedParts({ selector, manualSelector }: JobSpec, field: string): StatusCause[] {
  return [
    ...(selector ? [invalid(`${field}.selector`, shownSelector(selector), '`selector` will be auto-generated')] : []),
    ...(manualSelector ? [notSupported(`${field}.manualSelector`, true, ['nil', 'false'])] : []),
  ];
}

function validateSchedule(schedule: string): StatusCause[] {
  const field = 'spec.schedule';
  const zoned = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
  const why = refusalOf(schedule);
  return [
    ...(why === undefined ? [] : [invalid(field, schedule, why)]),
    ...(schedule.includes('TZ') ? [invalid(field, schedule, zoned)] : []),
  ];
}

function refusalOf(schedule: string): string | undefined {
  try {
    checkSchedule(schedule);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function validateTimeZone(zone: string, field: string): StatusCause[] {
  if (zone === '') return [invalid(field, zone, 'timeZone must be nil or non-empty string')];
  const unknown = invalid(field, zone, `unknown time zone ${zone}`);
  const isOdd = zone
    .split('/')
    .some((part) => part === '.' || part === '..' || !/^[A-Za-z0-9_+][-A-Za-z0-9_+]*$/.test(part));
  if (isOdd) return [unknown];
  const local = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  if (zone.toLowerCase() === 'local') return [invalid(field, zone, local), ...(zone === 'Local' ? [] : [unknown])];
  return isTimeZone(zone) ? [] : [unknown];
}
