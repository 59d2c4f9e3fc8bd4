import { isDeepStrictEqual } from 'node:util';
import type { Schema } from '../../../shared/apis/schema.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { propertyOf } from './property-of.ts';

/**
 * Which stored value a value of a custom resource continues: a field that of the same name, an item of a map list that with the same keys, an item of
 * another list none. Source: apiextensions-apiserver, CorrelatedObject.
 */

/** The stored items of a list, found by the items that continue them. */
export function oldItems(old: unknown, schema: Schema): (item: unknown) => unknown {
  if (!isMapList(schema) || !Array.isArray(old)) return () => undefined;
  const byKey = new Map(old.map((item) => [itemKey(item, schema), item]));
  byKey.delete(undefined);
  return (item) => byKey.get(itemKey(item, schema));
}

export const isMapList = (schema: Schema): boolean => schema['x-kubernetes-list-type'] === 'map';

/** None of an item that lacks a key. */
function itemKey(item: unknown, schema: Schema): string | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (!isJsonObject(item) || !keys.every((key) => Object.hasOwn(item, key))) return undefined;
  return JSON.stringify(keys.map((key) => item[key]));
}

export function oldField(old: unknown, name: string): unknown {
  return isJsonObject(old) && Object.hasOwn(old, name) ? old[name] : undefined;
}

/** What is stored may stay as it is, though the schema has come to refuse it. The order of a map list says nothing. */
export function isUnchanged(value: unknown, old: unknown, schema: Schema): boolean {
  if (old === undefined) return false;
  if (Array.isArray(value) && Array.isArray(old) && isMapList(schema)) return hasSameItems(value, old, schema);
  return isJsonObject(value) && isJsonObject(old) ? hasSameFields(value, old, schema) : isDeepStrictEqual(value, old);
}

function hasSameItems(items: unknown[], old: unknown[], schema: Schema): boolean {
  const before = oldItems(old, schema);
  return items.length === old.length && items.every((item) => isUnchanged(item, before(item), schema.items ?? {}));
}

function hasSameFields(value: JsonObject, old: JsonObject, schema: Schema): boolean {
  const names = Object.keys(value);
  if (names.length !== Object.keys(old).length) return false;
  return names.every((name) => isUnchanged(value[name], oldField(old, name), partOf(schema, name)));
}

function partOf(schema: Schema, name: string): Schema {
  const { additionalProperties: rest } = schema;
  return propertyOf(schema, name) ?? (typeof rest === 'object' ? rest : {});
}
