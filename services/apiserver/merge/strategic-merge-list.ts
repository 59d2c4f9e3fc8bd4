import { isEqual, isJsonObject, isScalar, type JsonObject } from './json-value.ts';
import { describe, dropDirectives, goTypeOf, isDirective, unknownPatchType } from './patch-directives.ts';
import type { PatchMeta, PatchSchema } from './patch-meta.ts';
import { newUnreasonedError } from './unreasoned-error.ts';

/** Lists in strategic merge patches. */

/** Merges a patch into an item; the strategic merge of maps. */
export type MergeMaps = (original: JsonObject, patch: JsonObject, schema: PatchSchema | undefined) => JsonObject;

/** `$deleteFromPrimitiveList/…` */
export function deleteFromList(live: unknown[], deleted: unknown[]): unknown[] {
  return live.filter((item) => !deleted.includes(item));
}

/** Merged item by item if the field's strategy is `merge`, else replaced. */
export function mergeListByStrategy(
  live: unknown[],
  patch: unknown[],
  meta: PatchMeta,
  mergeMaps: MergeMaps,
): unknown[] {
  if (meta.strategy !== 'merge') return patch;
  if (live.length + patch.length === 0) return live;
  if (!holdsMaps(live, patch)) {
    const merged = [...new Set([...live, ...patch])];
    return inOrder(merged, { order: patch, live, mergeKey: '' });
  }
  if (meta.mergeKey === '') throw newUnreasonedError('cannot merge lists without merge key');
  const { kept, changes } = applyDirectives(live, patch, meta.mergeKey);
  const merged = mergeItems(kept, changes, meta, mergeMaps);
  return inOrder(merged, { order: changes, live: kept, mergeKey: meta.mergeKey });
}

export interface OrderedPatch {
  live: unknown[] | undefined;
  changes: unknown[] | undefined;
  /** Of `$setElementOrder/…`: scalars, or maps with only the merge key. */
  order: unknown[];
}

/** A list with its changes merged in, in the order that the patch asks for; items that it does not name stay where they are among the others. */
export function orderByDirective(
  { live, changes, order }: OrderedPatch,
  meta: PatchMeta,
  mergeMaps: MergeMaps,
): unknown[] {
  checkOrder(changes ?? [], order, meta.mergeKey);
  let merged = live ?? [];
  if (changes)
    merged = live ? mergeListByStrategy(live, changes, meta, mergeMaps) : (dropDirectives(changes) as unknown[]);
  return inOrder(merged, { order, live: live ?? [], mergeKey: meta.mergeKey });
}

function holdsMaps(live: unknown[], patch: unknown[]): boolean {
  const items = [...live, ...patch];
  if (items.some(Array.isArray)) throw newUnreasonedError('lists of lists are not supported');
  if (new Set(items.map(goTypeOf)).size > 1)
    throw newUnreasonedError(`list element types are not identical: ${describe([live, patch])}`);
  return isJsonObject(items[0]);
}

function keyOf(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '') return item;
  const key = isJsonObject(item) ? item[mergeKey] : undefined;
  if (key === undefined) {
    throw newUnreasonedError(`map: ${describe(item)} does not contain declared merge key: ${mergeKey}`);
  }
  return key;
}

/** Items with `$patch`: `delete` takes the live item of that key away, `replace` all of them. */
function applyDirectives(live: unknown[], patch: unknown[], mergeKey: string): { kept: unknown[]; changes: unknown[] } {
  const changes = patch.filter((item) => !isDirective(item));
  let kept = live;
  let isReplaced = false;
  for (const item of patch.filter(isDirective)) {
    const directive = item['$patch'];
    if (directive === 'delete') {
      const key = keyOf(item, mergeKey);
      kept = kept.filter((other) => !isJsonObject(other) || other[mergeKey] !== key);
    } else if (directive === 'replace') isReplaced = true;
    else throw unknownDirective(item);
  }
  return isReplaced ? { kept: changes, changes: [] } : { kept, changes };
}

function unknownDirective(item: JsonObject): Error {
  if (item['$patch'] === 'merge') return newUnreasonedError('merging lists cannot yet be specified in the patch');
  return unknownPatchType(item['$patch'], item);
}

function mergeItems(live: unknown[], changes: unknown[], meta: PatchMeta, mergeMaps: MergeMaps): unknown[] {
  const out = [...live];
  for (const change of changes) {
    const key = keyOf(change, meta.mergeKey);
    const at = out.findIndex((item) => isJsonObject(item) && item[meta.mergeKey] === key);
    const found = out[at];
    if (isJsonObject(found)) out[at] = mergeMaps(found, change as JsonObject, meta.below);
    else out.push(dropDirectives(change));
  }
  return out;
}

interface Ordering {
  order: unknown[];
  live: unknown[];
  mergeKey: string;
}

/** Items named by `order` in that order, woven into the others in the live order; where the live list does not decide, the named go first. */
function inOrder(merged: unknown[], { order, live, mergeKey }: Ordering): unknown[] {
  const wanted = order.map((item) => keyOf(item, mergeKey));
  const before = live.map((item) => keyOf(item, mergeKey));
  const position = (item: unknown, keys: unknown[]): number => keys.indexOf(keyOf(item, mergeKey));
  const isNamed = (item: unknown): boolean => position(item, wanted) >= 0;
  const named = merged.filter(isNamed).sort((a, b) => position(a, wanted) - position(b, wanted));
  const others = merged.filter((item) => !isNamed(item)).sort((a, b) => position(a, before) - position(b, before));
  return weave(others, named, (item) => position(item, before));
}

function weave(others: unknown[], named: unknown[], livePosition: (item: unknown) => number): unknown[] {
  const out: unknown[] = [];
  let [o, n] = [0, 0];
  while (o < others.length && n < named.length) {
    const [other, next] = [livePosition(others[o]), livePosition(named[n])];
    if (other >= 0 && next >= 0 && other < next) out.push(others[o++]);
    else out.push(named[n++]);
  }
  return [...out, ...others.slice(o), ...named.slice(n)];
}

/** What the patch changes has to be in `$setElementOrder`, in the same order. */
function checkOrder(changes: unknown[], order: unknown[], mergeKey: string): void {
  if (order.length === 0) return;
  const wanted = order.map((item) => keyOf(item, mergeKey));
  let at = 0;
  for (const change of changes.filter((item) => !isDirective(item))) {
    const key = keyOf(change, mergeKey);
    while (at < wanted.length && !(isScalar(key) ? wanted[at] === key : isEqual(wanted[at], key))) at++;
    if (at === wanted.length) throw mismatch(changes, order);
    at++;
  }
}

function mismatch(changes: unknown[], order: unknown[]): Error {
  return newUnreasonedError(
    `The order in patch list:\n${describe(changes)}\n doesn't match $setElementOrder list:\n${describe(order)}\n`,
  );
}
