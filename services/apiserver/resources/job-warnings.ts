import type { JobSpec } from './job-spec.ts';
import { podWarnings } from './pod-spec/warnings.ts';

/** What is valid in a Job, also inside a CronJob, and probably not what was meant. Source: kubernetes, api/job/warnings.go. */

export function jobWarnings(spec: JobSpec, field: string): string[] {
  return [...parallelWarnings(spec, field), ...podWarnings(spec.template ?? {}, `${field}.template`)];
}

const MANY_COMPLETIONS = 100_000;
const MANY_AT_ONCE = 10_000;

function parallelWarnings({ completionMode, completions = 0, parallelism = 0 }: JobSpec, field: string): string[] {
  const isLarge = completionMode === 'Indexed' && completions > MANY_COMPLETIONS && parallelism > MANY_AT_ONCE;
  const text =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';
  return isLarge ? [`${field}: ${text}`] : [];
}
