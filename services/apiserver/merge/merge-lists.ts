import type { ListAtom } from './atom.ts';
import { listItemElement } from './list-item.ts';
import type { PathElement } from './path-element.ts';

/** Merging of associative lists, in upstream's order. */

interface Lists {
  live: readonly unknown[];
  applied: readonly unknown[];
}

type MergeItems = (live: unknown, applied: unknown) => unknown;

interface Indexed {
  elements: PathElement[];
  /** By name. Of duplicates, which only live lists have, nothing is merged: null. */
  items: Map<PathElement, unknown>;
}

function index(list: ListAtom, items: readonly unknown[]): Indexed {
  const out: Indexed = { elements: [], items: new Map() };
  for (const item of items) {
    const element = listItemElement(list, item);
    out.elements.push(element);
    out.items.set(element, out.items.has(element) ? null : item);
  }
  return out;
}

/**
 * The items of both. Shared items come in the applied order; an item that only the live list has stays where it was among them, and goes before
 * an item that is only applied.
 */
export function mergeLists(list: ListAtom, { live, applied }: Lists, merge: MergeItems): unknown[] {
  const [left, right] = [index(list, live), index(list, applied)];
  const shared = right.elements.filter((element) => left.items.has(element));
  const merged = new Set<PathElement>();
  const out: unknown[] = [];
  // Of the shared ones; to take the first away would move all the others.
  let next = 0;
  const takeApplied = (element: PathElement): void => {
    merged.add(element);
    out.push(merge(left.items.get(element), right.items.get(element)));
    if (shared[next] === element) next++;
  };
  let [l, r] = [0, 0];
  while (l < left.elements.length || r < right.elements.length) {
    const [mine, theirs] = [left.elements[l], right.elements[r]];
    if (mine !== undefined && theirs !== undefined) {
      if (mine === theirs) {
        takeApplied(mine);
        l++;
        r++;
        continue;
      }
      // Shared, but its turn comes later.
      if (right.items.has(mine) && shared[next] !== undefined && shared[next] !== mine) {
        l++;
        continue;
      }
    }
    if (mine !== undefined) {
      if (!right.items.has(mine)) {
        out.push(merge(live[l], undefined));
        l++;
        continue;
      }
      if (merged.has(mine)) l++;
    }
    if (theirs !== undefined) {
      takeApplied(theirs);
      r++;
    }
  }
  return out;
}
