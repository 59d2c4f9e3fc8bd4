import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { type TypeRef, typeOf } from './atom.ts';
import { type Comparison, compare, withoutFields } from './compare.ts';
import { difference, type FieldSet, fieldSetOf, intersection, isEmptySet, union } from './field-set.ts';
import type { Managed, ManagedEntry } from './managed-fields.ts';
import type { OtherForms } from './merger.ts';

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

/** What a write changes, as owners of a version see it. */
export type ChangeIn = (apiVersion: string) => Comparison;

/** Each version is looked at once, and only if somebody knows the object in it. */
export function changeIn({ before, after, ignored }: Change, changed: Comparison, forms?: OtherForms): ChangeIn {
  if (!forms) return () => changed;
  const known = new Map<string, Comparison>();
  return (apiVersion) => {
    const form = forms.get(apiVersion);
    if (!form) return changed;
    const seen = (object: unknown): object | undefined =>
      object === undefined ? undefined : form.convert(structuredClone(object) as Unstructured);
    const type = typeOf(form.schema, form.resolve);
    const change = known.get(apiVersion) ?? comparisonOf({ type, before: seen(before), after: seen(after), ignored });
    known.set(apiVersion, change);
    return change;
  };
}

/** The type that the fields of a version's owners are of. */
export function typeIn(type: TypeRef, forms?: OtherForms): (apiVersion: string) => TypeRef {
  return (apiVersion) => {
    const form = forms?.get(apiVersion);
    return form ? typeOf(form.schema, form.resolve) : type;
  };
}

/** The fields of each manager, other than `self`, whose value was changed or that were set anew. */
export function conflictsOf(managed: Managed, changed: ChangeIn, self: string): Map<ManagedEntry, FieldSet> {
  const conflicts = new Map<ManagedEntry, FieldSet>();
  for (const [key, entry] of managed) {
    const { modified, added } = changed(entry.apiVersion);
    const fields = key === self ? undefined : intersection(entry.fields, union(modified, added));
    if (fields && !isEmptySet(fields)) conflicts.set(entry, fields);
  }
  return conflicts;
}

/** Takes what changed and what is gone from all managers but `self`; who has nothing left is dropped. */
export function disown(managed: Managed, changed: ChangeIn, self: string): Managed {
  const out: Managed = new Map();
  const lost = new Map<Comparison, FieldSet>();
  const lostIn = (change: Comparison): FieldSet => {
    const fields = lost.get(change) ?? union(union(change.modified, change.added), change.removed);
    lost.set(change, fields);
    return fields;
  };
  for (const [key, entry] of managed) {
    const fields = key === self ? entry.fields : difference(entry.fields, lostIn(changed(entry.apiVersion)));
    if (!isEmptySet(fields)) out.set(key, fields === entry.fields ? entry : { ...entry, fields });
  }
  return out;
}
