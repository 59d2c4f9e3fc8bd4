import type { Atom, TypeRef } from './atom.ts';
import { atomBelow } from './atom-below.ts';
import { type FieldSet, isEmptySet } from './field-set.ts';
import type { Managed } from './managed-fields.ts';
import type { PathElement } from './path-element.ts';

/**
 * Owners recorded under an older schema, in terms of the one of today: where a map or list has become atomic since, whoever owned something inside
 * owns the whole. (The other way round needs nothing: what became granular is owned piece by piece from the next write on.)
 */
export function reconcileManaged(typeIn: (apiVersion: string) => TypeRef, managed: Managed): Managed {
  const out: Managed = new Map();
  for (const [key, entry] of managed) {
    const fields = reconciledFields(typeIn(entry.apiVersion), entry.fields);
    out.set(key, fields === entry.fields ? entry : { ...entry, fields });
  }
  return out;
}

const reconciled = new WeakMap<TypeRef, WeakMap<FieldSet, FieldSet>>();

/** A type does not change; what comes of a set is worked out once, and is the set itself where nothing has to be done. */
function reconciledFields(type: TypeRef, fields: FieldSet): FieldSet {
  const ofType = reconciled.get(type) ?? new WeakMap<FieldSet, FieldSet>();
  reconciled.set(type, ofType);
  const known = ofType.get(fields) ?? reconcile(type.atom(), fields);
  ofType.set(fields, known);
  return known;
}

function reconcile(atom: Atom, set: FieldSet): FieldSet {
  const members = new Set(set.members);
  const children = new Map<PathElement, FieldSet>();
  let isSame = true;
  for (const [element, child] of set.children) {
    const below = atomBelow(atom, element);
    const isOwnedWhole = below && isAtomic(below) && !isEmptySet(child);
    const kept = below && !isOwnedWhole ? reconcile(below, child) : child;
    if (isOwnedWhole) members.add(element);
    else children.set(element, kept);
    isSame &&= !isOwnedWhole && kept === child;
  }
  return isSame ? set : { members, children };
}

/** What may be anything is left as it is. */
function isAtomic({ scalar, list, map }: Atom): boolean {
  return scalar === undefined && (map?.atomic === true || list?.atomic === true);
}
