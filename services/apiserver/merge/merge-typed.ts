import { deduceAtom, fieldType, type ListAtom, type MapAtom, type TypeRef } from './atom.ts';
import { isJsonObject, type JsonObject, ownValue, presentKeys, setKey } from './json-value.ts';
import { mergeLists } from './merge-lists.ts';

/**
 * An applied configuration laid over a live object: nothing is removed; where both set a field, the applied value stands. Results share structure
 * with the inputs; change neither.
 */
export function mergeTyped(type: TypeRef, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live;
  const atom = type.atom();
  // Null takes the form of the other side.
  const form = applied === null ? deduceAtom(atom, live) : deduceAtom(atom, applied);
  if (form.map) return mergeMaps(form.map, { live, applied });
  if (form.list && !form.scalar) return mergeListsOf(form.list, { live, applied });
  return applied;
}

interface Sides {
  live: unknown;
  applied: unknown;
}

function mergeMaps(map: MapAtom, { live, applied }: Sides): unknown {
  const [left, right] = [isJsonObject(live) ? live : {}, isJsonObject(applied) ? applied : {}];
  const keys = new Set([...presentKeys(left), ...presentKeys(right)]);
  if (map.atomic || keys.size === 0) return applied;
  const out: JsonObject = {};
  for (const key of keys) setKey(out, key, mergeTyped(fieldType(map, key), ownValue(left, key), ownValue(right, key)));
  return out;
}

function mergeListsOf(list: ListAtom, { live, applied }: Sides): unknown {
  const [left, right] = [Array.isArray(live) ? live : [], Array.isArray(applied) ? applied : []];
  if (list.atomic || left.length + right.length === 0) return applied;
  return mergeLists(list, { live: left, applied: right }, (a, b) => mergeTyped(list.element, a, b));
}
