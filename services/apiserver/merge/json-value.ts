/** JSON as patches and field sets see it. An absent value is `undefined`, an explicit null is `null`. */

export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** A copy that shares nothing with a JSON value. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) setKey(copy, key, copyOf(value[key]));
  return copy as T;
}

/** Equality of JSON values: the order of an object's keys does not matter, and a key with `undefined` is an absent one. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  }
  return isJsonObject(a) && isJsonObject(b) && hasEqualEntries(a, b);
}

/** Whether two objects are equal when one key, with all below it, is not looked at. */
export function isEqualBut(ignored: string, a: object, b: object): boolean {
  return hasEqualEntries(a as JsonObject, b as JsonObject, ignored);
}

/** Every write compares whole objects: no lists of their keys are made. */
function hasEqualEntries(a: JsonObject, b: JsonObject, ignored?: string): boolean {
  let present = 0;
  for (const key in a) {
    const value = a[key];
    if (value === undefined || key === ignored) continue;
    if (!(key in noProperties ? isOwnAndEqual(b, key, value) : isEqual(value, b[key]))) return false;
    present += 1;
  }
  for (const key in b) if (b[key] !== undefined && key !== ignored) present -= 1;
  return present === 0;
}

/** What every object inherits, `constructor` and `__proto__` among it, which are ordinary names in JSON. */
const noProperties = {};

const isOwnAndEqual = (b: JsonObject, key: string, value: unknown): boolean =>
  Object.hasOwn(b, key) && isEqual(value, b[key]);

/** Whether it has a key whose value is not absent. */
export function hasPresentKey(object: JsonObject): boolean {
  for (const key in object) if (object[key] !== undefined) return true;
  return false;
}

export function presentKeys(object: JsonObject): string[] {
  return Object.keys(object).filter((key) => object[key] !== undefined);
}

/** What is at a key, and not what every JavaScript object inherits: `constructor` and `toString` are ordinary names in JSON. */
export function ownValue(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets a key even where its name is special in JavaScript (`__proto__` is an ordinary label or field name in JSON). */
export function setKey(object: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}

/** The value with every object's keys in order, as Go writes maps. */
export function inKeyOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inKeyOrder);
  if (!isJsonObject(value)) return value;
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).sort()) setKey(sorted, key, inKeyOrder(value[key]));
  return sorted;
}
