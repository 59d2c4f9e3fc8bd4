import type { ManagedFieldsEntry } from '../../../shared/apis/meta/v1.ts';
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
  const version = entry.operation === 'Apply' ? {} : { apiVersion: entry.apiVersion };
  const subresource = entry.subresource === '' ? {} : { subresource: entry.subresource };
  return JSON.stringify({ manager: entry.manager, operation: entry.operation, ...version, ...subresource });
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
  return { manager, operation, apiVersion, subresource, time: time ?? undefined, fields: decodeFieldsV1(fieldsV1) };
}

/** Sorted as upstream sorts them: appliers first, then by time. Entries that own nothing are left out. */
export function encodeManagedFields(managed: Managed): ManagedFieldsEntry[] {
  return [...managed.values()]
    .filter((entry) => !isEmptySet(entry.fields))
    .sort(compareEntries)
    .map(encodeEntry);
}

export function encodeEntry(entry: ManagedEntry): ManagedFieldsEntry {
  return {
    ...(entry.manager === '' ? {} : { manager: entry.manager }),
    operation: entry.operation,
    apiVersion: entry.apiVersion,
    ...(entry.time === undefined ? {} : { time: entry.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeFieldsV1(entry.fields),
    ...(entry.subresource === '' ? {} : { subresource: entry.subresource }),
  };
}

/** Whole seconds since 1970, zero without a time. */
export function secondsOf(entry: ManagedEntry): number {
  return Math.floor(Date.parse(entry.time ?? '1970-01-01T00:00:00Z') / 1000);
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function compareEntries(a: ManagedEntry, b: ManagedEntry): number {
  return (
    compareText(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
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
