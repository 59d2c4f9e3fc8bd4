import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { typeOf } from './atom.ts';
import { capUpdateManagers } from './cap-managers.ts';
import type { Comparison } from './compare.ts';
import { difference, type FieldSet, fieldSetOf, isEmptySet, isSubset, overlaps, union } from './field-set.ts';
import {
  decodeManagedFields,
  decodeManagedFieldsOrNone,
  encodeManagedFields,
  isResetOfManagedFields,
  type Managed,
  type ManagedEntry,
  managerKey,
} from './managed-fields.ts';
import type { TrackRequest } from './merger.ts';
import { hidingManagedFields, withManagedFields, withoutManagedFields } from './object-metadata.ts';
import { changeIn, comparisonOf, disown, stripUnownable, typeIn } from './ownership.ts';
import { reconcileManaged } from './reconcile-fields.ts';
import { zeroObject } from './zero-object.ts';

/**
 * The object as it is to be stored after a create, update or patch, with ownership following what it changed: changed and added fields go to this
 * manager and are taken from all others, removed ones from everybody. An object whose tracking was reset stays untracked until it is applied.
 */
export function track(request: TrackRequest): Unstructured {
  const { before, after } = request;
  const managed = managedBefore(request);
  if (before && managed.size === 0) return withoutManagedFields(after);
  const type = typeOf(request.schema, request.resolve);
  const change = {
    type,
    before: before ? hidingManagedFields(before) : zeroObject(request, after),
    after: hidingManagedFields(after),
    ignored: fieldSetOf(request.ignored ?? []),
  };
  const changed = comparisonOf(change);
  const reconciled = reconcileManaged(typeIn(type, request.forms), managed);
  const owners = disown(reconciled, changeIn(change, changed, request.forms), '');
  const fields = stripUnownable(union(changed.modified, changed.added));
  if (!isEmptySet(fields)) addOwner(owners, request, { fields, changed, reconciled });
  return withManagedFields(after, encodeManagedFields(capUpdateManagers(owners)));
}

/** What the client sent counts if it is valid, so that owners can be edited; not through a subresource. */
function managedBefore({ before, after, subresource }: TrackRequest): Managed {
  const live = (): Managed => decodeManagedFieldsOrNone(before?.metadata.managedFields);
  if (subresource !== '') return live();
  const sent = after.metadata.managedFields;
  if (isResetOfManagedFields(sent)) return new Map();
  try {
    const managed = decodeManagedFields(sent);
    return managed.size > 0 ? managed : live();
  } catch {
    return live();
  }
}

interface Gained {
  fields: FieldSet;
  changed: Comparison;
  /** The owners as they were. */
  reconciled: Managed;
}

function addOwner(owners: Managed, request: TrackRequest, { fields, changed, reconciled }: Gained): void {
  const entry: ManagedEntry = {
    manager: request.manager || 'unknown',
    operation: 'Update',
    apiVersion: request.after.apiVersion,
    subresource: request.subresource,
    time: request.now,
    fields,
  };
  const key = managerKey(entry);
  const [before, left] = [reconciled.get(key)?.fields, owners.get(key)?.fields];
  if (before && isUntouched(before, fields, changed)) owners.set(key, { ...entry, fields: before });
  else owners.set(key, left ? { ...entry, fields: union(fields, left) } : entry);
}

/** Who writes what they own already owns what they did, in the very same set, whose text is known. A heartbeat does nothing else. */
function isUntouched(before: FieldSet, fields: FieldSet, { added, modified, removed }: Comparison): boolean {
  const isLost = (lost: FieldSet): boolean => overlaps(before, difference(lost, fields));
  return isSubset(fields, before) && !isLost(added) && !isLost(modified) && !isLost(removed);
}
