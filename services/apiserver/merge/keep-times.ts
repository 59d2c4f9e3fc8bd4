import type { ManagedFieldsEntry, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isEqualBut } from './json-value.ts';
import { withManagedFields } from './object-metadata.ts';

/**
 * The written object with the times of its managedFields as they were, if nothing else of it changed: a write that, once defaults are filled in
 * again, came to nothing is no write. Otherwise the written object itself.
 */
export function keepTimes(before: Unstructured, written: Unstructured): Unstructured {
  const [old, next] = [before.metadata.managedFields ?? [], written.metadata.managedFields ?? []];
  const isOwnedAlike = old.length === next.length && next.every((entry, index) => isSameButTime(entry, old[index]));
  if (next.length === 0 || !isOwnedAlike) return written;
  const isSame =
    isEqualBut('managedFields', before.metadata, written.metadata) && isEqualBut('metadata', before, written);
  return isSame ? withManagedFields(written, old) : written;
}

function isSameButTime(one: ManagedFieldsEntry, other: ManagedFieldsEntry | undefined): boolean {
  return other !== undefined && isEqualBut('time', one, other);
}
