import type { CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, isList, isMap, newList, Optional, Uint, valuesOf } from './cel-value.ts';

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0 || value === 0n || value === '') return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Uint8Array || isList(value)) return value.length === 0;
  return isMap(value) && value.size === 0;
}

function unwrapped(list: CelValue | undefined): CelValue | undefined {
  if (list === undefined || !isList(list)) return undefined;
  return newList(
    valuesOf(list).flatMap((item) => (item instanceof Optional && item.value !== undefined ? [item.value] : [])),
  );
}

export const optionalFunctions: CelFunctions = {
  'optional.of': (value = null) => new Optional(value),
  'optional.ofNonZeroValue': (value = null) => (isZero(value) ? new Optional() : new Optional(value)),
  'optional.none': () => new Optional(),
  'optional.unwrap': unwrapped,
  unwrapOpt: unwrapped,
  hasValue: (value) => (value instanceof Optional ? value.value !== undefined : undefined),
  value: (value) => {
    if (!(value instanceof Optional)) return undefined;
    if (value.value === undefined) throw new CelError('optional.none() dereference');
    return value.value;
  },
  first: (list) =>
    list !== undefined && isList(list) ? new Optional(list.length > 0 ? list.at(0) : undefined) : undefined,
  last: (list) =>
    list !== undefined && isList(list)
      ? new Optional(list.length > 0 ? list.at(list.length - 1) : undefined)
      : undefined,
};
