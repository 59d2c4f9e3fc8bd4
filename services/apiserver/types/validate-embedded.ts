import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { required } from './field-error.ts';
import { childPath, isJsonObject, type JsonObject } from './json-value.ts';
import { propertyOf } from './property-of.ts';

/** Embedded resources (`x-kubernetes-embedded-resource`) in a custom resource must say what they are. */
export function validateEmbedded(value: unknown, schema: Schema, path = ''): StatusCause[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, index) => validateEmbedded(item, items, `${path}[${index}]`)) : [];
  }
  if (!isJsonObject(value)) return [];
  return [
    ...(schema['x-kubernetes-embedded-resource'] ? typeErrors(value, path) : []),
    ...partErrors(value, schema, path),
  ];
}

function typeErrors(object: JsonObject, path: string): StatusCause[] {
  return ['apiVersion', 'kind'].filter((name) => !object[name]).map((name) => required(childPath(path, name)));
}

function partErrors(object: JsonObject, schema: Schema, path: string): StatusCause[] {
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return Object.entries(object).flatMap(([name, value]) => {
    const part = propertyOf(schema, name) ?? rest;
    return part && !part.$ref ? validateEmbedded(value, part, childPath(path, name)) : [];
  });
}
