import { addWork, ITEM_WORK } from './budget.ts';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import {
  CelError,
  type CelList,
  type CelValue,
  Duration,
  isList,
  lengthened,
  newList,
  Uint,
  valuesOf,
} from './cel-value.ts';
import { compareValues, hasSameKeys, isEqual } from './compare-values.ts';
import { add } from './number-functions.ts';

/** Functions of lists. */

const ofList =
  (run: (values: CelValue[], list: CelList) => CelValue): CelFunction =>
  (list) =>
    list !== undefined && isList(list) ? run(valuesOf(list), list) : undefined;

const ofLists =
  (run: (values: CelValue[], others: CelValue[]) => CelValue): CelFunction =>
  (list, other) =>
    list !== undefined && other !== undefined && isList(list) && isList(other)
      ? run(valuesOf(list), valuesOf(other))
      : undefined;

const has = (values: readonly CelValue[], value: CelValue): boolean => values.some((one) => isEqual(one, value));

/** A set gets what it has not, a keyed list has its items replaced by those of the same keys. */
function joined(list: CelList, other: CelList): CelList {
  const { form } = list;
  if (form === 'atomic') return lengthened(list, valuesOf(other));
  const [values, more] = [valuesOf(list), valuesOf(other)];
  if (form === 'set') return newList([...values, ...more.filter((one) => !has(values, one))], form);
  for (const one of more) {
    const at = values.findIndex((value) => hasSameKeys(value, one, form));
    if (at < 0) values.push(one);
    else values[at] = one;
  }
  return newList(values, form);
}

function extreme(values: readonly CelValue[], name: string, isBetter: (order: number) => boolean): CelValue {
  const [first, ...rest] = values;
  if (first === undefined) throw new CelError(`${name} called on empty list`);
  return rest.reduce((best, value) => (isBetter(compareValues(value, best)) ? value : best), first);
}

function sum(values: readonly CelValue[]): CelValue {
  const [first, ...rest] = values;
  return first === undefined ? 0n : rest.reduce((total, value) => add(total, value), first);
}

function sortedBy(values: readonly CelValue[], keys: readonly CelValue[]): CelValue {
  const order = values.map((_, index) => index);
  return newList(
    order.sort((a, b) => compareValues(keys[a] ?? null, keys[b] ?? null)).map((index) => values[index] ?? null),
  );
}

function flattened(values: readonly CelValue[], depth: number): CelValue[] {
  if (depth < 0) throw new CelError('level must be non-negative');
  if (depth === 0) return [...values];
  const items = values.flatMap((value) => (isList(value) ? flattened(valuesOf(value), depth - 1) : [value]));
  addWork(items.length * ITEM_WORK);
  return items;
}

function slice(list: CelValue | undefined, from: CelValue | undefined, to: CelValue | undefined): CelValue | undefined {
  if (list === undefined || !isList(list) || typeof from !== 'bigint' || typeof to !== 'bigint') return undefined;
  return sliced(list, Number(from), Number(to));
}

function sliced(list: CelList, from: number, to: number): CelValue {
  if (from < 0 || to < 0) throw new CelError(`cannot slice(${from}, ${to}), negative indexes not supported`);
  if (from > to)
    throw new CelError(`cannot slice(${from}, ${to}), start index must be less than or equal to end index`);
  if (list.length < to) throw new CelError(`cannot slice(${from}, ${to}), list is length ${list.length}`);
  return newList(Array.from({ length: to - from }, (_, index) => list.at(from + index)));
}

/** More could not be in a request. */
const LONGEST_RANGE = 1_000_000n;

function range(count: CelValue | undefined): CelValue | undefined {
  if (typeof count !== 'bigint') return undefined;
  if (count > LONGEST_RANGE) throw new CelError('operation cancelled: actual cost limit exceeded');
  return newList(Array.from({ length: Math.max(0, Number(count)) }, (_, index) => BigInt(index)));
}

const isSummed = (value: CelValue): boolean =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint || value instanceof Duration;

export const listFunctions: CelFunctions = {
  '_+_': (list, other) =>
    list !== undefined && other !== undefined && isList(list) && isList(other) ? joined(list, other) : undefined,
  isSorted: ofList((values) =>
    values.slice(1).every((value, index) => compareValues(values[index] ?? null, value) <= 0),
  ),
  sum: (list) =>
    list !== undefined && isList(list) && valuesOf(list).every(isSummed) ? sum(valuesOf(list)) : undefined,
  min: ofList((values) => extreme(values, 'min', (order) => order < 0)),
  max: ofList((values) => extreme(values, 'max', (order) => order > 0)),
  indexOf: (list, value = null) =>
    list !== undefined && isList(list) ? BigInt(valuesOf(list).findIndex((one) => isEqual(one, value))) : undefined,
  lastIndexOf: (list, value = null) =>
    list !== undefined && isList(list) ? BigInt(valuesOf(list).findLastIndex((one) => isEqual(one, value))) : undefined,
  sort: ofList((values) => sortedBy(values, values)),
  '@sortByAssociatedKeys': ofLists(sortedBy),
  reverse: ofList((values) => newList(values.toReversed())),
  distinct: ofList((values) =>
    newList(values.filter((value, index) => values.findIndex((one) => isEqual(one, value)) === index)),
  ),
  flatten: (list, depth = 1n) =>
    list !== undefined && isList(list) && typeof depth === 'bigint'
      ? newList(flattened(valuesOf(list), Number(depth)))
      : undefined,
  slice,
  'lists.range': range,
  'sets.contains': ofLists((values, others) => others.every((other) => has(values, other))),
  'sets.intersects': ofLists((values, others) => others.some((other) => has(values, other))),
  'sets.equivalent': ofLists(
    (values, others) => values.every((one) => has(others, one)) && others.every((one) => has(values, one)),
  ),
};
