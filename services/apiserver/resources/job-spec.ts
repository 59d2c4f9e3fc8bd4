import type { LabelSelector, StatusCause } from '../../../shared/apis/meta/v1.ts';
import { invalid, notSupported, required, tooLong } from '../types/field-error.ts';
import { type FailureRule, type SuccessPolicy, validateFailurePolicy, validateSuccessPolicy } from './job-policies.ts';
import { notNegative } from './pod-spec/field-rules.ts';
import { validatePrefixedPath } from './prefixed-path.ts';
import { type PodTemplate, validateTemplate } from './workload-templates.ts';

/** What a Job must keep to, also inside a CronJob. Source: batch/validation, validateJobSpec. */

export interface JobSpec {
  parallelism?: number;
  completions?: number;
  activeDeadlineSeconds?: number;
  backoffLimit?: number;
  ttlSecondsAfterFinished?: number;
  backoffLimitPerIndex?: number;
  maxFailedIndexes?: number;
  completionMode?: string;
  podReplacementPolicy?: string;
  podFailurePolicy?: { rules?: FailureRule[] | null };
  successPolicy?: SuccessPolicy;
  managedBy?: string;
  selector?: LabelSelector;
  manualSelector?: boolean;
  suspend?: boolean;
  template?: PodTemplate;
}

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

/** The field is always written, and an empty list is stored as none. */
export function emptyRulesAreNone({ podFailurePolicy: policy }: JobSpec): void {
  if (policy?.rules?.length === 0) policy.rules = null;
}

export function validateJobSpec(spec: JobSpec, field: string): StatusCause[] {
  const { maxFailedIndexes, backoffLimitPerIndex } = spec;
  const needsLimit = maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined;
  return [
    ...COUNTS.flatMap((name) => notNegative(`${field}.${name}`, spec[name])),
    ...(needsLimit ? [required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')] : []),
    ...(spec.managedBy === undefined ? [] : validateManager(spec.managedBy, `${field}.managedBy`)),
    ...validateMode(spec, field),
    ...validateReplacement(spec, `${field}.podReplacementPolicy`),
    ...validateFailurePolicy(spec, `${field}.podFailurePolicy.rules`),
    ...validateSuccessPolicy(spec, `${field}.successPolicy`),
    ...validateTemplate(spec.template, `${field}.template`),
    ...validateRestartPolicy(spec, `${field}.template.spec.restartPolicy`),
  ];
}

const MODES = ['NonIndexed', 'Indexed'];
const MAX_INDEXED = 100_000;

function validateMode(spec: JobSpec, field: string): StatusCause[] {
  const { completionMode: mode = 'NonIndexed' } = spec;
  if (!MODES.includes(mode)) return [notSupported(`${field}.completionMode`, mode, MODES)];
  if (mode === 'Indexed') return validateIndexed(spec, field);
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const).flatMap((name) =>
    spec[name] === undefined ? [] : [invalid(`${field}.${name}`, spec[name], 'requires indexed completion mode')],
  );
}

function validateIndexed(spec: JobSpec, field: string): StatusCause[] {
  const { completions, parallelism = 0, maxFailedIndexes: failed } = spec;
  const tooParallel = `must be less than or equal to ${MAX_INDEXED} when completion mode is Indexed`;
  const place = `${field}.maxFailedIndexes`;
  const isMore = failed !== undefined && completions !== undefined && failed > completions;
  const isTooMany = failed !== undefined && failed > MAX_INDEXED;
  return [
    ...(completions === undefined ? [required(`${field}.completions`, 'when completion mode is Indexed')] : []),
    ...(parallelism > MAX_INDEXED ? [invalid(`${field}.parallelism`, parallelism, tooParallel)] : []),
    ...(isMore ? [invalid(place, failed, 'must be less than or equal to completions')] : []),
    ...(isTooMany ? [invalid(place, failed, `must be less than or equal to ${MAX_INDEXED}`)] : []),
    ...validateManyIndexes(spec, field),
  ];
}

const MAX_OF_MANY = 10_000;

/** Who counts the failures of each of very many indexes must not have too many at a time. */
function validateManyIndexes(spec: JobSpec, field: string): StatusCause[] {
  const { completions = 0, backoffLimitPerIndex, maxFailedIndexes } = spec;
  if (completions <= MAX_INDEXED || backoffLimitPerIndex === undefined) return [];
  const missing = `must be specified when completions is above ${MAX_INDEXED}`;
  const many = `must be less than or equal to ${MAX_OF_MANY} when completions are above ${MAX_INDEXED} and used with backoff limit per index`;
  return [
    ...(maxFailedIndexes === undefined ? [required(`${field}.maxFailedIndexes`, missing)] : []),
    ...(['parallelism', 'maxFailedIndexes'] as const).flatMap((name) =>
      (spec[name] ?? 0) > MAX_OF_MANY ? [invalid(`${field}.${name}`, spec[name], many)] : [],
    ),
  ];
}

const MAX_MANAGER = 63;

/** Another controller than Kubernetes' own. */
function validateManager(manager: string, field: string): StatusCause[] {
  const isLong = manager.length > MAX_MANAGER;
  return [...validatePrefixedPath(manager, field), ...(isLong ? [tooLong(field, MAX_MANAGER)] : [])];
}

function validateReplacement({ podReplacementPolicy: policy, podFailurePolicy }: JobSpec, field: string) {
  const policies = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return policy === undefined || policies.includes(policy) ? [] : [notSupported(field, policy, policies)];
}

function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, field: string): StatusCause[] {
  const { restartPolicy = 'Always' } = template?.spec ?? {};
  const policies = ['OnFailure', 'Never'];
  if (restartPolicy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')];
  if (!policies.includes(restartPolicy)) return [notSupported(field, restartPolicy, policies)];
  if (!podFailurePolicy || restartPolicy === 'Never') return [];
  return [invalid(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')];
}
