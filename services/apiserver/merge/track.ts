import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { typeOf } from './atom.ts';
import { capUpdateManagers } from './cap-managers.ts';
import { fieldSetOf, isEmptySet, union } from './field-set.ts';
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
import { withManagedFields, withoutManagedFields } from './object-metadata.ts';
import { comparisonOf, disown, stripUnownable } from './ownership.ts';
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
  const changed = comparisonOf({
    type,
    before: before ? withoutManagedFields(before) : zeroObject(request, after),
    after: withoutManagedFields(after),
    ignored: fieldSetOf(request.ignored ?? []),
  });
  const owners = disown(reconcileManaged(type, managed), changed, '');
  const fields = stripUnownable(union(changed.modified, changed.added));
  if (!isEmptySet(fields)) addOwner(owners, request, fields);
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

function addOwner(owners: Managed, request: TrackRequest, fields: ManagedEntry['fields']): void {
  const entry: ManagedEntry = {
    manager: request.manager || 'unknown',
    operation: 'Update',
    apiVersion: request.after.apiVersion,
    subresource: request.subresource,
    time: request.now,
    fields,
  };
  const previous = owners.get(managerKey(entry));
  owners.set(managerKey(entry), previous ? { ...entry, fields: union(fields, previous.fields) } : entry);
}
