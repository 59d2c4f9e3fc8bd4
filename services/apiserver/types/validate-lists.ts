import { firstCausesIn } from '../../../shared/apis/meta/first-causes.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { inKeyOrder } from '../merge/json-value.ts';
import { duplicate, invalid } from './field-error.ts';
import { childPath, isJsonObject, type JsonObject } from './json-value.ts';
import { propertyOf } from './property-of.ts';

/** Duplicates in the sets and maps of a custom resource (`x-kubernetes-list-type`). */
export function validateLists(value: unknown, schema: Schema, path = ''): StatusCause[] {
  if (Array.isArray(value)) return listErrors(value, schema, path);
  return isJsonObject(value) ? fieldErrors(value, schema, path) : [];
}

function fieldErrors(value: JsonObject, schema: Schema, path: string): StatusCause[] {
  return firstCausesIn(Object.entries(value), ([name, field]) => {
    const own = propertyOf(schema, name);
    if (own) return validateLists(field, own, childPath(path, name));
    const rest = schema.additionalProperties;
    return typeof rest === 'object' ? validateLists(field, rest, `${path}[${name}]`) : [];
  });
}

function listErrors(items: unknown[], schema: Schema, path: string): StatusCause[] {
  const { items: itemSchema } = schema;
  const inner = itemSchema
    ? firstCausesIn(items, (item, index) => validateLists(item, itemSchema, `${path}[${index}]`))
    : [];
  return [...ownErrors(items, schema, path), ...inner];
}

function ownErrors(items: unknown[], schema: Schema, path: string): StatusCause[] {
  if (schema['x-kubernetes-list-type'] === 'set') return duplicatesOf(items, path);
  if (schema['x-kubernetes-list-type'] !== 'map') return [];
  const wrong = items.findIndex((item) => item !== null && !isJsonObject(item));
  if (wrong >= 0) {
    return [invalid(`${path}[${wrong}]`, items[wrong], 'must be an object for an array of list-type map')];
  }
  return duplicatesOf(
    items.map((item) => keysOf(item as JsonObject | null, schema['x-kubernetes-list-map-keys'] ?? [])),
    path,
  );
}

function keysOf(item: JsonObject | null, names: string[]): JsonObject {
  const present = names.filter((name) => item && Object.hasOwn(item, name));
  return Object.fromEntries(present.map((name) => [name, item?.[name]]));
}

/** Each value that appears again is reported once, at its second place. */
function duplicatesOf(values: unknown[], path: string): StatusCause[] {
  const times = new Map<string, number>();
  return firstCausesIn(values, (value, index) => {
    const text = JSON.stringify(inKeyOrder(value));
    const seen = (times.get(text) ?? 0) + 1;
    times.set(text, seen);
    return seen === 2 ? [duplicate(`${path}[${index}]`, value)] : [];
  });
}
