import { goText } from '../registry/go-text.ts';
import { keyOf, orderedBy } from './element-order.ts';
import { indexByKey, isSame, type KeyIndex, newIncomparable } from './go-equality.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { goTypeOf, isDirective, newBadArgument, removeDirectives, unknownPatchType } from './patch-directives.ts';
import type { PatchMeta, PatchSchema } from './patch-meta.ts';
import { newUnreasonedError } from './unreasoned-error.ts';

/** Lists in strategic merge patches. As in Go, a list that loses items leaves them behind it: who still sees all of it sees those of the patch in their place. */

/** Merges a patch into an item; the strategic merge of maps. */
export type MergeMaps = (original: JsonObject, patch: JsonObject, schema: PatchSchema) => JsonObject;

interface Way {
  meta: PatchMeta;
  mergeMaps: MergeMaps;
}

/** `$deleteFromPrimitiveList/…` */
export function deleteFromList(live: unknown[], deleted: unknown[], way: Way): unknown[] {
  if (live.length + deleted.length === 0) return live;
  if (holdsMaps(live, deleted)) return mergeList(live, deleted, way);
  const gone = new Set(deleted);
  return live.filter((item) => !gone.has(item));
}

/** Merged item by item if the field's strategy is `merge`, else replaced. */
export function mergeListByStrategy(live: unknown[], patch: unknown[], way: Way): unknown[] {
  return way.meta.strategy === 'merge' ? mergeList(live, patch, way) : patch;
}

function mergeList(live: unknown[], patch: unknown[], way: Way): unknown[] {
  if (live.length + patch.length === 0) return live;
  if (!holdsMaps(live, patch))
    return orderedBy([...new Set([...live, ...patch])], { order: patch, live, mergeKey: '' });
  const { mergeKey, below } = way.meta;
  if (mergeKey === '') throw newUnreasonedError(`cannot merge lists without merge key for ${below.kind}`);
  const { kept, changes } = applyDirectives(live, patch, mergeKey);
  const merged = mergeItems(kept, changes, { ...way, live });
  return orderedBy(merged, { order: changes, live: kept, mergeKey });
}

export interface OrderedPatch {
  live: unknown[] | undefined;
  changes: unknown[] | undefined;
  /** Of `$setElementOrder/…`: scalars, or maps with only the merge key. */
  order: unknown[];
}

/** A list with its changes merged in, in the order that the patch asks for; items that it does not name stay where they are among the others. Undefined: there is none. */
export function orderByDirective({ live, changes, order }: OrderedPatch, meta: PatchMeta, mergeMaps: MergeMaps) {
  checkOrder(changes ?? [], order, meta.mergeKey);
  if (!live && !changes) return undefined;
  let merged = live ?? [];
  if (changes) merged = live ? mergeListByStrategy(live, changes, { meta, mergeMaps }) : withoutDirectives(changes);
  const ordering = { order, live: live ?? [], mergeKey: meta.mergeKey };
  return orderedBy(merged, ordering, () => holdsMaps(live ?? [], changes ?? []));
}

const withoutDirectives = (changes: unknown[]): unknown[] => removeDirectives(changes) as unknown[];

/** Throws 422, 500 for lists that are mixed, and 400 for those that upstream's server dies of. */
function holdsMaps(live: unknown[], patch: unknown[]): boolean {
  const items = [...live, ...patch];
  const [first] = items;
  if (items.length === 0) throw newUnreasonedError('no elements in any of the given slices');
  if (first === null) throw newIncomparable();
  if (Array.isArray(first)) throw newUnreasonedError('lists of lists are not supported');
  const type = goTypeOf(first);
  if (items.some((item) => goTypeOf(item) !== type))
    throw newUnreasonedError(`list element types are not identical: ${goText([live, patch])}`);
  return isJsonObject(first);
}

/** Items with `$patch`: `delete` takes the live item of that key away, `replace` all of them. */
function applyDirectives(live: unknown[], patch: unknown[], mergeKey: string): { kept: unknown[]; changes: unknown[] } {
  const changes = patch.filter((item) => !isDirective(item));
  const deleted: JsonObject[] = [];
  let isReplaced = false;
  const places = indexByKey(live, mergeKey);
  for (const item of patch.filter(isDirective)) {
    if (item['$patch'] === 'delete') deleted.push(checked(item, places, mergeKey));
    else if (item['$patch'] === 'replace') isReplaced = true;
    else throw unknownDirective(item);
  }
  const kept = deleted.length === 0 ? live : withoutItems(live, deleted, mergeKey);
  if (kept !== live) for (const [at, item] of kept.entries()) live[at] = item;
  return isReplaced ? { kept: changes, changes: [] } : { kept, changes };
}

/** Throws 500 for an item without the key, and 400 for a key that upstream's server dies of. */
function checked(deleted: JsonObject, places: KeyIndex, mergeKey: string): JsonObject {
  places.find(keyOf(deleted, mergeKey));
  return deleted;
}

function withoutItems(live: unknown[], deleted: JsonObject[], mergeKey: string): unknown[] {
  const gone = new Set(deleted.map((item) => item[mergeKey]));
  return live.filter((item) => !isJsonObject(item) || !Object.hasOwn(item, mergeKey) || !gone.has(item[mergeKey]));
}

function unknownDirective(item: JsonObject): Error {
  if (item['$patch'] === 'merge') return newUnreasonedError('merging lists cannot yet be specified in the patch');
  return unknownPatchType(item['$patch'], item);
}

/** What is new comes as it is, with its directives and nulls. */
function mergeItems(
  kept: unknown[],
  changes: unknown[],
  { meta, mergeMaps, live }: Way & { live: unknown[] },
): unknown[] {
  const { mergeKey, below } = meta;
  const out = [...kept];
  const places = indexByKey(out, mergeKey);
  for (const change of changes as JsonObject[]) {
    const key = keyOf(change, mergeKey);
    const found = places.find(key);
    const at = found < 0 ? out.length : found;
    const item = found < 0 ? change : mergeMaps(out[at] as JsonObject, change, below);
    out[at] = item;
    if (at < live.length) live[at] = item;
    if (found < 0) places.add(key, at);
    else if (!Object.hasOwn(item, mergeKey)) places.remove(key);
  }
  return out;
}

/** What the patch changes has to be in `$setElementOrder`, in the same order. */
function checkOrder(changes: unknown[], order: unknown[], mergeKey: string): void {
  if (order.length === 0 || changes.length === 0) return;
  const waiting = mergeKey === '' ? changes : changes.filter((item) => !isDeletion(item));
  let [at, place] = [0, 0];
  while (at < waiting.length && place < order.length) {
    if (isDirective(waiting[at])) at++;
    else if (isSameItem(waiting[at], order[place++], mergeKey)) at++;
  }
  if (at < waiting.length) throw mismatch(changes, order);
}

function isDeletion(item: unknown): boolean {
  if (!isJsonObject(item)) throw newBadArgument('map[string]interface {}', item);
  return item['$patch'] === 'delete';
}

function isSameItem(item: unknown, other: unknown, mergeKey: string): boolean {
  if (mergeKey === '') return isSame(item, other);
  for (const one of [item, other]) if (!isJsonObject(one)) throw newBadArgument('map[string]interface {}', one);
  return isSame(keyOf(item, mergeKey), keyOf(other, mergeKey));
}

function mismatch(changes: unknown[], order: unknown[]): Error {
  return newUnreasonedError(
    `The order in patch list:\n${goText(changes)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
  );
}
