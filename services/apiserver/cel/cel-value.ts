import { addWork, ITEM_WORK } from './budget.ts';

/** The values that expressions work on. Booleans, texts, bytes and null are JavaScript's, `int` is a BigInt and `double` a number. */
export type CelValue =
  | boolean
  | bigint
  | number
  | string
  | null
  | Uint8Array
  | Uint
  | Timestamp
  | Duration
  | Optional
  | TypeValue
  | Opaque
  | CelList
  | CelMap;

/** What evaluating comes to where it comes to no value; in cel-go's words. */
export class CelError extends Error {}

export const noSuchOverload = (): CelError => new CelError('no such overload');

export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    if (value < 0n || value > 2n ** 64n - 1n) throw new CelError('unsigned integer overflow');
    this.value = value;
  }
}

/** In nanoseconds since 1970. */
export class Timestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class Optional {
  readonly value: CelValue | undefined;
  constructor(value?: CelValue) {
    this.value = value;
  }
}

export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value of a library's own type, such as a URL. */
export class Opaque {
  readonly type: string;
  readonly value: unknown;
  readonly fields: Readonly<Record<string, CelValue>>;
  constructor(type: string, value: unknown, fields: Readonly<Record<string, CelValue>> = {}) {
    this.type = type;
    this.value = value;
    this.fields = fields;
  }
}

/** How a list is compared and joined: in order, as a set, or by the keys of its items. */
export type ListForm = 'atomic' | 'set' | readonly string[];

export interface CelList {
  readonly form: ListForm;
  readonly length: number;
  at: (index: number) => CelValue;
}

export interface CelMap {
  readonly size: number;
  find: (key: CelValue) => CelValue | undefined;
  keys: () => CelValue[];
}

const isObject = (value: CelValue): value is Exclude<CelValue, boolean | bigint | number | string | null> =>
  typeof value === 'object' && value !== null;
export const isList = (value: CelValue): value is CelList => isObject(value) && 'at' in value && 'form' in value;
export const isMap = (value: CelValue): value is CelMap =>
  isObject(value) && 'find' in value && 'keys' in value && !('form' in value) && !(value instanceof Uint8Array);

export const newList = (values: readonly CelValue[], form: ListForm = 'atomic'): CelList => ({
  form,
  length: values.length,
  at: (index) => values[index] ?? null,
});

export function valuesOf(list: CelList): CelValue[] {
  addWork(list.length * ITEM_WORK);
  return Array.from({ length: list.length }, (_, index) => list.at(index));
}

/** What lists that loops make one item longer in each round share: each sees as much of it as there was when it was made. */
const grown = new WeakMap<CelList, CelValue[]>();

/** `list` and what comes after it; only what is new is copied where `list` was made in this way itself, and nothing else after it. */
export function lengthened(list: CelList, more: readonly CelValue[]): CelList {
  const own = grown.get(list);
  const values = own?.length === list.length ? own : valuesOf(list);
  for (const value of more) values.push(value);
  const longer = newList(values);
  grown.set(longer, values);
  return longer;
}

/** Numbers of all kinds are one key if they are equal. */
export function keyOf(key: CelValue): unknown {
  if (key instanceof Uint) return key.value;
  return typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key;
}

/** In the order in which they came. Maps that grow in loops share one, as lists do. */
interface Entries {
  byKey: Map<unknown, { at: number; value: CelValue }>;
  keys: CelValue[];
}

const grownMaps = new WeakMap<CelMap, Entries>();

export function newMap(entries: Iterable<readonly [CelValue, CelValue]>): CelMap {
  return enlarged({ byKey: new Map(), keys: [] }, entries);
}

function enlarged(all: Entries, more: Iterable<readonly [CelValue, CelValue]>): CelMap {
  for (const [key, value] of more) {
    const at = all.byKey.get(keyOf(key))?.at ?? all.keys.push(key) - 1;
    all.byKey.set(keyOf(key), { at, value });
  }
  const size = all.keys.length;
  const map: CelMap = {
    size,
    find: (key) => {
      const entry = all.byKey.get(keyOf(key));
      return entry && entry.at < size ? entry.value : undefined;
    },
    keys: () => {
      addWork(size * ITEM_WORK);
      return all.keys.slice(0, size);
    },
  };
  grownMaps.set(map, all);
  return map;
}

/** With keys that it has not. */
export function withEntries(map: CelMap, more: readonly (readonly [CelValue, CelValue])[]): CelMap {
  const own = grownMaps.get(map);
  if (own?.keys.length === map.size) return enlarged(own, more);
  return newMap([...map.keys().map((key): [CelValue, CelValue] => [key, map.find(key) ?? null]), ...more]);
}
