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
  constructor(type: string, value: unknown) {
    this.type = type;
    this.value = value;
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

export const valuesOf = (list: CelList): CelValue[] =>
  Array.from({ length: list.length }, (_, index) => list.at(index));

/** Numbers of all kinds are one key if they are equal. */
function keyOf(key: CelValue): unknown {
  if (key instanceof Uint) return key.value;
  return typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key;
}

export function newMap(entries: Iterable<readonly [CelValue, CelValue]>): CelMap {
  const found = new Map<unknown, readonly [CelValue, CelValue]>();
  for (const entry of entries) found.set(keyOf(entry[0]), entry);
  return {
    size: found.size,
    find: (key) => found.get(keyOf(key))?.[1],
    keys: () => [...found.values()].map(([key]) => key),
  };
}
