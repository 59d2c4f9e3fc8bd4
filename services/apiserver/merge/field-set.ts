import { fieldElement, type PathElement, sortedPathElements } from './path-element.ts';

/**
 * A set of field paths, as a trie. A path can be a member although longer ones are too: owning a list's item is another thing than owning
 * its fields. Never changed once it is shared: the operations give new sets. After sigs.k8s.io/structured-merge-diff, `fieldpath.Set`.
 */
export interface FieldSet {
  readonly members: ReadonlySet<PathElement>;
  readonly children: ReadonlyMap<PathElement, FieldSet>;
}

/** For building: `insert` into it, then use it as a `FieldSet`. */
export interface MutableFieldSet extends FieldSet {
  readonly members: Set<PathElement>;
  readonly children: Map<PathElement, MutableFieldSet>;
}

export function newFieldSet(): MutableFieldSet {
  return { members: new Set(), children: new Map() };
}

export const emptyFieldSet: FieldSet = newFieldSet();

/** Adds one path; its parents do not become members. The empty path is nobody's. */
export function insertPath(set: MutableFieldSet, path: readonly PathElement[]): void {
  const last = path.at(-1);
  if (last === undefined) return;
  let node = set;
  for (const element of path.slice(0, -1)) node = descend(node, element);
  node.members.add(last);
}

function descend(set: MutableFieldSet, element: PathElement): MutableFieldSet {
  const known = set.children.get(element);
  if (known) return known;
  const child = newFieldSet();
  set.children.set(element, child);
  return child;
}

/** A set of plain field paths: `[['metadata', 'name'], ['status']]`. */
export function fieldSetOf(paths: readonly (readonly string[])[]): FieldSet {
  const set = newFieldSet();
  for (const path of paths) insertPath(set, path.map(fieldElement));
  return set;
}

export function isEmptySet(set: FieldSet): boolean {
  if (set.members.size > 0) return false;
  for (const child of set.children.values()) if (!isEmptySet(child)) return false;
  return true;
}

export function hasPath(set: FieldSet, path: readonly PathElement[]): boolean {
  const last = path.at(-1);
  if (last === undefined) return false;
  let node: FieldSet | undefined = set;
  for (const element of path.slice(0, -1)) node = node?.children.get(element);
  return node?.members.has(last) ?? false;
}

/** Builds the children of a result; empty ones are left out. */
function mapChildren(
  children: ReadonlyMap<PathElement, FieldSet>,
  map: (child: FieldSet, element: PathElement) => FieldSet | undefined,
): Map<PathElement, FieldSet> {
  const out = new Map<PathElement, FieldSet>();
  for (const [element, child] of children) {
    const mapped = map(child, element);
    if (mapped && !isEmptySet(mapped)) out.set(element, mapped);
  }
  return out;
}

/** One of the two itself, where it holds the other. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isSubset(a, b)) return b;
  if (isSubset(b, a)) return a;
  const children = new Map(a.children);
  for (const [element, child] of b.children) {
    const mine = a.children.get(element);
    children.set(element, mine ? union(mine, child) : child);
  }
  return { members: new Set([...a.members, ...b.members]), children };
}

/** In halves, so that each path is copied a few times only, however many sets there are. */
export function unionOf(sets: readonly FieldSet[]): FieldSet {
  const [first = emptyFieldSet, second] = sets;
  if (!second) return first;
  const middle = sets.length >> 1;
  return union(unionOf(sets.slice(0, middle)), unionOf(sets.slice(middle)));
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return {
    members: new Set([...a.members].filter((member) => b.members.has(member))),
    children: mapChildren(a.children, (child, element) => {
      const other = b.children.get(element);
      return other && intersection(child, other);
    }),
  };
}

/** Whether all of `a` is in `b`. */
export function isSubset(a: FieldSet, b: FieldSet): boolean {
  for (const member of a.members) if (!b.members.has(member)) return false;
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    if (!(other ? isSubset(child, other) : isEmptySet(child))) return false;
  }
  return true;
}

/** Whether a member of one is a member of the other. */
export function overlaps(a: FieldSet, b: FieldSet): boolean {
  for (const member of b.members) if (a.members.has(member)) return true;
  for (const [element, child] of b.children) {
    const mine = a.children.get(element);
    if (mine && overlaps(mine, child)) return true;
  }
  return false;
}

/** The members of `a` that are not members of `b`; a member of `b` does not take what is below it. `a` itself, where nothing is taken. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (!overlaps(a, b)) return a;
  return {
    members: new Set([...a.members].filter((member) => !b.members.has(member))),
    children: mapChildren(a.children, (child, element) => {
      const other = b.children.get(element);
      return other ? difference(child, other) : child;
    }),
  };
}

/** As `difference`, but a member of `b` takes everything below it too. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.members.size + b.children.size === 0 || a.members.size + a.children.size === 0) return a;
  return {
    members: new Set([...a.members].filter((member) => !b.members.has(member))),
    children: mapChildren(a.children, (child, element) => {
      if (b.members.has(element)) return undefined;
      const other = b.children.get(element);
      return other ? recursiveDifference(child, other) : child;
    }),
  };
}

/** What is below one step; empty if nothing is. */
export function withPrefix(set: FieldSet, element: PathElement): FieldSet {
  return set.children.get(element) ?? emptyFieldSet;
}

/** How many paths it has. */
export function countOf(set: FieldSet): number {
  return [...set.children.values()].reduce((sum, child) => sum + countOf(child), set.members.size);
}

/** Every path, in upstream's order: at each level the members first, then what is below. */
export function* pathsOf(set: FieldSet, prefix: readonly PathElement[] = []): Generator<PathElement[]> {
  for (const member of sortedPathElements(set.members)) yield [...prefix, member];
  for (const element of sortedPathElements(set.children.keys())) {
    const child = set.children.get(element);
    if (child) yield* pathsOf(child, [...prefix, element]);
  }
}
