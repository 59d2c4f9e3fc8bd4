import type { Atom } from './atom.ts';
import { fieldNameOf, type PathElement } from './path-element.ts';

/** The atom of what one step of a path leads to; undefined for what the schema does not know. */
export function atomBelow(atom: Atom, element: PathElement): Atom | undefined {
  const name = fieldNameOf(element);
  if (name !== undefined) return (atom.map?.field(name) ?? atom.map?.element)?.atom();
  return element.startsWith('k:') ? atom.list?.element.atom() : undefined;
}
