import type { ManagedFieldsEntry } from '../../../shared/apis/meta/v1.ts';
import { difference, fieldSetOf, hasPath, isEmptySet } from './field-set.ts';
import { decodeManagedFieldsOrNone, encodeManagedFields, type Managed, managerKey } from './managed-fields.ts';
import { fieldElement } from './path-element.ts';

/**
 * Who owns the replicas of an object, as owners of the `spec.replicas` of its Scale, and back. A write through `scale` takes the replicas from who owned
 * them by an update, and gives them to the owners of the Scale, who have no time; with the version of the Scale they count as others, so that a manager can
 * come to have two entries, as upstream. Source: apimachinery, util/managedfields/scalehandler.go.
 */

const SCALE_VERSION = 'autoscaling/v1';
const SCALE_REPLICAS = ['spec', 'replicas'];
const toElements = (path: readonly string[]): string[] => path.map(fieldElement);

/** `path`: of the replicas in the object. */
export function ownersOfScale(
  entries: readonly ManagedFieldsEntry[] | undefined,
  path: readonly string[],
): ManagedFieldsEntry[] {
  const owners = [...decodeManagedFieldsOrNone(entries).values()].filter(({ fields }) =>
    hasPath(fields, toElements(path)),
  );
  const seen = owners.map((entry) => ({ ...entry, apiVersion: SCALE_VERSION, fields: fieldSetOf([SCALE_REPLICAS]) }));
  return encodeManagedFields(new Map(seen.map((entry) => [managerKey(entry), entry])));
}

/** The object's owners after a write of its Scale, whose owners then are `scale`. */
export function ownersAfterScale(
  entries: readonly ManagedFieldsEntry[] | undefined,
  scale: readonly ManagedFieldsEntry[] | undefined,
  { path, apiVersion }: { path: readonly string[]; apiVersion: string },
): ManagedFieldsEntry[] {
  const replicas = fieldSetOf([path]);
  const left = decodeManagedFieldsOrNone(scale);
  const owners: Managed = new Map();
  for (const [key, entry] of decodeManagedFieldsOrNone(entries)) {
    const isStill = !hasPath(entry.fields, toElements(path)) || left.delete(key);
    const fields = isStill ? entry.fields : difference(entry.fields, replicas);
    if (!isEmptySet(fields)) owners.set(key, { ...entry, fields });
  }
  for (const [key, entry] of left)
    if (hasPath(entry.fields, toElements(SCALE_REPLICAS)))
      owners.set(key, { ...entry, apiVersion, time: undefined, fields: replicas });
  return encodeManagedFields(owners);
}
