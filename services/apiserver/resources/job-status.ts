import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { duplicate, invalid, required } from '../types/field-error.ts';
import { countIndexes } from './job-policies.ts';
import type { JobSpec } from './job-spec.ts';
import { notNegative } from './pod-spec/field-rules.ts';

/**
 * What may be told of a Job, by whoever works on it. A rule is asked about only where what it is about has changed, so that the rest of a status that was
 * wrong before can still be told. Source: batch/validation, ValidateJobStatusUpdate; registry/batch/job, getStatusValidationOptions.
 */

interface JobStatus {
  active?: number;
  succeeded?: number;
  failed?: number;
  ready?: number;
  terminating?: number;
  startTime?: string;
  completionTime?: string;
  completedIndexes?: string;
  failedIndexes?: string;
  uncountedTerminatedPods?: { succeeded?: string[]; failed?: string[] };
  conditions?: { type?: string; status?: string }[];
}

interface Told {
  spec: JobSpec;
  status: JobStatus;
}

const toldOf = (object: Unstructured): Told => ({
  spec: (object['spec'] ?? {}) as JobSpec,
  status: (object['status'] ?? {}) as JobStatus,
});

const isTold = ({ conditions = [] }: JobStatus, type: string, status = 'True'): boolean =>
  conditions.some((condition) => condition.type === type && condition.status === status);

const isFinished = (status: JobStatus): boolean => isTold(status, 'Complete') || isTold(status, 'Failed');

export function validateJobStatus(object: Unstructured, old: Unstructured): StatusCause[] {
  const [next, before] = [toldOf(object), toldOf(old)];
  return [
    ...COUNTS.flatMap((name) => notNegative(`status.${name}`, next.status[name])),
    ...uncountedCauses(next.status),
    ...conditionCauses(next, before),
    ...timeCauses(next, before),
    ...countCauses(next, before),
    ...indexCauses(next, before),
    ...changeCauses(next, before),
  ];
}

const COUNTS = ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const;

/** A pod is counted once. */
function uncountedCauses({ uncountedTerminatedPods: pods }: JobStatus): StatusCause[] {
  const seen = new Set<string>();
  return (['succeeded', 'failed'] as const).flatMap((list) =>
    (pods?.[list] ?? []).flatMap((uid, index) => {
      const field = `status.uncountedTerminatedPods.${list}[${index}]`;
      if (uid === '') return [invalid(field, uid, 'must not be empty')];
      const isAgain = seen.has(uid);
      seen.add(uid);
      return isAgain ? [duplicate(field, uid)] : [];
    }),
  );
}

/** Of conditions no value is shown. */
function condition(isWrong: boolean, why: string): StatusCause[] {
  return isWrong ? [{ reason: 'FieldValueInvalid', message: `Invalid value: ${why}`, field: 'status.conditions' }] : [];
}

