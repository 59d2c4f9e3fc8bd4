import { type Atom, deduceAtom, isAnything, type ListAtom, type TypeRef } from './atom.ts';
import { isJsonObject, isScalar } from './json-value.ts';
import { listItemElement } from './list-item.ts';

/**
 * Whether a value is of a type, as far as ownership of its fields goes: a stored object need not be, once its definition has another schema. Items may come
 * twice. Every write of a custom resource asks, so nothing is made on the way, and what may be anything is not looked at.
 */
export function fitsType(type: TypeRef, value: unknown): boolean {
  if (value === null || value === undefined || isAnything(type)) return true;
  const atom = deduceAtom(type.atom(), value);
  if (atom.map) return fitsMap(atom.map, value);
  if (atom.scalar) return fitsScalar(atom.scalar, value);
  return atom.list ? fitsList(atom.list, value) : true;
}

function fitsMap(map: NonNullable<Atom['map']>, value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  for (const key in value) {
    if (value[key] === undefined) continue;
    const type = map.field(key) ?? map.element;
    if (!type || !fitsType(type, value[key])) return false;
  }
  return true;
}

function fitsList(list: ListAtom, value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((item) => (list.atomic || isNamed(list, item)) && fitsType(list.element, item));
}

function isNamed(list: ListAtom, item: unknown): boolean {
  try {
    listItemElement(list, item);
    return true;
  } catch {
    return false;
  }
}

export function fitsScalar(kind: NonNullable<Atom['scalar']>, value: unknown): boolean {
  if (kind === 'untyped') return isScalar(value);
  return typeof value === (kind === 'numeric' ? 'number' : kind);
}
