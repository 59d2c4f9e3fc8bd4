import type { ManagedFieldsEntry, Unstructured } from '../../../shared/apis/meta/v1.ts';

export function withoutManagedFields(object: Unstructured): Unstructured {
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** With these entries in place of its own; none when there are none. */
export function withManagedFields(object: Unstructured, managedFields: ManagedFieldsEntry[]): Unstructured {
  const bare = withoutManagedFields(object);
  return managedFields.length === 0 ? bare : { ...bare, metadata: { ...bare.metadata, managedFields } };
}