function conditionCauses({ spec, status }: Told, { status: before }: Told): StatusCause[] {
  const [complete, failed] = [isTold(status, 'Complete'), isTold(status, 'Failed')];
  const [target, met] = [isTold(status, 'FailureTarget'), isTold(status, 'SuccessCriteriaMet')];
  const completed = complete !== isTold(before, 'Complete');
  const fell = failed !== isTold(before, 'Failed');
  const aimed = target !== isTold(before, 'FailureTarget');
  const fulfilled = met !== isTold(before, 'SuccessCriteriaMet');
  const indexed = status.failedIndexes !== before.failedIndexes;
  return [
    ...condition((completed || fell) && complete && failed, 'cannot set Complete=True and Failed=true conditions'),
    ...condition(
      (completed || aimed) && complete && target,
      'cannot set Complete=True and FailureTarget=true conditions',
    ),
    ...condition(
      (fell || indexed) && failed && !target,
      'cannot set Failed=True condition without the FailureTarget=true condition',
    ),
    ...condition(
      (completed || fulfilled) && complete && !met,
      'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ),
    ...condition(met && failed, 'cannot set SuccessCriteriaMet=True and Failed=true conditions'),
    ...condition(met && target, 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'),
    ...condition(
      spec.successPolicy !== undefined && complete && !met,
      'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    ),
  ];
}

const isBefore = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && Date.parse(one) < Date.parse(other);

function timeCauses({ spec, status }: Told, { status: before }: Told): StatusCause[] {
  const { startTime, completionTime } = status;
  const complete = isTold(status, 'Complete');
  const started = startTime !== before.startTime;
  const ended = completionTime !== before.completionTime;
  const completed = complete !== isTold(before, 'Complete');
  const finished = isFinished(status) !== isFinished(before);
  const needsStart = !(spec.suspend === true && spec.completions === 0);
  const field = 'status.completionTime';
  const early = 'cannot set completionTime when there is no Complete=True condition';
  return [
    ...((completed || ended) && completionTime && !complete ? [invalid(field, completionTime, early)] : []),
    ...((completed || ended) && !completionTime && complete
      ? [required(field, 'completionTime is required for Complete jobs')]
      : []),
    ...((started || ended) && isBefore(completionTime, startTime)
      ? [invalid(field, completionTime, 'must be equal to or after `startTime`')]
      : []),
    ...((finished || started) && needsStart && !startTime && isFinished(status)
      ? [required('status.startTime', 'startTime is required for finished job')]
      : []),
  ];
}

function countCauses({ status }: Told, { status: before }: Told): StatusCause[] {
  const { active = 0, ready, terminating, uncountedTerminatedPods: uncounted } = status;
  const isOver = isFinished(status);
  const finished = isOver !== isFinished(before);
  const isActive = active !== (before.active ?? 0);
  const isUncounted = !isDeepStrictEqual(uncounted, before.uncountedTerminatedPods);
  const left = [...(uncounted?.succeeded ?? []), ...(uncounted?.failed ?? [])];
  const place = 'status.uncountedTerminatedPods';
  const over = 'is invalid for finished job';
  return [
    ...((finished || isActive) && active > 0 && isOver ? [invalid('status.active', active, `active>0 ${over}`)] : []),
    ...((finished || isUncounted) && isOver && left.length > 0
      ? [invalid(place, uncounted, 'must be empty for finished job')]
      : []),
    ...((finished || terminating !== before.terminating) && (terminating ?? 0) > 0 && isOver
      ? [invalid('status.terminating', terminating, `terminating>0 ${over}`)]
      : []),
    ...((isActive || ready !== before.ready) && ready !== undefined && ready > active
      ? [invalid('status.ready', ready, 'cannot set more ready pods than active')]
      : []),
  ];
}

function indexCauses({ spec, status }: Told, { status: before }: Told): StatusCause[] {
  const { completedIndexes: completed = '', failedIndexes: failed } = status;
  const isCompletedTold = completed !== (before.completedIndexes ?? '');
  const isFailedTold = failed !== before.failedIndexes;
  return [
    ...(isCompletedTold ? completedCauses(completed, spec) : []),
    ...(isFailedTold && failed !== undefined ? failedCauses(failed, spec) : []),
    ...(isCompletedTold || isFailedTold ? overlapCauses(completed, failed, spec) : []),
  ];
}

function completedCauses(completed: string, { completions, completionMode }: JobSpec): StatusCause[] {
  const field = 'status.completedIndexes';
  const { why } = completions === undefined ? {} : countIndexes(completed, completions);
  const isCounted = completionMode === 'Indexed' || completed === '';
  const uncounted = 'cannot set non-empty completedIndexes when non-indexed completion mode';
  return [
    ...(why ? [invalid(field, completed, `error parsing completedIndexes: ${why}`)] : []),
    ...(isCounted ? [] : [invalid(field, completed, uncounted)]),
  ];
}

function failedCauses(failed: string, { completions, backoffLimitPerIndex: limit }: JobSpec): StatusCause[] {
  const field = 'status.failedIndexes';
  if (limit === undefined)
    return [invalid(field, failed, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null')];
  const { why } = completions === undefined ? {} : countIndexes(failed, completions);
  return why ? [invalid(field, failed, `error parsing failedIndexes: ${why}`)] : [];
}

function overlapCauses(completed: string, failed: string | undefined, { completions }: JobSpec): StatusCause[] {
  if (completions === undefined || !failed || completed === '') return [];
  if (countIndexes(completed, completions).why || countIndexes(failed, completions).why) return [];
  const [all, others] = [intervalsOf(completed), intervalsOf(failed)];
  const shared = others.flatMap(([from, to]) =>
    all.flatMap(([first, last]) => (first <= to && from <= last ? [Math.max(first, from)] : [])),
  );
  const index = Math.min(...shared);
  const why = `failedIndexes and completedIndexes overlap at index: ${index}`;
  return shared.length > 0 ? [invalid('status.failedIndexes', failed, why)] : [];
}

const intervalsOf = (text: string): [from: number, to: number][] =>
  text.split(',').map((interval) => {
    const [from = 0, to = from] = interval.split('-').map(Number);
    return [from, to];
  });

/** What has ended does not go on, and what was counted stays so. */
function changeCauses({ spec, status }: Told, { status: before }: Told): StatusCause[] {
  const { startTime, completionTime, failed = 0, succeeded = 0 } = status;
  const mayShrink = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  const isResuming = isTold(before, 'Suspended') && isTold(status, 'Suspended', 'False');
  const isRestarted = before.startTime !== undefined && startTime !== before.startTime && !isResuming && !spec.suspend;
  const isEndMoved = completionTime && before.completionTime && completionTime !== before.completionTime;
  const lost = (type: string): boolean => isTold(before, type) && !isTold(status, type);
  const lateText = 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions';
  const isLate = isTold(before, 'Complete') && !isTold(before, 'SuccessCriteriaMet');
  return [
    ...['Failed', 'Complete', 'FailureTarget'].flatMap((type) =>
      condition(lost(type), `cannot disable the terminal ${type}=True condition`),
    ),
    ...(failed < (before.failed ?? 0) ? [invalid('status.failed', failed, 'cannot decrease the failed counter')] : []),
    ...(!mayShrink && succeeded < (before.succeeded ?? 0)
      ? [invalid('status.succeeded', succeeded, 'cannot decrease the succeeded counter')]
      : []),
    ...(isEndMoved ? [invalid('status.completionTime', completionTime, 'field is immutable')] : []),
    ...(isRestarted
      ? [invalid('status.startTime', startTime ?? null, 'field is immutable for unsuspended job once set')]
      : []),
    ...condition(lost('SuccessCriteriaMet'), 'cannot disable the SuccessCriteriaMet=True condition'),
    ...condition(isLate && isTold(status, 'SuccessCriteriaMet'), lateText),
  ];
}
