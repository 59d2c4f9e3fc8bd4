import type { TypeRef } from './atom.ts';
import { type Comparison, compare, withoutFields } from './compare.ts';
import { difference, type FieldSet, fieldSetOf, intersection, isEmptySet, union } from './field-set.ts';
import type { Managed, ManagedEntry } from './managed-fields.ts';

/** What every write does to the ownership of all others. */

/** Nobody owns these: they are the object's identity or the server's own. */
const unownable = fieldSetOf([
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'creationTimestamp'],
  ['metadata', 'selfLink'],
  ['metadata', 'uid'],
  ['metadata', 'clusterName'],
  ['metadata', 'generation'],
  ['metadata', 'managedFields'],
  ['metadata', 'resourceVersion'],
]);

export const stripUnownable = (fields: FieldSet): FieldSet => difference(fields, unownable);

export interface Change {
  type: TypeRef;
  before: object | undefined;
  after: unknown;
  ignored: FieldSet;
}

export function comparisonOf({ type, before, after, ignored }: Change): Comparison {
  return withoutFields(compare(type, before ?? {}, after), ignored);
}

/** The fields of each manager, other than `self`, whose value was changed or that were set anew. */
export function conflictsOf(managed: Managed, changed: Comparison, self: string): Map<ManagedEntry, FieldSet> {
  const touched = union(changed.modified, changed.added);
  const conflicts = new Map<ManagedEntry, FieldSet>();
  for (const [key, entry] of managed) {
    const fields = key === self ? undefined : intersection(entry.fields, touched);
    if (fields && !isEmptySet(fields)) conflicts.set(entry, fields);
  }
  return conflicts;
}

/** Takes what changed and what is gone from all managers but `self`; who has nothing left is dropped. */
export function disown(managed: Managed, changed: Comparison, self: string): Managed {
  const out: Managed = new Map();
  const lost = union(union(changed.modified, changed.added), changed.removed);
  for (const [key, entry] of managed) {
    const fields = key === self ? entry.fields : difference(entry.fields, lost);
    if (!isEmptySet(fields)) out.set(key, fields === entry.fields ? entry : { ...entry, fields });
  }
  return out;
}
