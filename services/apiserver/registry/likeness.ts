import type { ManagedFieldsEntry, ObjectMeta, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Entry } from '../../storage/backend.ts';
import { type ChangedValue, type Comparison, isAlikeAt } from '../merge/changed-values.ts';
import { isEqual } from '../merge/json-value.ts';
import { isPlainTime } from '../types/plain-time.ts';
import { hasStatus } from './generation.ts';
import { decodeRemembered } from './object-codec.ts';
import { timestamp } from './registry.ts';
import type { WriteRequest } from './write-request.ts';
import { servedBytes } from './written-as.ts';

/** A body that says of an object what is stored, a few values aside. */
export interface Likeness {
  entry: Entry;
  /** What is stored. Not to be changed. */
  old: Unstructured;
  /** At least one. */
  changed: readonly ChangedValue[];
  /** As they become, if the writer is the last who wrote and already owns all of these values, alone. */
  managedFields: ManagedFieldsEntry[];
}

/** Undefined for every other body. `sent` is what was read of it, and is not changed. */
export function likenessOf(request: WriteRequest, sent: Unstructured): Likeness | undefined {
  const { registry, target, strategy, write } = request;
  const { definition } = target;
  if (!ENDPOINTS.includes(write.subresource) || strategy.subresources?.[write.subresource]) return undefined;
  const entry = registry.storage.get(target.key);
  if (!entry || entry.value.length > MOST_BYTES || !servedBytes(definition, entry).bytes) return undefined;
  const old = decodeRemembered(definition, entry);
  if (!isMetadataKept(old.metadata, sent.metadata)) return undefined;
  const managedFields = renewedFields(request, old);
  const changed = changedIn(request, old, sent);
  return managedFields && changed?.length ? { entry, old, changed, managedFields } : undefined;
}

/** Heartbeats are small, and to look at a large object once more costs more than is won. */
const MOST_BYTES = 32 << 10;

const ENDPOINTS: readonly string[] = ['', 'status'];

/** Metadata that an update may leave out: it finds it as it was. */
const KEPT: readonly string[] = ['namespace', 'uid', 'generation', 'creationTimestamp', 'managedFields'];

/** Of an object that is not being deleted; with the revision that is to be replaced. */
function isMetadataKept(old: ObjectMeta, sent: ObjectMeta): boolean {
  if (sent.resourceVersion !== old.resourceVersion || old.deletionTimestamp !== undefined) return false;
  for (const field in sent)
    if (!Object.hasOwn(old, field) || !isEqual(fieldOf(sent, field), fieldOf(old, field))) return false;
  for (const field in old) if (fieldOf(sent, field) === undefined && !KEPT.includes(field)) return false;
  return true;
}

const fieldOf = (metadata: ObjectMeta, field: string): unknown => metadata[field as keyof ObjectMeta];

/** What the endpoint takes is of one shape, what it leaves alone says the same or nothing. */
function changedIn(
  { target, write }: WriteRequest,
  old: Unstructured,
  sent: Unstructured,
): readonly ChangedValue[] | undefined {
  const isOfStatus = write.subresource === 'status';
  const isSplit = isOfStatus || hasStatus(target.definition);
  const isTaken = (field: string): boolean => !isSplit || (field === 'status') === isOfStatus;
  const comparison: Comparison = { path: [], changed: [] };
  for (const field in sent) {
    if (field === 'metadata') continue;
    if (!Object.hasOwn(old, field)) return undefined;
    const [before, after] = [old[field], sent[field]];
    if (!(isTaken(field) ? isAlikeAt(field, before, after, comparison) : isEqual(before, after))) return undefined;
  }
  for (const field in old) if (sent[field] === undefined && isTaken(field)) return undefined;
  return comparison.changed;
}

/** The writer's entry comes last and stays there, with the time of this write. */
function renewedFields({ options, write }: WriteRequest, old: Unstructured): ManagedFieldsEntry[] | undefined {
  const managedFields = old.metadata.managedFields ?? [];
  const last = managedFields.at(-1);
  const now = timestamp(write.nowMs);
  const isOwn =
    last?.operation === 'Update' &&
    last.manager === (options.manager || 'unknown') &&
    (last.subresource ?? '') === write.subresource &&
    last.apiVersion === old.apiVersion;
  if (!isOwn || last.time === undefined || !isPlainTime(last.time) || !isPlainTime(now) || now < last.time)
    return undefined;
  return [...managedFields.slice(0, -1), { ...last, time: now }];
}
