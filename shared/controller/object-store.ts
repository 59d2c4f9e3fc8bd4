import type { KubeObject } from '../apis/meta/v1.ts';
import { keyOf, type Store } from './store.ts';

/** The writing side of a store; informers have it. */
export interface ObjectStore<T extends KubeObject> extends Store<T> {
  set(object: T): T | undefined;
  delete(key: string): T | undefined;
  /** Swaps the whole content; what was in it before is returned. */
  replace(objects: Iterable<T>): Map<string, T>;
}

type IndexFunctions<T> = Record<string, (object: T) => string[]>;

/** Keeps objects by key, and by the values that its indexes find in them. */
export function newObjectStore<T extends KubeObject>(indexFunctions: IndexFunctions<T> = {}): ObjectStore<T> {
  let objects = new Map<string, T>();
  const indexes = new Map(
    Object.entries(indexFunctions).map(([name, valuesOf]) => [name, newIndex(valuesOf)] as const),
  );
  const put = (key: string, object: T): T | undefined => {
    const previous = objects.get(key);
    objects.set(key, object);
    for (const index of indexes.values()) index.move(key, previous, object);
    return previous;
  };
  return {
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    byIndex: (name, value) => {
      const index = indexes.get(name);
      if (!index) throw new Error(`there is no index "${name}"`);
      return [...index.keys(value)].map((key) => objects.get(key)).filter((object) => object !== undefined);
    },
    set: (object) => put(keyOf(object), object),
    delete: (key) => {
      const previous = objects.get(key);
      objects.delete(key);
      for (const index of indexes.values()) index.move(key, previous, undefined);
      return previous;
    },
    replace: (replacement) => {
      const before = objects;
      objects = new Map();
      for (const index of indexes.values()) index.clear();
      for (const object of replacement) put(keyOf(object), object);
      return before;
    },
  };
}

function newIndex<T>(valuesOf: (object: T) => string[]) {
  /** Most values are of one object, as a uid is: a set of its own for each would be most of the index. */
  const keysByValue = new Map<string, string | Set<string>>();
  const remove = (key: string, value: string): void => {
    const keys = keysByValue.get(value);
    const isLast = typeof keys === 'string' ? keys === key : keys?.delete(key) && keys.size === 0;
    if (isLast) keysByValue.delete(value);
  };
  const add = (key: string, value: string): void => {
    const keys = keysByValue.get(value);
    if (keys === undefined) keysByValue.set(value, key);
    else if (typeof keys !== 'string') keys.add(key);
    else if (keys !== key) keysByValue.set(value, new Set([keys, key]));
  };
  return {
    keys: (value: string): Iterable<string> => {
      const keys = keysByValue.get(value) ?? [];
      return typeof keys === 'string' ? [keys] : keys;
    },
    clear: () => keysByValue.clear(),
    move: (key: string, previous: T | undefined, next: T | undefined) => {
      const before = previous === undefined ? [] : valuesOf(previous);
      const after = next === undefined ? [] : valuesOf(next);
      if (isSameList(before, after)) return;
      for (const value of before) remove(key, value);
      for (const value of after) add(key, value);
    },
  };
}

/** Most changes move nothing: leases are renewed by the thousand. */
const isSameList = (one: string[], other: string[]): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index]);
