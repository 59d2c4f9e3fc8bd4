import { type Atom, deduceAtom, fieldType, type ListAtom, type MapAtom, type TypeRef } from './atom.ts';
import { type FieldSet, insertPath, type MutableFieldSet, newFieldSet } from './field-set.ts';
import { isJsonObject, presentKeys } from './json-value.ts';
import { listItemElement } from './list-item.ts';
import { fieldElement, type PathElement } from './path-element.ts';

/**
 * Every field that a value sets, as an applier comes to own them: leaves, items of associative lists, keys of maps (not the names of declared
 * fields with something below them), and whatever is null or an empty map.
 */
export function toFieldSet(type: TypeRef, value: unknown): FieldSet {
  const set = newFieldSet();
  visit(set, [], type.atom(), value);
  return set;
}

function visit(set: MutableFieldSet, path: readonly PathElement[], declared: Atom, value: unknown): void {
  const atom = deduceAtom(declared, value);
  if (atom.map) visitMap(set, path, atom.map, value);
  else if (atom.scalar || atom.list?.atomic) insertPath(set, path);
  else if (atom.list && Array.isArray(value)) visitList(set, path, atom.list, value);
}

function visitMap(set: MutableFieldSet, path: readonly PathElement[], map: MapAtom, value: unknown): void {
  if (map.atomic) {
    insertPath(set, path);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const key of presentKeys(value)) {
    const below = [...path, fieldElement(key)];
    visit(set, below, fieldType(map, key).atom(), value[key]);
    if (isEmptyField(value[key]) || !map.field(key)) insertPath(set, below);
  }
}

function isEmptyField(value: unknown): boolean {
  return value === null || (isJsonObject(value) && presentKeys(value).length === 0);
}

/** Duplicates (which stored objects can have) are owned as one, without what is below. */
function visitList(set: MutableFieldSet, path: readonly PathElement[], list: ListAtom, items: unknown[]): void {
  const elements = items.map((item) => listItemElement(list, item));
  const counts = new Map<PathElement, number>();
  for (const element of elements) counts.set(element, (counts.get(element) ?? 0) + 1);
  elements.forEach((element, index) => {
    const below = [...path, element];
    if (counts.get(element) === 1) visit(set, below, list.element.atom(), items[index]);
    insertPath(set, below);
  });
}
