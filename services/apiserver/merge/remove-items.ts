import { deduceAtom, fieldType, type ListAtom, type MapAtom, type TypeRef } from './atom.ts';
import { type FieldSet, isEmptySet, withPrefix } from './field-set.ts';
import { isJsonObject, type JsonObject, presentKeys, setKey } from './json-value.ts';
import { listItemElement } from './list-item.ts';
import { fieldElement } from './path-element.ts';

/**
 * A value without the map entries and list items of a set. What is atomic has nothing to remove from and goes as a whole. A map or list of which nothing is left is null,
 * as upstream: its name is still there. A kind with a struct, a map or a list in that place reads that as nothing; a custom resource is refused for it.
 */
export function removeItems(type: TypeRef, value: unknown, set: FieldSet): unknown {
  const atom = deduceAtom(type.atom(), value);
  if (atom.map && isJsonObject(value)) return removeFromMap(atom.map, value, set);
  if (atom.list && Array.isArray(value)) return removeFromList(atom.list, value, set);
  return value;
}

function removeFromMap(map: MapAtom, value: JsonObject, set: FieldSet): JsonObject | null {
  if (map.atomic) return null;
  const left = presentKeys(value).filter((key) => !set.members.has(fieldElement(key)));
  if (left.length === 0) return null;
  const out: JsonObject = {};
  for (const key of left)
    setKey(out, key, without(fieldType(map, key), value[key], withPrefix(set, fieldElement(key))));
  return out;
}

function removeFromList(list: ListAtom, items: unknown[], set: FieldSet): unknown[] | null {
  if (list.atomic) return null;
  const out: unknown[] = [];
  for (const item of items) {
    const element = listItemElement(list, item);
    if (set.members.has(element)) continue;
    const kept = without(list.element, item, withPrefix(set, element));
    if (kept !== null) out.push(kept);
  }
  return out.length > 0 ? out : null;
}

const without = (type: TypeRef, value: unknown, set: FieldSet): unknown =>
  isEmptySet(set) ? value : removeItems(type, value, set);
