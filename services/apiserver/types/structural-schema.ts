import { firstCausesIn } from '../../../shared/apis/meta/first-causes.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { isOutOfSteps, spendSteps, stepsOf, TOO_MUCH_OF_ALL } from '../cel/compile-steps.ts';
import { forbidden, invalid, required } from './field-error.ts';
import { generalSchemaErrors, unservedText } from './general-schema.ts';
import { patternError } from './go-pattern.ts';
import { validateValue } from './validate-value.ts';

/**
 * Whether a CRD's schema is structural: every field has a type outside of the logical combinations, and those only restrict values.
 * Source: Kubernetes documentation, "Specifying a structural schema"; texts as upstream's.
 */

type Level = 'root' | 'item' | 'field';

const where: Record<Level, string> = {
  root: 'at the root',
  item: 'for specified array items',
  field: 'for specified object fields',
};

const at = (path: string, name: string): string => `${path}.${name}`;
const key = (path: string, name: string): string => `${path}[${name}]`;

/** The violations, sorted by their text. */
export function validateStructuralSchema(schema: Schema, path: string): StatusCause[] {
  const errors = [...generalSchemaErrors(schema, path), ...structuralErrors(schema, path)];
  const text = ({ field, message }: StatusCause): string => `${field}: ${message}`;
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

/** What can't be looked at so is told as such where nothing else is wrong; defaults are judged by schemas that are right. */
function structuralErrors(schema: Schema, path: string): StatusCause[] {
  const unserved = unservedText(schema);
  if (unserved) return generalSchemaErrors(schema, path).length > 0 ? [] : [invalid(path, '', unserved)];
  const errors = invariantErrors(schema, 'root', path);
  return errors.length > 0 ? errors : valueErrors(schema, path);
}

function invariantErrors(schema: Schema, level: Level, path: string): StatusCause[] {
  return [
    ...arrayErrors(schema, path),
    ...partErrors(schema, level, path),
    ...extensionErrors(schema, path),
    ...combinationErrors(schema, path),
    ...typeErrors(schema, level, path),
    ...embeddedErrors(schema, path),
    ...metadataErrors(schema, level, path),
    ...patternErrors(schema, path),
  ];
}

function arrayErrors(schema: Schema, path: string): StatusCause[] {
  return schema.type === 'array' && !schema.items ? [required(at(path, 'items'), 'must be specified')] : [];
}

function partErrors(schema: Schema, level: Level, path: string): StatusCause[] {
  const { items, properties = {}, additionalProperties } = schema;
  const errors = [
    ...(items ? invariantErrors(items, 'item', at(path, 'items')) : []),
    ...firstCausesIn(Object.entries(properties), ([name, property]) =>
      invariantErrors(property, 'field', key(at(path, 'properties'), name)),
    ),
  ];
  if (additionalProperties === undefined || additionalProperties === false) return errors;
  const place = at(path, 'additionalProperties');
  if (level === 'root') errors.push(forbidden(place, 'must not be used at the root'));
  return additionalProperties === true ? errors : [...errors, ...invariantErrors(additionalProperties, 'field', place)];
}

function extensionErrors(schema: Schema, path: string): StatusCause[] {
  if (!schema['x-kubernetes-int-or-string']) return [];
  const others = ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const;
  return others
    .filter((name) => schema[name])
    .map((name) => invalid(at(path, name), true, 'must be false if x-kubernetes-int-or-string is true'));
}

function typeErrors(schema: Schema, level: Level, path: string): StatusCause[] {
  const place = at(path, 'type');
  const { type } = schema;
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true';
    return [type ? invalid(place, type, why) : required(place, why)];
  }
  const mayBeAnything = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
  if (!type && !mayBeAnything) return [required(place, `must not be empty ${where[level]}`)];
  return level === 'root' && type && type !== 'object' ? [invalid(place, type, 'must be object at the root')] : [];
}

