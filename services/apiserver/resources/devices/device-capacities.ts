import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { compareQuantities } from '../../../../shared/apis/quantity.ts';
import { forbidden, invalid, required } from '../../types/field-error.ts';
import { shownQuantity } from '../pod-spec/container-resources.ts';
import { type CapacityRange, validateRange, wholeUnits } from './capacity-ranges.ts';
import { listCauses } from './device-names.ts';

/** How much of something a device has, and in which amounts it is given to those who share the device. Source: resource/validation. */
export interface Capacity {
  value?: unknown;
  requestPolicy?: RequestPolicy;
}

interface RequestPolicy {
  /** Null where there is none. */
  default?: unknown;
  validValues?: unknown[];
  validRange?: CapacityRange;
}

/** `isShared`: the device may be given more than once. */
export function validateCapacity(
  capacity: Capacity,
  field: string,
  { isShared }: { isShared: boolean },
): StatusCause[] {
  const { value = '0', requestPolicy: policy } = capacity;
  if (!policy) return [];
  const at = `${field}.requestPolicy`;
  return isShared ? validatePolicy(policy, value, at) : [forbidden(at, 'allowMultipleAllocations must be true')];
}

const BOTH = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time';

function validatePolicy(policy: RequestPolicy, capacity: unknown, field: string): StatusCause[] {
  const { default: usual, validValues = [], validRange } = policy;
  const hasValues = validValues.length > 0;
  if (hasValues && validRange) return [forbidden(field, BOTH)];
  if (!hasValues && !validRange) return [];
  const name = hasValues ? 'validValues' : 'validRange';
  if (usual === undefined || usual === null) return [required(`${field}.default`, `required when ${name} is defined`)];
  const at = `${field}.${name}`;
  return validRange
    ? validateRange(validRange, { usual, capacity }, at)
    : validateValues(validValues, { usual, capacity }, at);
}

const MAX_VALUES = 10;

function validateValues(
  values: readonly unknown[],
  { usual, capacity }: { usual: unknown; capacity: unknown },
  field: string,
): StatusCause[] {
  const isKnown = values.length <= MAX_VALUES && values.some((value) => compareQuantities(value, usual) === 0);
  return [
    ...unorderedValues(values.slice(0, ENOUGH), field),
    ...listCauses(values, {
      field,
      max: MAX_VALUES,
      key: (value) => String(wholeUnits(value)),
      item: (value, at) => tooLargeOption(value, capacity, at),
    }),
    ...(isKnown
      ? []
      : [invalid(field, shownQuantity(usual), 'default value is not valid according to the requestPolicy')]),
  ];
}

/** Of far too many, which is told by their number, the rest is not looked at. */
const ENOUGH = 100;

const unorderedValues = (values: readonly unknown[], field: string): StatusCause[] =>
  values.flatMap((value, index) =>
    index > 0 && compareQuantities(values[index - 1], value) > 0
      ? [invalid(`${field}[${index}]`, shownQuantity(value), 'values must be sorted in ascending order')]
      : [],
  );

function tooLargeOption(value: unknown, capacity: unknown, field: string): StatusCause[] {
  if (compareQuantities(value, capacity) <= 0) return [];
  return [invalid(field, shownQuantity(value), `option is larger than capacity value: ${shownQuantity(capacity)}`)];
}
