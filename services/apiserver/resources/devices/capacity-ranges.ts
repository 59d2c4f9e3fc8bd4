import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  ZERO,
} from '../../../../shared/apis/quantity.ts';
import { invalid, required } from '../../types/field-error.ts';
import { shownQuantity } from '../pod-spec/container-resources.ts';

/** From which amount to which, and in which steps, a capacity is given. Source: resource/validation. */
export interface CapacityRange {
  min?: unknown;
  max?: unknown;
  step?: unknown;
}

/** The amount that is given to who asks for none, and all that there is. */
interface Amounts {
  usual: unknown;
  capacity: unknown;
}

export function validateRange(range: CapacityRange, amounts: Amounts, field: string): StatusCause[] {
  const { min, max, step } = range;
  if (min === undefined) return [required(`${field}.min`, 'required when validRange is defined')];
  return [
    ...minCauses(min, amounts, `${field}.min`),
    ...(max === undefined ? [] : maxCauses({ min, max }, amounts, `${field}.max`)),
    ...(step === undefined ? [] : stepCauses({ min, max, step }, amounts, `${field}.step`)),
  ];
}

const isMore = (one: unknown, other: unknown): boolean => compareQuantities(one, other) > 0;

const refused = (isWrong: boolean, field: string, value: unknown, text: string): StatusCause[] =>
  isWrong ? [invalid(field, shownQuantity(value), text)] : [];

function minCauses(min: unknown, { usual, capacity }: Amounts, field: string): StatusCause[] {
  return [
    ...refused(isMore(min, capacity), field, min, `min is larger than capacity value: ${shownQuantity(capacity)}`),
    ...refused(isMore(min, usual), field, usual, `default is less than min: ${shownQuantity(min)}`),
  ];
}

function maxCauses({ min, max }: CapacityRange, { usual, capacity }: Amounts, field: string): StatusCause[] {
  return [
    ...refused(isMore(min, max), field, min, `min is larger than max: ${shownQuantity(max)}`),
    ...refused(isMore(max, capacity), field, max, `max is larger than capacity value: ${shownQuantity(capacity)}`),
    ...refused(isMore(usual, max), field, usual, `default is more than max: ${shownQuantity(max)}`),
  ];
}

function stepCauses({ min, max, step }: CapacityRange, { usual, capacity }: Amounts, field: string): StatusCause[] {
  const [from, by] = [min, step].map((text) => parseQuantity(String(text)) ?? ZERO);
  const first = formatQuantity(addQuantities(from ?? ZERO, by ?? ZERO));
  const ends = max === undefined ? [usual] : [usual, max];
  const text = `value is not a multiple of a given step (${shownQuantity(step)}) from (${shownQuantity(min)})`;
  return [
    ...refused(
      isMore(first, capacity),
      field,
      step,
      `one step ${first} is larger than capacity value: ${shownQuantity(capacity)}`,
    ),
    ...ends.flatMap((end) => refused(!isOnStep(end, min, step), field, end, text)),
  ];
}

/** Upstream fails over a step of less than one. */
function isOnStep(value: unknown, min: unknown, step: unknown): boolean {
  const by = wholeUnits(step);
  return by !== 0n && (wholeUnits(value) - wholeUnits(min)) % by === 0n;
}

const NANO = 1_000_000_000n;

/** What is finer counts as one more. As much as a number of 64 bits holds. */
export function wholeUnits(quantity: unknown): bigint {
  const { nano } = parseQuantity(String(quantity)) ?? ZERO;
  const size = nano < 0n ? -nano : nano;
  const whole = (size + NANO - 1n) / NANO;
  return BigInt.asIntN(64, nano < 0n ? -whole : whole);
}
