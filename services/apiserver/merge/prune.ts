import type { TypeRef } from './atom.ts';
import { difference, type FieldSet, intersection, isEmptySet, union, unionOf } from './field-set.ts';
import type { Managed } from './managed-fields.ts';
import { withNamedFields } from './named-fields.ts';
import { removeItems } from './remove-items.ts';
import { toFieldSet } from './to-field-set.ts';

/**
 * Removes from a merged object what its applier set last time and no longer does, unless anybody (the new configuration too) owns it.
 * Nothing else goes: what was never the applier's stays.
 */
export function prune(
  type: TypeRef,
  merged: unknown,
  { last, managed }: { last: FieldSet; managed: Managed },
): unknown {
  if (isEmptySet(last)) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(type, set);
  const fieldsOf = (value: unknown): FieldSet => named(toFieldSet(type, value));
  const removing = (set: FieldSet): unknown => removeItems(type, merged, set);

  const all = fieldsOf(merged);
  const owned = unionOf(Array.from(managed.values(), ({ fields }) => fields));
  const kept = union(fieldsOf(removing(named(last))), named(owned));
  const withOwned = removing(difference(all, kept));
  const gone = intersection(difference(all, fieldsOf(withOwned)), named(last));
  return removing(gone);
}
