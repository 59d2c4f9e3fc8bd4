import type { FieldsV1, ManagedFieldsEntry } from '../../../shared/apis/meta/v1.ts';
import { isPlainTime } from '../types/plain-time.ts';
import { type FieldSet, isEmptySet } from './field-set.ts';
import { decodeFieldsV1, encodeFieldsV1 } from './fields-v1.ts';
import { isJsonObject } from './json-value.ts';

/** `metadata.managedFields` in memory: who owns which fields. */
export interface ManagedEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource: string;
  /** RFC 3339; an applier that changed nothing when it came has none. */
  time: string | undefined;
  fields: FieldSet;
}

/** By `managerKey`. */
export type Managed = Map<string, ManagedEntry>;

type Identity = Pick<ManagedEntry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>;

/** Who an entry is of. An applier is the same in every version of the API, an updater is not. */
export function managerKey(entry: Identity): string {
  const { manager, operation, apiVersion, subresource } = entry;
  // What is undefined is left out.
  return JSON.stringify({
    manager,
    operation,
    apiVersion: operation === 'Apply' ? undefined : apiVersion,
    subresource: subresource === '' ? undefined : subresource,
  });
}

/** Throws when an entry is invalid, in upstream's words. */
export function decodeManagedFields(entries: readonly unknown[] | null | undefined): Managed {
  const managed: Managed = new Map();
  (entries ?? []).forEach((entry, index) => {
    const decoded = decodeEntry(entry as ManagedFieldsEntry, index);
    managed.set(managerKey(decoded), decoded);
  });
  return managed;
}

/** For entries that nobody validated: none when they are invalid. */
export function decodeManagedFieldsOrNone(entries: readonly unknown[] | null | undefined): Managed {
  try {
    return decodeManagedFields(entries);
  } catch {
    return new Map();
  }
}

function decodeEntry(entry: ManagedFieldsEntry, index: number): ManagedEntry {
  const { operation, apiVersion, fieldsType } = entry;
  if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
  if (!apiVersion) throw new Error('apiVersion must not be empty');
  if (!fieldsType) throw new Error(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== 'FieldsV1') {
    throw new Error(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`);
  }
  const { manager = '', subresource = '', time, fieldsV1 = {} } = entry;
  return { manager, operation, apiVersion, subresource, time: time ?? undefined, fields: knownFields(fieldsV1) };
}

/**
 * Sets by their text, as far as they were read lately: objects of a kind are owned alike, and each write of an object reads all of its owners again. The same
 * set for the same text, so that what is worked out for a set is found again too.
 */
const knownSets = new Map<string, FieldSet>();
const MOST_KNOWN = 512;
const LONGEST_KNOWN = 2048;

function knownFields(fieldsV1: unknown): FieldSet {
  const text = JSON.stringify(fieldsV1);
  const known = knownSets.get(text);
  if (known) return known;
  const fields = decodeFieldsV1(fieldsV1);
  if (text.length > LONGEST_KNOWN) return fields;
  if (knownSets.size >= MOST_KNOWN) knownSets.clear();
  knownSets.set(text, fields);
  return fields;
}

/** Sorted as upstream sorts them: appliers first, then by time. Entries that own nothing are left out. */
export function encodeManagedFields(managed: Managed): ManagedFieldsEntry[] {
  return [...managed.values()]
    .filter((entry) => !isEmptySet(entry.fields))
    .sort(compareEntries)
    .map(encodeEntry);
}

/** The order of the fields is Go's. */
export function encodeEntry(entry: ManagedEntry): ManagedFieldsEntry {
  const { manager, operation, apiVersion, time, subresource } = entry;
  const out = (manager === '' ? { operation, apiVersion } : { manager, operation, apiVersion }) as ManagedFieldsEntry;
  if (time !== undefined) out.time = time;
  out.fieldsType = 'FieldsV1';
  out.fieldsV1 = encodedFields(entry.fields);
  if (subresource !== '') out.subresource = subresource;
  return out;
}

/** Shared by all objects that are owned alike, and therefore frozen. */
const encodedSets = new WeakMap<FieldSet, FieldsV1>();

function encodedFields(fields: FieldSet): FieldsV1 {
  const known = encodedSets.get(fields);
  if (known) return known;
  const encoded = frozen(encodeFieldsV1(fields));
  encodedSets.set(fields, encoded);
  return encoded;
}

function frozen(fields: FieldsV1): FieldsV1 {
  for (const below of Object.values(fields)) frozen(below as FieldsV1);
  return Object.freeze(fields);
}

/** Whole seconds since 1970, zero without a time. */
export function secondsOf(entry: ManagedEntry): number {
  return Math.floor(Date.parse(entry.time ?? '1970-01-01T00:00:00Z') / 1000);
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Written alike, times are in the order of their texts. */
function compareTimes(a: ManagedEntry, b: ManagedEntry): number {
  const [mine = '', theirs = ''] = [a.time, b.time];
  return isPlainTime(mine) && isPlainTime(theirs) ? compareText(mine, theirs) : secondsOf(a) - secondsOf(b);
}

function compareEntries(a: ManagedEntry, b: ManagedEntry): number {
  return (
    compareText(a.operation, b.operation) ||
    compareTimes(a, b) ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

/** A client that sends `[]` or `[{}]` asks for ownership to be forgotten. */
export function isResetOfManagedFields(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false;
  const [only] = entries;
  return entries.length === 0 || (entries.length === 1 && isJsonObject(only) && Object.keys(only).length === 0);
}
