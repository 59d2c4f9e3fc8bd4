import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isQualifiedName } from '../registry/object-names.ts';
import { duplicate, invalid, notSupported, required, tooLong, tooMany } from '../types/field-error.ts';
import type { JobSpec } from './job-spec.ts';
import { notNegative } from './pod-spec/field-rules.ts';
import { repeated } from './repeated.ts';

/** When a Job counts as failed or as done before all its pods have ended. Source: batch/validation. Lists that are empty are written as null. */

export interface FailureRule {
  action?: string;
  onExitCodes?: { operator?: string; values?: number[] | null; containerName?: string };
  onPodConditions?: { type?: string; status?: string }[] | null;
}

export interface SuccessPolicy {
  rules?: SuccessRule[] | null;
}

interface SuccessRule {
  succeededIndexes?: string;
  succeededCount?: number;
}

const MAX_RULES = 20;
const MAX_CODES = 255;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

/** As Go shows a list of texts. */
const valid = (values: readonly string[]): string =>
  `valid values: [${values.map((one) => JSON.stringify(one)).join(' ')}]`;

export function validateFailurePolicy(spec: JobSpec, field: string): StatusCause[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const { containers, initContainers } = spec.template?.spec ?? {};
  const names = new Set([...(containers ?? []), ...(initContainers ?? [])].map(({ name }) => name));
  return [
    ...(rules.length > MAX_RULES ? [tooMany(field, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => [
      ...validateAction(rule.action ?? '', `${field}[${index}].action`, spec.backoffLimitPerIndex !== undefined),
      ...validateExitCodes(rule.onExitCodes, `${field}[${index}].onExitCodes`, names),
      ...validateConditions(rule.onPodConditions ?? [], `${field}[${index}].onPodConditions`),
      ...exactlyOne(rule, `${field}[${index}]`),
    ]),
  ];
}

function validateAction(action: string, field: string, isPerIndex: boolean): StatusCause[] {
  if (action === '') return [required(field, valid(ACTIONS))];
  if (action === 'FailIndex') {
    return isPerIndex ? [] : [invalid(field, action, 'requires the backoffLimitPerIndex to be set')];
  }
  return ACTIONS.includes(action) ? [] : [notSupported(field, action, ACTIONS)];
}

function exactlyOne({ onExitCodes, onPodConditions }: FailureRule, field: string): StatusCause[] {
  const names = 'OnExitCodes and OnPodConditions';
  const hasConditions = Boolean(onPodConditions?.length);
  const cause = (message: string): StatusCause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${message}`,
    field,
  });
  if (onExitCodes && hasConditions) return [cause(`specifying both ${names} is not supported`)];
  return onExitCodes || hasConditions ? [] : [cause(`specifying one of ${names} is required`)];
}

function validateConditions(conditions: NonNullable<FailureRule['onPodConditions']>, field: string): StatusCause[] {
  return [
    ...(conditions.length > MAX_RULES ? [tooMany(field, conditions.length, MAX_RULES)] : []),
    ...conditions.flatMap(({ type = '', status = '' }, index) => [
      ...causesOf(`${field}[${index}].type`, type, isQualifiedName(type)),
      ...oneOf(`${field}[${index}].status`, status, STATUSES),
    ]),
  ];
}

function oneOf(field: string, value: string, values: readonly string[]): StatusCause[] {
  if (value === '') return [required(field, valid(values))];
  return values.includes(value) ? [] : [notSupported(field, value, values)];
}

function validateExitCodes(
  codes: FailureRule['onExitCodes'],
  field: string,
  names: ReadonlySet<string | undefined>,
): StatusCause[] {
  if (!codes) return [];
  const { operator = '', containerName } = codes;
  const values = codes.values ?? [];
  const isStranger = containerName !== undefined && !names.has(containerName);
  const stranger = 'must be one of the container or initContainer names in the pod template';
  return [
    ...oneOf(`${field}.operator`, operator, OPERATORS),
    ...(isStranger ? [invalid(`${field}.containerName`, containerName, stranger)] : []),
    ...(values.length === 0
      ? [invalid(`${field}.values`, codes.values ?? null, 'at least one value is required')]
      : []),
    ...validateCodes(values, operator, `${field}.values`),
  ];
}

function validateCodes(values: readonly number[], operator: string, field: string): StatusCause[] {
  const isAgain = repeated(values);
  const isOrdered = values.every((value, index) => index === 0 || (values[index - 1] ?? 0) <= value);
  return [
    ...(values.length > MAX_CODES ? [tooMany(field, values.length, MAX_CODES)] : []),
    ...values.flatMap((value, index) => [
      ...(operator === 'In' && value === 0
        ? [invalid(`${field}[${index}]`, value, 'must not be 0 for the In operator')]
        : []),
      ...(isAgain[index] ? [duplicate(`${field}[${index}]`, value)] : []),
    ]),
    ...(isOrdered ? [] : [invalid(field, values, 'must be ordered')]),
  ];
}

export function validateSuccessPolicy({ successPolicy, completionMode, completions = 0 }: JobSpec, field: string) {
  if (!successPolicy) return [];
  if (completionMode !== 'Indexed')
    return [invalid(field, shownSuccess(successPolicy), 'requires indexed completion mode')];
  const rules = successPolicy.rules ?? [];
  const none = 'at least one rules must be specified when the successPolicy is specified';
  return [
    ...(rules.length === 0 ? [required(`${field}.rules`, none)] : []),
    ...(rules.length > MAX_RULES ? [tooMany(`${field}.rules`, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => validateSuccessRule(rule, completions, `${field}.rules[${index}]`)),
  ];
}

/** As Go shows its struct. */
export const shownSuccess = ({ rules }: SuccessPolicy): unknown => ({
  Rules:
    rules?.map(({ succeededIndexes, succeededCount }) => ({
      SucceededIndexes: succeededIndexes ?? null,
      SucceededCount: succeededCount ?? null,
    })) ?? null,
});

const MAX_INDEXES = 64 * 1024;

function validateSuccessRule({ succeededIndexes, succeededCount }: SuccessRule, completions: number, field: string) {
  const none = 'at least one of succeededCount or succeededIndexes must be specified';
  if (succeededCount === undefined && succeededIndexes === undefined) return [required(field, none)];
  const indexes = countIndexes(succeededIndexes ?? '', completions);
  const place = `${field}.succeededIndexes`;
  const why = `error parsing succeededIndexes: ${indexes.why}`;
  return [
    ...(succeededIndexes && succeededIndexes.length > MAX_INDEXES ? [tooLong(place, MAX_INDEXES)] : []),
    ...(indexes.why ? [invalid(place, succeededIndexes, why)] : []),
    ...validateCount(succeededCount, `${field}.succeededCount`, {
      [`${completions} (the number of specified completions)`]: completions,
      ...(succeededIndexes === undefined
        ? {}
        : { [`${indexes.count} (the number of indexes in the specified succeededIndexes field)`]: indexes.count }),
    }),
  ];
}

function validateCount(count: number | undefined, field: string, limits: Record<string, number>): StatusCause[] {
  if (count === undefined) return [];
  return [
    ...notNegative(field, count),
    ...Object.entries(limits).flatMap(([name, limit]) =>
      count > limit ? [invalid(field, count, `must be less than or equal to ${name}`)] : [],
    ),
  ];
}

/** How many indexes `1,3-5` names, or why it names none. */
export function countIndexes(text: string, completions: number): { count: number; why?: string } {
  let count = 0;
  let last: number | undefined;
  for (const interval of text === '' ? [] : text.split(',')) {
    const [from = '', to = from, ...more] = interval.split('-');
    const two = `the fragment ${JSON.stringify(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    if (more.length > 0) return { count: 0, why: two };
    const why = wrongIndex(from, completions) ?? wrongIndex(to, completions);
    if (why) return { count: 0, why };
    const [first, end] = [Number(from), Number(to)];
    if (interval.includes('-') && first >= end) return { count: 0, why: notIncreasing(first, end) };
    if (last !== undefined && last >= first) return { count: 0, why: notIncreasing(last, first) };
    count += end - first + 1;
    last = end;
  }
  return { count };
}

const notIncreasing = (previous: number, current: number): string =>
  `non-increasing order, previous: ${previous}, current: ${current}`;

function wrongIndex(text: string, completions: number): string | undefined {
  if (!/^\+?\d+$/.test(text)) return `cannot convert string to integer for index: ${JSON.stringify(text)}`;
  return Number(text) >= completions ? `too large index: ${JSON.stringify(text)}` : undefined;
}
