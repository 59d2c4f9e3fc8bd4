import { firstToTell } from '../../../shared/apis/meta/first-causes.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { type TypeRef, typeOf } from './atom.ts';
import {
  countOf,
  difference,
  emptyFieldSet,
  type FieldSet,
  fieldSetOf,
  isEmptySet,
  pathsOf,
  recursiveDifference,
} from './field-set.ts';
import { isEqual } from './json-value.ts';
import { fieldsLastApplied, KUBECTL_MANAGER, withLastApplied } from './last-applied.ts';
import {
  decodeManagedFields,
  encodeEntry,
  encodeManagedFields,
  type Managed,
  type ManagedEntry,
  managerKey,
} from './managed-fields.ts';
import { mergeTyped } from './merge-typed.ts';
import { ApplyConflictError, type ApplyRequest } from './merger.ts';
import { withManagedFields, withoutManagedFields } from './object-metadata.ts';
import { changeIn, comparisonOf, conflictsOf, disown, stripUnownable, typeIn } from './ownership.ts';
import { pathText } from './path-element.ts';
import { prune } from './prune.ts';
import { reconcileManaged } from './reconcile-fields.ts';
import { toFieldSet } from './to-field-set.ts';
import { track } from './track.ts';
import { validateApplied, validateLive } from './validate-applied.ts';

/**
 * Server-side apply: the live object with the configuration merged in, without what this applier no longer sets, and with the new ownership.
 * An apply that changes nothing gives the object back as it is, times of its managedFields included.
 * Throws `ApplyConflictError`, or a StatusError where the configuration does not fit the schema.
 */
export function apply(request: ApplyRequest): Unstructured {
  const object = applyFields(request);
  return request.manager === KUBECTL_MANAGER ? withLastApplied(object, request.applied) : object;
}

function applyFields(request: ApplyRequest): Unstructured {
  const type = typeOf(request.schema, request.resolve);
  const isOwned = Boolean(request.live?.metadata.managedFields?.length);
  if (request.live && !isOwned) validateLive(type, withoutManagedFields(request.live));
  validateApplied(type, request.applied);
  if (request.live && isOwned) validateLive(type, request.live);
  const live = request.live && trackedLive(request, request.live);
  const managed = reconcileManaged(typeIn(type, request.forms), decodeManagedFields(live?.metadata.managedFields));
  const bare = live && withoutManagedFields(live);
  const self = entryOf(request, type);
  const key = managerKey(self);
  const last = managed.get(key);
  managed.set(key, self);

  const merged = mergeTyped(type, bare, request.applied);
  const after = prune(type, merged, { last: last?.fields ?? emptyFieldSet, managed }) as Unstructured;
  const owners = settle(request, { type, live: bare, after, managed, key });
  const isChanged = !isEqual(bare, after);
  const own = owners.get(key);
  if (own) owners.set(key, { ...own, fields: stripUnownable(own.fields), time: isChanged ? request.now : last?.time });
  return withManagedFields(after, encodeManagedFields(owners));
}

/** What was there before the first apply, and has no owner, belongs to a manager of that name. */
function trackedLive(request: ApplyRequest, live: Unstructured): Unstructured {
  if (live.metadata.managedFields?.length) return live;
  return track({ ...request, before: undefined, after: live, manager: 'before-first-apply' });
}

function ignoredOf(request: ApplyRequest): FieldSet {
  return fieldSetOf(request.ignored ?? []);
}

function entryOf(request: ApplyRequest, type: TypeRef): ManagedEntry {
  const { applied, manager, subresource } = request;
  return {
    manager: manager || 'unknown',
    operation: 'Apply',
    apiVersion: applied.apiVersion,
    subresource,
    time: undefined,
    fields: recursiveDifference(toFieldSet(type, applied), ignoredOf(request)),
  };
}

interface Settling {
  type: TypeRef;
  live: Unstructured | undefined;
  after: unknown;
  managed: Managed;
  key: string;
}

/** The owners after the apply. Without force, others' fields must not change. */
function settle(request: ApplyRequest, { type, live, after, managed, key }: Settling): Managed {
  const change = { type, before: live, after, ignored: ignoredOf(request) };
  const changed = changeIn(change, comparisonOf(change), request.forms);
  const conflicts = request.force ? undefined : conflictsOf(managed, changed, key);
  if (conflicts && conflicts.size > 0) checkConflicts(conflicts, allowedConflicts(request, type, live));
  return disown(managed, changed, key);
}

function allowedConflicts({ manager }: ApplyRequest, type: TypeRef, live: Unstructured | undefined): FieldSet {
  const fields = live && manager === KUBECTL_MANAGER ? fieldsLastApplied(type, live) : undefined;
  return fields ?? emptyFieldSet;
}

function checkConflicts(conflicts: Map<ManagedEntry, FieldSet>, allowed: FieldSet): void {
  const left = [...conflicts].map(([entry, fields]) => [entry, difference(fields, allowed)] as const);
  const refused = left.filter(([, fields]) => !isEmptySet(fields));
  if (refused.length > 0) throw newConflictError(new Map(refused));
}

function newConflictError(conflicts: Map<ManagedEntry, FieldSet>): ApplyConflictError {
  const sorted = [...conflicts].sort(([a], [b]) => (managerKey(a) < managerKey(b) ? -1 : 1));
  const count = sorted.reduce((sum, [, fields]) => sum + countOf(fields), 0);
  return new ApplyConflictError(
    firstToTell(conflictsIn(sorted), ({ path }) => path.length),
    count,
  );
}

function* conflictsIn(
  conflicts: readonly [ManagedEntry, FieldSet][],
): Iterable<ApplyConflictError['conflicts'][number]> {
  for (const [entry, fields] of conflicts) {
    const manager = encodeEntry(entry);
    for (const path of pathsOf(fields)) yield { manager, path: pathText(path) };
  }
}
