import type { JsonObject } from '../json-value.ts';
import {
  hasKeys,
  objectAt,
  optionalObject,
  setAbsent,
  setDefault,
  setDefaults,
  type TypeDefault,
} from './set-default.ts';

/** Defaults of batch/v1, as upstream's SetDefaults functions. */

const maxInt32 = 2 ** 31 - 1;

/** A job without labels takes those of its pods: the very same, so that what they get later it gets too, as upstream. */
function inheritLabels(job: JsonObject, spec: JsonObject): void {
  const labels = optionalObject(objectAt(objectAt(spec, 'template'), 'metadata'), 'labels');
  const metadata = objectAt(job, 'metadata');
  if (labels && !hasKeys(optionalObject(metadata, 'labels'))) metadata['labels'] = labels;
}

function defaultJob(job: JsonObject): void {
  const spec = objectAt(job, 'spec');
  const isParallel = (spec['completions'] ?? spec['parallelism'] ?? undefined) !== undefined;
  if (!isParallel) spec['completions'] = 1;
  setAbsent(spec, 'completionMode', 'NonIndexed');
  setAbsent(spec, 'podReplacementPolicy', optionalObject(spec, 'podFailurePolicy') ? 'Failed' : 'TerminatingOrFailed');
  setDefaults(spec, {
    parallelism: 1,
    backoffLimit: (spec['backoffLimitPerIndex'] ?? undefined) === undefined ? 6 : maxInt32,
    suspend: false,
    manualSelector: false,
  });
  inheritLabels(job, spec);
}

function defaultCronJob(cronJob: JsonObject): void {
  setDefaults(objectAt(cronJob, 'spec'), {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  });
}

export const batchDefaults: Record<string, TypeDefault> = {
  'api.batch.v1.Job': defaultJob,
  'api.batch.v1.CronJob': defaultCronJob,
  'api.batch.v1.PodFailurePolicyOnPodConditionsPattern': (pattern) => setDefault(pattern, 'status', 'True'),
};
