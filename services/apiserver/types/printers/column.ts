import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { isJsonObject, type JsonObject } from '../json-value.ts';
import type { PrinterColumn } from '../resource-definition.ts';
import { age } from './human-duration.ts';

/** A column of a built-in kind: its definition, and how its cell follows from an object. */
export interface BuiltinColumn extends PrinterColumn {
  cell: Cell;
}

/** Must not throw, whatever the object holds. */
export type Cell = (object: Unstructured, nowMs: number) => unknown;

export function column(name: string, cell: Cell, type = 'string'): BuiltinColumn {
  return { name, type, priority: 0, jsonPath: '', cell };
}

/** Shown with `-o wide` only. */
export function wide(name: string, cell: Cell): BuiltinColumn {
  return { ...column(name, cell), priority: 1 };
}

/** The value at a path of field names: `spec.replicas`. */
export function at(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isJsonObject(value) ? value[name] : undefined), object);
}

export function listAt(object: unknown, path: string): JsonObject[] {
  const value = at(object, path);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export function textsAt(object: unknown, path: string): string[] {
  const value = at(object, path);
  return Array.isArray(value) ? value.map(String) : [];
}

export function mapAt(object: unknown, path: string): JsonObject {
  const value = at(object, path);
  return isJsonObject(value) ? value : {};
}

/** A field's text, or `fallback` where it is absent or empty. */
export const text =
  (path: string, fallback = ''): Cell =>
  (object) => {
    const value = at(object, path);
    return value === undefined || value === null || value === '' ? fallback : String(value);
  };

/** A field's number; zero where it is absent. */
export const count =
  (path: string): Cell =>
  (object) =>
    Number(at(object, path) ?? 0);

export const flag =
  (path: string, fallback = false): Cell =>
  (object) =>
    at(object, path) ?? fallback;

/** How many entries a list or map has. */
export const size =
  (path: string): Cell =>
  (object) => {
    const value = at(object, path);
    return Array.isArray(value) ? value.length : Object.keys(mapAt(object, path)).length;
  };

export const nameColumn: BuiltinColumn = { ...column('Name', text('metadata.name')), format: 'name' };

export const ageCell: Cell = (object, nowMs) => age(object.metadata.creationTimestamp, nowMs);
export const ageColumn: BuiltinColumn = column('Age', ageCell);

/** Go's zero, of an object that was never created. */
const NO_TIME = '0001-01-01T00:00:00Z';

/** What a kind has whose columns nobody chose. */
export const defaultColumns: BuiltinColumn[] = [
  nameColumn,
  { ...column('Created At', text('metadata.creationTimestamp', NO_TIME)), type: 'date' },
];
