import type { ManagedFieldsEntry, Unstructured } from '../../../shared/apis/meta/v1.ts';

export function withoutManagedFields(object: Unstructured): Unstructured {
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** For comparing: the same object with `managedFields` absent by value, which is quicker than to leave the key out. */
export function hidingManagedFields(object: Unstructured): object {
  if (object.metadata?.managedFields === undefined) return object;
  return { ...object, metadata: { ...object.metadata, managedFields: undefined } };
}

/** With these entries in place of its own; none when there are none. */
export function withManagedFields(object: Unstructured, managedFields: ManagedFieldsEntry[]): Unstructured {
  if (managedFields.length === 0) return withoutManagedFields(object);
  return { ...object, metadata: { ...object.metadata, managedFields } };
}
