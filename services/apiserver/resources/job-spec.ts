import type { LabelSelector, StatusCause } from '../../../shared/apis/meta/v1.ts';
import { invalid, notSupported, required, tooMany } from '../types/field-error.ts';
import { notNegative } from './pod-spec/field-rules.ts';
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
  podFailurePolicy?: { rules?: FailureRule[] };
  selector?: LabelSelector;
  manualSelector?: boolean;
  suspend?: boolean;
  template?: PodTemplate;
}

interface FailureRule {
  action?: string;
  onExitCodes?: { operator?: string; values?: number[]; containerName?: string };
  onPodConditions?: unknown[];
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

export function validateJobSpec(spec: JobSpec, field: string): StatusCause[] {
  const { maxFailedIndexes, backoffLimitPerIndex } = spec;
  const needsLimit = maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined;
  return [
    ...COUNTS.flatMap((name) => notNegative(`${field}.${name}`, spec[name])),
    ...(needsLimit ? [required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')] : []),
    ...validateMode(spec, field),
    ...validateReplacement(spec, `${field}.podReplacementPolicy`),
    ...validateFailurePolicy(spec, `${field}.podFailurePolicy.rules`),
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

function validateIndexed({ completions, parallelism = 0, maxFailedIndexes: failed }: JobSpec, field: string) {
  const tooParallel = `must be less than or equal to ${MAX_INDEXED} when completion mode is Indexed`;
  const place = `${field}.maxFailedIndexes`;
  const isMore = failed !== undefined && completions !== undefined && failed > completions;
  const isTooMany = failed !== undefined && failed > MAX_INDEXED;
  return [
    ...(completions === undefined ? [required(`${field}.completions`, 'when completion mode is Indexed')] : []),
    ...(parallelism > MAX_INDEXED ? [invalid(`${field}.parallelism`, parallelism, tooParallel)] : []),
    ...(isMore ? [invalid(place, failed, 'must be less than or equal to completions')] : []),
    ...(isTooMany ? [invalid(place, failed, `must be less than or equal to ${MAX_INDEXED}`)] : []),
  ];
}

function validateReplacement({ podReplacementPolicy: policy, podFailurePolicy }: JobSpec, field: string) {
  const policies = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return policy === undefined || policies.includes(policy) ? [] : [notSupported(field, policy, policies)];
}

const MAX_RULES = 20;
const MAX_CODES = 255;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];

function validateFailurePolicy({ podFailurePolicy, backoffLimitPerIndex, template }: JobSpec, field: string) {
  const rules = podFailurePolicy?.rules ?? [];
  const { containers, initContainers } = template?.spec ?? {};
  const names = [...(containers ?? []), ...(initContainers ?? [])].map(({ name }) => name);
  return [
    ...(rules.length > MAX_RULES ? [tooMany(field, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => [
      ...validateAction(rule.action ?? '', `${field}[${index}].action`, backoffLimitPerIndex !== undefined),
      ...validateExitCodes(rule.onExitCodes, `${field}[${index}].onExitCodes`, names),
      ...exactlyOne(rule, `${field}[${index}]`),
    ]),
  ];
}

function validateAction(action: string, field: string, isPerIndex: boolean): StatusCause[] {
  const shown = ACTIONS.map((one) => JSON.stringify(one)).join(' ');
  if (action === '') return [required(field, `valid values: [${shown}]`)];
  if (action === 'FailIndex') {
    return isPerIndex ? [] : [invalid(field, action, 'requires the backoffLimitPerIndex to be set')];
  }
  return ACTIONS.includes(action) ? [] : [notSupported(field, action, ACTIONS)];
}

function exactlyOne({ onExitCodes, onPodConditions = [] }: FailureRule, field: string): StatusCause[] {
  const names = 'OnExitCodes and OnPodConditions';
  const cause = (message: string): StatusCause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${message}`,
    field,
  });
  if (onExitCodes && onPodConditions.length > 0) return [cause(`specifying both ${names} is not supported`)];
  return onExitCodes || onPodConditions.length > 0 ? [] : [cause(`specifying one of ${names} is required`)];
}

function validateExitCodes(
  codes: FailureRule['onExitCodes'],
  field: string,
  names: readonly (string | undefined)[],
): StatusCause[] {
  if (!codes) return [];
  const { operator = '', values = [], containerName } = codes;
  const isStranger = containerName !== undefined && !names.includes(containerName);
  const stranger = 'must be one of the container or initContainer names in the pod template';
  return [
    ...(operator === '' ? [required(`${field}.operator`, 'valid values: ["In" "NotIn"]')] : []),
    ...(operator === '' || OPERATORS.includes(operator)
      ? []
      : [notSupported(`${field}.operator`, operator, OPERATORS)]),
    ...(isStranger ? [invalid(`${field}.containerName`, containerName, stranger)] : []),
    ...(values.length === 0 ? [invalid(`${field}.values`, values, 'at least one value is required')] : []),
    ...(values.length > MAX_CODES ? [tooMany(`${field}.values`, values.length, MAX_CODES)] : []),
    ...values.flatMap((value, index) =>
      operator === 'In' && value === 0
        ? [invalid(`${field}.values[${index}]`, value, 'must not be 0 for the In operator')]
        : [],
    ),
  ];
}

function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, field: string): StatusCause[] {
  const { restartPolicy = 'Always' } = template?.spec ?? {};
  const policies = ['OnFailure', 'Never'];
  if (restartPolicy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')];
  if (!policies.includes(restartPolicy)) return [notSupported(field, restartPolicy, policies)];
  if (!podFailurePolicy || restartPolicy === 'Never') return [];
  return [invalid(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')];
}
