import { type Atom, deduceAtom, fieldType, isSameAtom, type ListAtom, type MapAtom, type TypeRef } from './atom.ts';
import { type FieldSet, insertPath, type MutableFieldSet, newFieldSet, recursiveDifference } from './field-set.ts';
import { hasPresentKey, isEqual, isJsonObject, type JsonObject, ownValue } from './json-value.ts';
import { listItemElement } from './list-item.ts';
import { fieldElement, type PathElement } from './path-element.ts';

/** What changed from one value to another, field by field. No field is in two of the sets. */
export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

interface MutableComparison extends Comparison {
  added: MutableFieldSet;
  modified: MutableFieldSet;
  removed: MutableFieldSet;
}

/** Two sides at one path; an absent side is undefined. */
interface Sides {
  before: unknown;
  after: unknown;
}

export function compare(type: TypeRef, before: unknown, after: unknown): Comparison {
  const out = { added: newFieldSet(), modified: newFieldSet(), removed: newFieldSet() };
  compareAt(out, [], type.atom(), { before, after });
  return out;
}

/** Leaves out fields with all that is below them. */
export function withoutFields(comparison: Comparison, ignored: FieldSet): Comparison {
  return {
    added: recursiveDifference(comparison.added, ignored),
    modified: recursiveDifference(comparison.modified, ignored),
    removed: recursiveDifference(comparison.removed, ignored),
  };
}

function compareAt(out: MutableComparison, path: readonly PathElement[], declared: Atom, sides: Sides): void {
  const before = deduceAtom(declared, sides.before);
  const after = deduceAtom(declared, sides.after);
  let isLeaf: boolean;
  if (sides.after === undefined) isLeaf = compareAs(out, path, before, sides);
  else if (sides.before === undefined || isSameAtom(before, after)) isLeaf = compareAs(out, path, after, sides);
  else {
    compareAs(out, path, before, sides);
    isLeaf = compareAs(out, path, after, sides);
  }
  if (isLeaf) return;
  if (sides.before === undefined) insertPath(out.added, path);
  else if (sides.after === undefined) insertPath(out.removed, path);
}

/** Whether it was compared as one field. */
function compareAs(out: MutableComparison, path: readonly PathElement[], atom: Atom, sides: Sides): boolean {
  if (atom.map) return compareMaps(out, path, atom.map, sides);
  if (atom.list && !atom.scalar) return compareLists(out, path, atom.list, sides);
  compareLeaf(out, path, sides);
  return true;
}

function compareLeaf(out: MutableComparison, path: readonly PathElement[], { before, after }: Sides): void {
  if (before === undefined) insertPath(out.added, path);
  else if (after === undefined) insertPath(out.removed, path);
  else if (!isEqual(before, after)) insertPath(out.modified, path);
}

const asMap = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function compareMaps(out: MutableComparison, path: readonly PathElement[], map: MapAtom, sides: Sides): boolean {
  const [before, after] = [asMap(sides.before), asMap(sides.after)];
  if (map.atomic || !(hasPresentKey(before) || hasPresentKey(after))) {
    compareLeaf(out, path, sides);
    return true;
  }
  const compareKey = (key: string, below: Sides): void =>
    compareAt(out, [...path, fieldElement(key)], fieldType(map, key).atom(), below);
  for (const key in before) {
    const below = { before: before[key], after: ownValue(after, key) };
    // Most of an object is as it was.
    if (below.before !== undefined && below.before !== below.after) compareKey(key, below);
  }
  for (const key in after) {
    if (after[key] !== undefined && ownValue(before, key) === undefined)
      compareKey(key, { before: undefined, after: after[key] });
  }
  return false;
}

function compareLists(out: MutableComparison, path: readonly PathElement[], list: ListAtom, sides: Sides): boolean {
  const [before, after] = [asList(sides.before), asList(sides.after)];
  if (list.atomic || before.length + after.length === 0) {
    compareLeaf(out, path, sides);
    return true;
  }
  const [mine, theirs] = [byElement(list, before), byElement(list, after)];
  for (const element of new Set([...mine.keys(), ...theirs.keys()])) {
    const items = { before: mine.get(element) ?? [], after: theirs.get(element) ?? [] };
    compareItems(out, [...path, element], list.element.atom(), items);
  }
  return false;
}

function byElement(list: ListAtom, items: unknown[]): Map<PathElement, unknown[]> {
  const out = new Map<PathElement, unknown[]>();
  for (const item of items) {
    const element = listItemElement(list, item);
    const alike = out.get(element);
    if (alike) alike.push(item);
    else out.set(element, [item]);
  }
  return out;
}

/** Items of one name. Duplicates are compared as if they were one field. */
function compareItems(
  out: MutableComparison,
  path: readonly PathElement[],
  atom: Atom,
  { before, after }: { before: unknown[]; after: unknown[] },
): void {
  if (before.length <= 1 && after.length <= 1) compareAt(out, path, atom, { before: before[0], after: after[0] });
  else if (before.length > 1 && after.length > 1) {
    if (!isEqual(before, after)) insertPath(out.modified, path);
  } else if (before.length > 1) {
    if (after.length === 1) compareAt(out, path, atom, { before: undefined, after: after[0] });
    insertPath(out.removed, path);
  } else {
    if (before.length === 1) compareAt(out, path, atom, { before: before[0], after: undefined });
    insertPath(out.added, path);
  }
}
