import type { Atom, TypeRef } from './atom.ts';
import { atomBelow } from './atom-below.ts';
import { type FieldSet, isEmptySet } from './field-set.ts';
import type { Managed } from './managed-fields.ts';
import type { PathElement } from './path-element.ts';

/**
 * Owners recorded under an older schema, in terms of the one of today: where a map or list has become atomic since, whoever owned something inside
 * owns the whole. (The other way round needs nothing: what became granular is owned piece by piece from the next write on.)
 */
export function reconcileManaged(type: TypeRef, managed: Managed): Managed {
  return new Map([...managed].map(([key, entry]) => [key, { ...entry, fields: reconcile(type.atom(), entry.fields) }]));
}

function reconcile(atom: Atom, set: FieldSet): FieldSet {
  const members = new Set(set.members);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of set.children) {
    const below = atomBelow(atom, element);
    if (below && isAtomic(below) && !isEmptySet(child)) members.add(element);
    else children.set(element, below ? reconcile(below, child) : child);
  }
  return { members, children };
}

/** What may be anything is left as it is. */
function isAtomic({ scalar, list, map }: Atom): boolean {
  return scalar === undefined && (map?.atomic === true || list?.atomic === true);
}
