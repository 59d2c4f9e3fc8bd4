import type { Schema } from '../../../shared/apis/schema.ts';
import { invalid } from './field-error.ts';
import { childPath, isJsonObject, type JsonObject } from './json-value.ts';
import { propertyOf } from './property-of.ts';

/**
 * What an embedded resource (`x-kubernetes-embedded-resource`) says of its own kind is read together with the object that it is in: what is no text is
 * told as a body that can't be read, in upstream's words. The first that is found. Source: apiextensions-apiserver, `pkg/apiserver/schema/objectmeta`.
 */
export function embeddedMistake(value: unknown, schema: Schema, path = ''): string | undefined {
  if (!holdsEmbedded(schema)) return undefined;
  if (Array.isArray(value)) return itemMistake(value, schema, path);
  if (!isJsonObject(value)) return undefined;
  const own = schema['x-kubernetes-embedded-resource'] ? typeMistake(value, schema, path) : undefined;
  return own ?? partMistake(value, schema, path);
}

const known = new WeakMap<Schema, boolean>();

function holdsEmbedded(schema: Schema): boolean {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const holds = schema['x-kubernetes-embedded-resource'] === true || partsOf(schema).some(holdsEmbedded);
  known.set(schema, holds);
  return holds;
}

function partsOf({ properties = {}, items, additionalProperties: rest }: Schema): Schema[] {
  return [...Object.values(properties), ...(items ? [items] : []), ...(typeof rest === 'object' ? [rest] : [])];
}

function itemMistake(list: readonly unknown[], { items }: Schema, path: string): string | undefined {
  if (!items) return undefined;
  for (const [index, item] of list.entries()) {
    const mistake = embeddedMistake(item, items, `${path}[${index}]`);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

function typeMistake(object: JsonObject, schema: Schema, path: string): string | undefined {
  for (const name of ['apiVersion', 'kind']) {
    const value = object[name];
    if (value === undefined || typeof value === 'string' || (value === null && isDropped(schema, name))) continue;
    const field = childPath(path, name);
    return `${field}: ${invalid(field, value, 'must be a string').message}`;
  }
  return undefined;
}

/** A null that the schema has no place for is none at all. */
function isDropped(schema: Schema, name: string): boolean {
  const listed = propertyOf(schema, name);
  return listed !== undefined && !listed.nullable && listed.default === undefined;
}

function partMistake(object: JsonObject, schema: Schema, path: string): string | undefined {
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  for (const [name, value] of Object.entries(object)) {
    const listed = propertyOf(schema, name);
    const mistake = listed
      ? embeddedMistake(value, listed, childPath(path, name))
      : rest && embeddedMistake(value, rest, `${path}[${name}]`);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}
