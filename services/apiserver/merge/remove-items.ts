import { deduceAtom, fieldType, type ListAtom, type MapAtom, type TypeRef } from './atom.ts';
import { type FieldSet, isEmptySet, withPrefix } from './field-set.ts';
import { isJsonObject, type JsonObject, presentKeys, setKey } from './json-value.ts';
import { listItemElement } from './list-item.ts';
import { fieldElement } from './path-element.ts';

/** What takes the place of a map or list of which nothing is left: null while owners are worked out (its name is still there), nothing in the object. */
export type Emptied = null | undefined;

export interface Removal {
  set: FieldSet;
  emptied: Emptied;
}

/**
 * A value without the map entries and list items of a set. What is atomic has nothing to remove from and goes as a whole. A map around one that became empty is
 * not empty itself: upstream has null in it, which a pointer of a built-in kind is not shown for.
 */
export function removeItems(type: TypeRef, value: unknown, removal: Removal): unknown {
  const atom = deduceAtom(type.atom(), value);
  if (atom.map && isJsonObject(value)) return removeFromMap(atom.map, value, removal);
  if (atom.list && Array.isArray(value)) return removeFromList(atom.list, value, removal);
  return value;
}

function removeFromMap(map: MapAtom, value: JsonObject, { set, emptied }: Removal): unknown {
  if (map.atomic) return emptied;
  const left = presentKeys(value).filter((key) => !set.members.has(fieldElement(key)));
  if (left.length === 0) return emptied;
  const out: JsonObject = {};
  for (const key of left) {
    const element = fieldElement(key);
    const kept = without(fieldType(map, key), value[key], { set: withPrefix(set, element), emptied });
    if (kept !== undefined) setKey(out, key, kept);
  }
  return out;
}

function removeFromList(list: ListAtom, items: unknown[], { set, emptied }: Removal): unknown {
  if (list.atomic) return emptied;
  const out: unknown[] = [];
  for (const item of items) {
    const element = listItemElement(list, item);
    if (set.members.has(element)) continue;
    const kept = without(list.element, item, { set: withPrefix(set, element), emptied });
    if (kept !== undefined && kept !== null) out.push(kept);
  }
  return out.length > 0 ? out : emptied;
}

function without(type: TypeRef, value: unknown, removal: Removal): unknown {
  return isEmptySet(removal.set) ? value : removeItems(type, value, removal);
}
