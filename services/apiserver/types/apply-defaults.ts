import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { setKey } from '../merge/json-value.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';

/**
 * Fills in the `default`s of a custom resource's structural schema. A null where null is not allowed counts as absent if there is a default for it.
 * Changes `value` in place and returns it.
 * Source: Kubernetes documentation, "Defaulting and Nullable".
 */
export function applyDefaults(value: unknown, schema: Schema, resolve: SchemaResolver): unknown {
  const resolved = resolve(schema);
  if (Array.isArray(value)) {
    if (resolved.items) defaultItems(value, resolved.items, resolve);
  } else if (isJsonObject(value)) {
    defaultFields(value, resolved, resolve);
  }
  return value;
}

/** There is none for what is absent. */
const defaultOf = (value: unknown, schema: Schema): unknown =>
  value === null && !schema.nullable && schema.default !== undefined ? structuredClone(schema.default) : value;

function defaultItems(list: unknown[], items: Schema, resolve: SchemaResolver): void {
  for (const [index, item] of list.entries()) {
    list[index] = defaultOf(item, items);
    applyDefaults(list[index], items, resolve);
  }
}

function defaultFields(object: JsonObject, schema: Schema, resolve: SchemaResolver): void {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isAbsent = !Object.hasOwn(object, name) || (object[name] === null && !property.nullable);
    if (isAbsent && property.default !== undefined) setKey(object, name, structuredClone(property.default));
    if (Object.hasOwn(object, name)) applyDefaults(object[name], property, resolve);
  }
  const { additionalProperties } = schema;
  if (typeof additionalProperties !== 'object') return;
  for (const [name, value] of Object.entries(object)) {
    if (schema.properties && Object.hasOwn(schema.properties, name)) continue;
    object[name] = defaultOf(value, additionalProperties);
    applyDefaults(object[name], additionalProperties, resolve);
  }
}

/**
 * Takes the nulls out of a custom resource's maps where null is not allowed and no default takes their place. What is applied keeps them, and is refused for them.
 * Changes `value` in place and returns it.
 */
export function dropNulls(value: unknown, schema: Schema, resolve: SchemaResolver): unknown {
  const { items, properties = {}, additionalProperties } = resolve(schema);
  if (Array.isArray(value)) {
    if (items) for (const item of value) dropNulls(item, items, resolve);
  } else if (isJsonObject(value)) {
    const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    for (const [name, part] of Object.entries(value)) {
      const own = Object.hasOwn(properties, name) ? properties[name] : others;
      if (own && part === null && !own.nullable && own.default === undefined) delete value[name];
      else if (own) dropNulls(part, own, resolve);
    }
  }
  return value;
}
