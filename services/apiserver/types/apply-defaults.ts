import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';

/**
 * Fills in the `default`s of a custom resource's structural schema. A null where null is not allowed counts as absent: it is replaced by the
 * default, or dropped. Changes `value` in place and returns it.
 * Source: Kubernetes documentation, "Defaulting and Nullable".
 */
export function applyDefaults(value: unknown, schema: Schema, resolve: SchemaResolver): unknown {
  const resolved = resolve(schema);
  if (Array.isArray(value)) {
    const { items } = resolved;
    if (items) for (const item of value) applyDefaults(item, items, resolve);
  } else if (isJsonObject(value)) {
    defaultFields(value, resolved, resolve);
  }
  return value;
}

function defaultFields(object: JsonObject, schema: Schema, resolve: SchemaResolver): void {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (isAbsent(object, name, property)) setOrDrop(object, name, property.default);
    if (Object.hasOwn(object, name)) applyDefaults(object[name], property, resolve);
  }
  const { additionalProperties } = schema;
  if (typeof additionalProperties !== 'object') return;
  for (const [name, value] of Object.entries(object)) {
    if (!schema.properties || !Object.hasOwn(schema.properties, name))
      applyDefaults(value, additionalProperties, resolve);
  }
}

function setOrDrop(object: JsonObject, name: string, fallback: unknown): void {
  if (fallback === undefined) delete object[name];
  else object[name] = structuredClone(fallback);
}

function isAbsent(object: JsonObject, name: string, property: Schema): boolean {
  return !Object.hasOwn(object, name) || (object[name] === null && !property.nullable);
}
