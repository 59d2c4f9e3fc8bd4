import type { Atom, TypeRef } from './atom.ts';
import { atomBelow } from './atom-below.ts';
import { type FieldSet, newFieldSet } from './field-set.ts';
import { fieldNameOf, type PathElement } from './path-element.ts';

const nothing: Atom = { scalar: undefined, list: undefined, map: undefined };

/** The set with the declared fields on the way to its members as members too: whoever owns `spec.a` is taken to hold `spec`, but not a map's key. */
export function withNamedFields(type: TypeRef, set: FieldSet): FieldSet {
  return addNamed(type.atom(), set);
}

function addNamed(atom: Atom, set: FieldSet): FieldSet {
  const out = newFieldSet();
  for (const member of set.members) out.members.add(member);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of set.children) {
    const name = fieldNameOf(element);
    if (name !== undefined && atom.map?.field(name)) out.members.add(element);
    children.set(element, addNamed(atomBelow(atom, element) ?? nothing, child));
  }
  return { members: out.members, children };
}