function embeddedErrors(schema: Schema, path: string): StatusCause[] {
  if (!schema['x-kubernetes-embedded-resource']) return [];
  const errors: StatusCause[] = [];
  if (schema.additionalProperties) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(forbidden(at(path, 'additionalProperties'), why));
  }
  if (!schema['x-kubernetes-preserve-unknown-fields'] && Object.keys(schema.properties ?? {}).length === 0) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(at(path, 'properties'), why));
  }
  return errors;
}

function metadataErrors(schema: Schema, level: Level, path: string): StatusCause[] {
  const metadata = schema.properties?.['metadata'];
  const isObject = level === 'root' || schema['x-kubernetes-embedded-resource'];
  if (!metadata || !isObject) return [];
  const place = key(at(path, 'properties'), 'metadata');
  const errors = metadata.type === 'object' ? [] : [invalid(at(place, 'type'), metadata.type ?? '', 'must be object')];
  if (level === 'root' && restrictsMore(metadata)) {
    const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    errors.push(forbidden(place, why));
  }
  return errors;
}

function restrictsMore(metadata: Schema): boolean {
  const { type: _, description: __, properties = {}, ...rest } = metadata;
  const others = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName');
  return others.length > 0 || Object.keys(rest).length > 0;
}

const isIntOrStringPattern = (schemas: Schema[] | undefined): boolean =>
  JSON.stringify(schemas) === '[{"type":"integer"},{"type":"string"}]';

function combinationErrors(schema: Schema, path: string): StatusCause[] {
  const names = (['anyOf', 'allOf', 'oneOf'] as const).filter(
    (name) => name !== 'anyOf' || !isIntOrStringPattern(schema.anyOf),
  );
  return [
    ...names.flatMap((name) =>
      firstCausesIn(schema[name] ?? [], (nested, index) => nestedErrors(nested, key(at(path, name), String(index)))),
    ),
    ...(schema.not ? nestedErrors(schema.not, at(path, 'not')) : []),
  ];
}

const mustBeEmpty = [
  ['type', 'must be empty to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
] as const;

/** Inside a combination only values are restricted. */
function nestedErrors(schema: Schema, path: string): StatusCause[] {
  return [
    ...mustBeEmpty.filter(([name]) => schema[name]).map(([name, why]) => forbidden(at(path, name), why)),
    ...patternErrors(schema, path),
    ...(isIntOrStringPattern(schema.anyOf) ? [] : combinationErrors(schema, path)),
    ...(schema.items ? nestedErrors(schema.items, at(path, 'items')) : []),
    ...firstCausesIn(Object.entries(schema.properties ?? {}), ([name, property]) =>
      nestedErrors(property, key(at(path, 'properties'), name)),
    ),
  ];
}

function patternErrors({ pattern }: Schema, path: string): StatusCause[] {
  const why = pattern === undefined ? undefined : patternError(pattern);
  const text = `must be a valid regular expression, but isn't: ${why}`;
  return why ? [invalid(at(path, 'pattern'), pattern, text)] : [];
}

/** Defaults must be valid themselves. Their own paths start at the default. */
function defaultErrors(schema: Schema, path: string): StatusCause[] {
  if (schema.default === undefined) return [];
  const place = at(path, 'default');
  const work = { done: 0 };
  const causes = isOutOfSteps() ? [] : validateValue(schema.default, schema, { work });
  if (!spendSteps(stepsOf(work))) return [invalid(place, '', TOO_MUCH_OF_ALL)];
  return causes.map((cause) => ({
    ...cause,
    field: cause.field ? `${place}.${cause.field}` : place,
  }));
}

function valueErrors(schema: Schema, path: string): StatusCause[] {
  const { items, properties = {}, additionalProperties: rest } = schema;
  return [
    ...defaultErrors(schema, path),
    ...Object.entries(properties).flatMap(([name, property]) =>
      valueErrors(property, key(at(path, 'properties'), name)),
    ),
    ...(items ? valueErrors(items, at(path, 'items')) : []),
    ...(typeof rest === 'object' ? valueErrors(rest, at(path, 'additionalProperties')) : []),
  ];
}
