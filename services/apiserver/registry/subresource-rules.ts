import type { Unstructured } from '../../../shared/apis/meta/v1.ts';

/** What of an object an endpoint may change. Both change `next`. */

/** Through `status`: nothing but the status. */
export function onlyStatus(next: Unstructured, old: Unstructured): void {
  for (const field of new Set([...Object.keys(next), ...Object.keys(old)]))
    if (field !== 'status' && field !== 'metadata') copyField(next, old, field);
  const { managedFields, resourceVersion } = next.metadata;
  next.metadata = {
    ...structuredClone(old.metadata),
    ...(managedFields ? { managedFields } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
  };
}

/** Makes a field what it was. */
export function copyField(next: Unstructured, old: Unstructured, field: string): void {
  if (old[field] === undefined) delete next[field];
  else next[field] = structuredClone(old[field]);
}
