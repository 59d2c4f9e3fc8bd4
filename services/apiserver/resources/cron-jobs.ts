import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, notSupported, required } from '../types/field-error.ts';
import { checkSchedule, isTimeZone } from './cron-schedule.ts';
import { emptyRulesAreNone, type JobSpec, validateJobSpec } from './job-spec.ts';
import { jobWarnings } from './job-warnings.ts';
import { nameWarnings } from './name-warnings.ts';
import { mustBeOneOf, notNegative } from './pod-spec/field-rules.ts';
import { shownSelector } from './workload-templates.ts';

/** CronJobs. Nothing here runs them. Source: batch/validation. */

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
  prepareForCreate: emptyIsNone,
  prepareForUpdate: emptyIsNone,
  validate: (object) => validateCron(cronOf(object)),
  validateCreate({ metadata: { name = '' } }) {
    return name.length > MAX_CRON_NAME ? [invalid('metadata.name', name, 'must be no more than 52 characters')] : [];
  },
  warningsOfNew: nameWarnings,
  warningsOf: (object) => jobWarnings(cronOf(object).jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec'),
};

function emptyIsNone(object: Unstructured): void {
  emptyRulesAreNone(cronOf(object).jobTemplate?.spec ?? {});
}

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
