import type { ListAtom } from './atom.ts';
import { isJsonObject, isScalar } from './json-value.ts';
import { type KeyFields, keyElement, type PathElement, valueElement } from './path-element.ts';

/** The step that names an item of an associative list: by its keys (with their defaults where absent), or by its value in a set. Throws when it has none. */
export function listItemElement(list: ListAtom, item: unknown): PathElement {
  return list.keys.length > 0 ? keyedItemElement(list, item) : setItemElement(item);
}

function setItemElement(item: unknown): PathElement {
  if (isScalar(item)) return valueElement(item);
  if (isJsonObject(item)) throw new Error("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new Error('not supported: associative list with lists as elements');
  throw new Error("associative list without keys has an element that's an explicit null");
}

function keyedItemElement(list: ListAtom, item: unknown): PathElement {
  if (item === null || item === undefined) throw new Error('associative list with keys may not have a null element');
  if (!isJsonObject(item)) throw new Error('associative list with keys may not have non-map elements');
  const fields: KeyFields = {};
  for (const key of list.keys) {
    const value = item[key] !== undefined ? item[key] : list.element.atom().map?.field(key)?.default;
    if (value !== undefined) fields[key] = value;
  }
  if (Object.keys(fields).length === 0) throw new Error(missingKeys(list.keys));
  return keyElement(fields);
}

function missingKeys(keys: readonly string[]): string {
  const names = keys.map((key) => JSON.stringify(key)).join(' ');
  return `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`;
}
