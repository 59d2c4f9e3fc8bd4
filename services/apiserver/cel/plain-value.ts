import { isJsonObject } from '../types/json-value.ts';
import { type CelMap, type CelValue, newList } from './cel-value.ts';

/** A JSON value as expressions see it that know no schema of it: whole numbers are `int`, names are as they are written, what is null is there. */
export function plainValue(value: unknown): CelValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (Array.isArray(value)) return newList(value.map(plainValue));
  return isJsonObject(value) ? plainMap(value) : null;
}

function plainMap(object: Readonly<Record<string, unknown>>): CelMap {
  return {
    get size() {
      return Object.keys(object).length;
    },
    find: (key) => (typeof key === 'string' && Object.hasOwn(object, key) ? plainValue(object[key]) : undefined),
    keys: () => Object.keys(object),
  };
}
