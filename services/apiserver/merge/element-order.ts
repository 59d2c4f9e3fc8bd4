import { goText } from '../registry/go-text.ts';
import { checkHashable, indexByKey, type KeyIndex, newKeyIndex } from './go-equality.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { newBadArgument } from './patch-directives.ts';
import { newUnreasonedError } from './unreasoned-error.ts';

/** The order of a list that a strategic merge patch has merged. */

export interface Ordering {
  order: unknown[];
  live: unknown[];
  /** `''`: items are scalars. */
  mergeKey: string;
}

/** Items named by `order` in that order, woven into the others in the live order; where the live list does not decide, the named go first. Throws 400, 500. */
export function orderedBy(
  merged: readonly unknown[],
  { order, live, mergeKey }: Ordering,
  holdsMaps: () => boolean = () => mergeKey !== '',
): unknown[] {
  const isNamed = mergeKey === '' ? newScalarCheck(merged, order) : newKeyCheck(order, mergeKey);
  const [named, others]: unknown[][] = [[], []];
  for (const item of merged) (isNamed(item) ? named : others)?.push(item);
  const isOfMaps = holdsMaps();
  if (isOfMaps) for (const list of [named ?? [], order, others ?? [], live]) checkKeys(list, mergeKey);
  const [wanted, before] = [order, live].map((list) => newRanks(list, isOfMaps ? mergeKey : ''));
  if (!wanted || !before) return [];
  return weave(sorted(others ?? [], before), sorted(named ?? [], wanted), before);
}

function newScalarCheck(merged: readonly unknown[], order: readonly unknown[]): (item: unknown) => boolean {
  checkHashable(order);
  checkHashable(merged);
  const named = new Set(order);
  return (item) => named.has(item);
}

/** Upstream looks for an item from the beginning, and no further than to it. */
function newKeyCheck(order: readonly unknown[], mergeKey: string): (item: unknown) => boolean {
  const places = indexByKey(order, mergeKey);
  const odd = order.findIndex((item) => !isJsonObject(item));
  return (item) => {
    const place = places.find(keyOf(item, mergeKey));
    if (odd >= 0 && (place < 0 || place > odd)) throw newUnreasonedError(`value for key ${odd} is not a map`);
    return place >= 0;
  };
}

function checkKeys(list: readonly unknown[], mergeKey: string): void {
  for (const item of list) keyOf(item, mergeKey);
}

/** Throws 500 for what is no map, or has no such key. */
export function keyOf(item: unknown, mergeKey: string): unknown {
  if (!isJsonObject(item)) throw newBadArgument('map[string]interface {}', item);
  if (Object.hasOwn(item, mergeKey)) return item[mergeKey];
  throw newUnreasonedError(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
}

/** The place of an item in a list; -1: it is not there. */
type Ranks = (item: unknown) => number;

function newRanks(list: readonly unknown[], mergeKey: string): Ranks {
  const places: KeyIndex = mergeKey === '' ? newKeyIndex() : indexByKey(list, mergeKey);
  if (mergeKey === '') list.forEach((item, place) => void places.add(item, place));
  return mergeKey === '' ? places.find : (item) => places.find((item as JsonObject)[mergeKey]);
}

/** Longer lists hold only items that are there, but for odd patches. */
const FEW = 20;

function sorted(items: unknown[], ranks: Ranks): unknown[] {
  const ranked = items.map((item) => ({ item, rank: ranks(item) }));
  const isWhole = ranked.every(({ rank }) => rank >= 0);
  if (isWhole || ranked.length > FEW) ranked.sort((a, b) => lastIfAbsent(a.rank) - lastIfAbsent(b.rank));
  else insertAll(ranked);
  return ranked.map(({ item }) => item);
}

const lastIfAbsent = (rank: number): number => (rank < 0 ? Number.MAX_SAFE_INTEGER : rank);

/** As Go sorts few items by upstream's order, which is not one: what is not there goes before all, and all go before it. */
function insertAll(items: { rank: number }[]): void {
  for (let end = 1; end < items.length; end++) {
    for (let at = end; at > 0; at--) {
      const [elder, item] = [items[at - 1], items[at]];
      if (!elder || !item || (item.rank >= 0 && elder.rank >= 0 && item.rank >= elder.rank)) break;
      [items[at - 1], items[at]] = [item, elder];
    }
  }
}

function weave(others: unknown[], named: unknown[], before: Ranks): unknown[] {
  const out: unknown[] = [];
  let [o, n] = [0, 0];
  while (o < others.length && n < named.length) {
    const [other, next] = [before(others[o]), before(named[n])];
    if (other >= 0 && next >= 0 && other < next) out.push(others[o++]);
    else out.push(named[n++]);
  }
  return [...out, ...others.slice(o), ...named.slice(n)];
}
