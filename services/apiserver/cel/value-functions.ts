import type { CelFunctions } from './cel-function.ts';
import {
  CelError,
  type CelList,
  type CelValue,
  Duration,
  isList,
  isMap,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  withEntries,
} from './cel-value.ts';
import { charCount } from './char-count.ts';
import { isEqual, numberOf } from './compare-values.ts';
import { checkedInt, checkedTime } from './number-functions.ts';
import { textOf } from './text-of-value.ts';
import { durationNanos, isDuration, isTimestamp, parseTimestamp } from './time-texts.ts';

/** What every value can be asked, and how values of one type become values of another. */

export function typeName(value: CelValue): string {
  if (value === null) return 'null_type';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof Opaque) return value.type;
  return isList(value) ? 'list' : 'map';
}

/** Often it is among the first: no more is read. */
function isIn(value: CelValue, list: CelList): boolean {
  for (let index = 0; index < list.length; index++) if (isEqual(list.at(index), value)) return true;
  return false;
}

function contains(value: CelValue, whole: CelValue): boolean | undefined {
  if (isList(whole)) return isIn(value, whole);
  return isMap(whole) ? whole.find(value) !== undefined : undefined;
}

function at(whole: CelValue, key: CelValue): CelValue | undefined {
  if (isMap(whole)) {
    const found = whole.find(key);
    if (found === undefined) throw new CelError(`no such key: ${textOf(key)}`);
    return found;
  }
  if (!isList(whole)) return undefined;
  const index = Number(numberOf(key) ?? Number.NaN);
  if (!Number.isInteger(index)) throw new CelError(`unsupported index: ${textOf(key)}`);
  if (index < 0 || index >= whole.length) throw new CelError(`index out of bounds: ${index}`);
  return whole.at(index);
}

/** What has no parts has none of the key. */
function optionalAt(whole: CelValue, key: CelValue): CelValue {
  if (whole instanceof Optional) return whole.value === undefined ? whole : optionalAt(whole.value, key);
  if (isMap(whole)) return new Optional(whole.find(key));
  if (!isList(whole)) return new Optional();
  const number = numberOf(key);
  if (number === undefined) throw new CelError(`unsupported index type '${typeName(key)}' in list`);
  const index = Number(number);
  if (!Number.isInteger(index)) throw new CelError(`unsupported index value ${textOf(key)} in list`);
  return index >= 0 && index < whole.length ? new Optional(whole.at(index)) : new Optional();
}

function size(value: CelValue): bigint | undefined {
  if (typeof value === 'string') return BigInt(charCount(value));
  if (value instanceof Uint8Array) return BigInt(value.length);
  if (isList(value)) return BigInt(value.length);
  return isMap(value) ? BigInt(value.size) : undefined;
}

const wrong = (value: CelValue, type: string): CelError =>
  new CelError(`type conversion error from '${typeName(value)}' to '${type}'`);

function refuse(value: CelValue, type: string): never {
  throw wrong(value, type);
}

function toInt(value: CelValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (value instanceof Uint) return checkedInt(value.value);
  if (value instanceof Duration) return value.nanos;
  if (value instanceof Timestamp) return value.nanos / 1_000_000_000n;
  if (typeof value === 'number') return intOfDouble(value);
  if (typeof value !== 'string') return undefined;
  if (!/^[+-]?\d+$/.test(value)) throw wrong(value, 'int');
  return checkedInt(
    BigInt(
      value
        .replace(/^([+-]?)0+(?=\d)/, '$1')
        .slice(0, 21)
        .replace('+', ''),
    ),
  );
}

function intOfDouble(value: number): bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) throw new CelError('integer overflow');
  return BigInt(Math.trunc(value));
}

function toDouble(value: CelValue): number | undefined {
  const number = numberOf(value);
  if (number !== undefined) return Number(number);
  if (typeof value !== 'string') return undefined;
  const read =
    value.trim() === value && value !== '' ? Number(value.replace(/^([+-]?)inf(inity)?$/i, '$1Infinity')) : Number.NaN;
  if (Number.isNaN(read) && !/^nan$/i.test(value)) throw wrong(value, 'double');
  return read;
}

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

function toBool(value: CelValue): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (TRUE.includes(value)) return true;
  if (FALSE.includes(value)) return false;
  throw wrong(value, 'bool');
}

function toUint(value: CelValue): Uint | undefined {
  if (value instanceof Uint) return value;
  if (typeof value === 'string' && !/^\+?\d+$/.test(value)) throw wrong(value, 'uint');
  const whole =
    typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string' ? toInt(value) : undefined;
  return whole === undefined ? undefined : new Uint(whole);
}

export const valueFunctions: CelFunctions = {
  '_==_': (a = null, b = null) => isEqual(a, b),
  '_!=_': (a = null, b = null) => !isEqual(a, b),
  '@in': (value = null, whole = null) => contains(value, whole),
  '_[_]': (whole = null, key = null) => (whole instanceof Optional ? optionalAt(whole, key) : at(whole, key)),
  '_[?_]': (whole = null, key = null) => optionalAt(whole, key),
  size: (value = null) => size(value),
  type: (value = null) => new TypeValue(typeName(value)),
  dyn: (value) => value,
  bool: (value = null) => toBool(value),
  bytes: (value) => (typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : undefined),
  double: (value = null) => toDouble(value),
  int: (value = null) => toInt(value),
  uint: (value = null) => toUint(value),
  string: (value = null) => textOf(value),
  duration: (value) => {
    if (typeof value === 'string')
      return isDuration(value) ? new Duration(durationNanos(value)) : refuse(value, 'google.protobuf.Duration');
    if (typeof value === 'bigint') return new Duration(value);
    return value instanceof Duration ? value : undefined;
  },
  timestamp: (value) => {
    if (typeof value === 'string')
      return isTimestamp(value) ? checkedTime(parseTimestamp(value).nanos) : refuse(value, 'google.protobuf.Timestamp');
    if (typeof value === 'bigint') return checkedTime(value * 1_000_000_000n);
    return value instanceof Timestamp ? value : undefined;
  },
  'cel.@mapInsert': (map = null, key = null, value) => {
    if (!isMap(map)) return undefined;
    const more: [CelValue, CelValue][] =
      value === undefined ? (isMap(key) ? key.keys().map((one) => [one, key.find(one) ?? null]) : []) : [[key, value]];
    for (const [own] of more)
      if (map.find(own) !== undefined) throw new CelError(`insert failed: key ${textOf(own)} already exists`);
    return withEntries(map, more);
  },
};
