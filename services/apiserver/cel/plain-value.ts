import { isJsonObject } from '../types/json-value.ts';
import { int64Of } from '../types/number-range.ts';
import { addWork, ITEM_WORK, NAME_WORK } from './budget.ts';
import type { CelList, CelMap, CelValue } from './cel-value.ts';

/**
 * A JSON value as expressions see it that know no schema of it: whole numbers are `int`, names are as they are written, what is null is there. Nothing is
 * read before it is asked for.
 */
export function plainValue(value: unknown): CelValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isInteger(value) ? int64Of(value) : value;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (Array.isArray(value)) return plainList(value);
  return isJsonObject(value) ? plainMap(value) : null;
}

function plainList(items: readonly unknown[]): CelList {
  addWork(ITEM_WORK);
  return { form: 'atomic', length: items.length, at: (index) => plainValue(items[index]) };
}

function plainMap(object: Readonly<Record<string, unknown>>): CelMap {
  addWork(ITEM_WORK);
  const keys = (): string[] => {
    const names = Object.keys(object);
    addWork(names.length * NAME_WORK);
    return names;
  };
  return {
    get size() {
      return keys().length;
    },
    find: (key) => (typeof key === 'string' && Object.hasOwn(object, key) ? plainValue(object[key]) : undefined),
    keys,
  };
}
