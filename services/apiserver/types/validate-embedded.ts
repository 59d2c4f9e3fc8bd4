import { firstCausesIn } from '../../../shared/apis/meta/first-causes.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { isDns1035Label } from '../registry/object-names.ts';
import { invalid, required } from './field-error.ts';
import { childPath, isJsonObject, type JsonObject } from './json-value.ts';
import { propertyOf } from './property-of.ts';

/** Embedded resources (`x-kubernetes-embedded-resource`) in a custom resource must say what they are. */
export function validateEmbedded(value: unknown, schema: Schema, path = ''): StatusCause[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? firstCausesIn(value, (item, index) => validateEmbedded(item, items, `${path}[${index}]`)) : [];
  }
  if (!isJsonObject(value)) return [];
  return [
    ...(schema['x-kubernetes-embedded-resource'] ? typeErrors(value, path) : []),
    ...partErrors(value, schema, path),
  ];
}

function typeErrors(object: JsonObject, path: string): StatusCause[] {
  const names = ['apiVersion', 'kind'] as const;
  return [
    ...names.filter((name) => !Object.hasOwn(object, name)).map((name) => required(childPath(path, name))),
    ...names.flatMap((name) =>
      typeTexts(name, object[name]).map((text) => invalid(childPath(path, name), object[name], text)),
    ),
  ];
}

/** What is wrong with what is there. */
function typeTexts(name: 'apiVersion' | 'kind', value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'string') return ['must be a string'];
  if (value === '') return ['must not be empty'];
  if (name === 'apiVersion') return value.split('/').length > 2 ? [`unexpected GroupVersion string: ${value}`] : [];
  const texts = isDns1035Label(value.toLowerCase());
  return texts.length > 0 ? [`may have mixed case, but should otherwise match: ${texts.join(',')}`] : [];
}

function partErrors(object: JsonObject, schema: Schema, path: string): StatusCause[] {
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return firstCausesIn(Object.entries(object), ([name, value]) => {
    const listed = propertyOf(schema, name);
    const part = listed ?? rest;
    const at = listed ? childPath(path, name) : `${path}[${name}]`;
    return part && !part.$ref ? validateEmbedded(value, part, at) : [];
  });
}
