import { newBadRequest, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import { isJsonObject } from './json-value.ts';

/**
 * Values of JSON compared as Go compares them: maps and lists can't be, upstream's server breaks the request off over them. Here it is refused.
 */

/** Throws 400 for what upstream's server dies of. */
export function checkHashable(values: readonly unknown[]): void {
  if (values.some(isUnhashable)) throw newIncomparable();
}

/** Throws 400 for two maps or two lists. */
export function isSame(a: unknown, b: unknown): boolean {
  if (isUnhashable(a) && isUnhashable(b) && Array.isArray(a) === Array.isArray(b)) throw newIncomparable();
  return a === b;
}

export const newIncomparable = (): StatusError =>
  newBadRequest('invalid patch format: items of a list, and what names them, have to be text, numbers or booleans');

const isUnhashable = (value: unknown): boolean => Array.isArray(value) || isJsonObject(value);

/** The first place of each key in a list. */
export interface KeyIndex {
  /** -1: nowhere. Throws 400 for a map or a list among such. */
  find(key: unknown): number;
  add(key: unknown, place: number): void;
  remove(key: unknown): void;
}

export function newKeyIndex(): KeyIndex {
  const places = new Map<unknown, number>();
  let [hasMap, hasList] = [false, false];
  return {
    find: (key) => {
      if (Array.isArray(key) ? hasList : isJsonObject(key) && hasMap) throw newIncomparable();
      return places.get(key) ?? -1;
    },
    add: (key, place) => {
      if (Array.isArray(key)) hasList = true;
      else if (isJsonObject(key)) hasMap = true;
      else if (!places.has(key)) places.set(key, place);
    },
    remove: (key) => void places.delete(key),
  };
}

/** Of items that have the key; others are nowhere. */
export function indexByKey(items: readonly unknown[], mergeKey: string): KeyIndex {
  const index = newKeyIndex();
  items.forEach((item, place) => {
    if (isJsonObject(item) && Object.hasOwn(item, mergeKey)) index.add(item[mergeKey], place);
  });
  return index;
}
