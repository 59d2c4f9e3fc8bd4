import { addWork } from './budget.ts';
import {
  CelError,
  type CelList,
  type CelMap,
  type CelValue,
  Duration,
  isList,
  isMap,
  noSuchOverload,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  valuesOf,
} from './cel-value.ts';
import { compareOpaque } from './opaque-values.ts';

/** What one takes, as work is counted. */
const COMPARISON = 100;

/** Whether two values are equal: numbers of all kinds by what they are, sets and keyed lists in any order, values of different types never. */
export function isEqual(a: CelValue, b: CelValue): boolean {
  addWork(COMPARISON);
  if (typeof a === 'string' && typeof b === 'string') return isSameText(a, b);
  if (a === b) return true;
  const [one, other] = [numberOf(a), numberOf(b)];
  if (one !== undefined && other !== undefined) return one <= other && one >= other;
  if (isList(a) && isList(b)) return isSameList(a, b);
  if (isMap(a) && isMap(b)) return isSameMap(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (a instanceof Timestamp && b instanceof Timestamp) return a.nanos === b.nanos;
  if (a instanceof Duration && b instanceof Duration) return a.nanos === b.nanos;
  if (a instanceof TypeValue && b instanceof TypeValue) return a.name === b.name;
  if (a instanceof Optional && b instanceof Optional) return isSameOptional(a, b);
  return a instanceof Opaque && b instanceof Opaque && a.type === b.type && compareOpaque(a, b) === 0;
}

function isSameText(a: string, b: string): boolean {
  if (a.length === b.length) addWork(a.length / 8);
  return a === b;
}

export const numberOf = (value: CelValue): bigint | number | undefined => {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
};

const isSameOptional = (a: Optional, b: Optional): boolean =>
  a.value === undefined || b.value === undefined ? a.value === b.value : isEqual(a.value, b.value);

function isSameList(a: CelList, b: CelList): boolean {
  if (a.length !== b.length) return false;
  const [items, others] = [valuesOf(a), valuesOf(b)];
  if (a.form === 'atomic') return items.every((item, index) => isEqual(item, others[index] ?? null));
  if (a.form === 'set') return others.every((other) => items.some((item) => isEqual(item, other)));
  const keys = a.form;
  return others.every((other) => {
    const item = items.find((one) => hasSameKeys(one, other, keys));
    return item !== undefined && isEqual(item, other);
  });
}

/** Of items of a keyed list. */
export function hasSameKeys(a: CelValue, b: CelValue, keys: readonly string[]): boolean {
  if (!isMap(a) || !isMap(b)) return false;
  return keys.every((key) => isEqual(a.find(key) ?? null, b.find(key) ?? null));
}

function isSameMap(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false;
  return a.keys().every((key) => {
    const [one, other] = [a.find(key), b.find(key)];
    return one !== undefined && other !== undefined && isEqual(one, other);
  });
}

/** Negative, zero or positive. Throws a CelError where values have no order. */
export function compareValues(a: CelValue, b: CelValue): number {
  const [one, other] = [numberOf(a), numberOf(b)];
  if (one !== undefined && other !== undefined) return compareNumbers(one, other);
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (a instanceof Timestamp && b instanceof Timestamp) return compareNumbers(a.nanos, b.nanos);
  if (a instanceof Duration && b instanceof Duration) return compareNumbers(a.nanos, b.nanos);
  throw noSuchOverload();
}

/** By their bytes. */
function compareTexts(a: string, b: string): number {
  addWork(a.length + b.length);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function compareNumbers(a: bigint | number, b: bigint | number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) throw new CelError('NaN values cannot be ordered');
  return a < b ? -1 : a > b ? 1 : 0;
}
