import type { ObjectMeta, Unstructured } from '../../../shared/apis/meta/v1.ts';

/** What of an object an endpoint may change. All change `next`. */

/** Metadata that some kinds keep from writers of the status. */
export type FixedMetadata = 'labels' | 'annotations' | 'ownerReferences' | 'finalizers';

export const ALL_FIXED: readonly FixedMetadata[] = ['labels', 'annotations', 'ownerReferences', 'finalizers'];

/** Through `status` of a built-in kind: the status, and metadata but for what is `fixed`. */
export function statusAndMetadata(next: Unstructured, old: Unstructured, fixed: readonly FixedMetadata[] = []): void {
  keepAllButStatus(next, old);
  const kept: Partial<ObjectMeta> = structuredClone(old.metadata);
  for (const field of fixed) {
    delete next.metadata[field];
    if (kept[field] !== undefined) Object.assign(next.metadata, { [field]: kept[field] });
  }
}

function keepAllButStatus(next: Unstructured, old: Unstructured): void {
  for (const field of new Set([...Object.keys(next), ...Object.keys(old)]))
    if (field !== 'status' && field !== 'metadata') copyField(next, old, field);
}

/** Through `status` of a custom resource: nothing but the status. */
export function onlyStatus(next: Unstructured, old: Unstructured): void {
  keepAllButStatus(next, old);
  const { managedFields, resourceVersion } = next.metadata;
  const { managedFields: _, ...kept } = structuredClone(old.metadata);
  next.metadata = {
    ...kept,
    ...(managedFields ? { managedFields } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
  };
}

/** Makes a field what it was. */
export function copyField(next: Unstructured, old: Unstructured, field: string): void {
  if (old[field] === undefined) delete next[field];
  else next[field] = structuredClone(old[field]);
}
