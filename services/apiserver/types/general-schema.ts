import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { forbidden, invalid, notSupported, required } from './field-error.ts';
import { listSchemaErrors } from './list-schema.ts';

/**
 * What the API forbids in any schema of a CRD, structural or not, also inside of its combinations. Source: apiextensions-apiserver, validation,
 * ValidateCustomResourceDefinitionOpenAPISchema.
 */

/** Fields that JSON schema has and CRDs have not; some count by being there, the rest unless they are empty. */
export interface UnservedFields {
  id?: string;
  $schema?: string;
  $ref?: string;
  patternProperties?: Record<string, AnySchema>;
  dependencies?: Record<string, unknown>;
  additionalItems?: unknown;
  definitions?: Record<string, AnySchema>;
}

/** Lists of schemas for items are refused, and looked at all the same. */
export type AnySchema = Omit<Schema, 'items'> & UnservedFields & { items?: AnySchema | AnySchema[] };

const isThere = (value: unknown): boolean => value !== undefined && value !== null;
const isFilled = (value: unknown): boolean => isThere(value) && Object.keys(value as object).length > 0;

const UNSERVED: readonly [keyof UnservedFields, (value: unknown) => boolean][] = [
  ['id', (value) => Boolean(value)],
  ['additionalItems', isThere],
  ['patternProperties', isFilled],
  ['definitions', isFilled],
  ['dependencies', isThere],
  ['$ref', isThere],
];

/** Where a schema is, as far as that matters. */
interface Place {
  path: string;
  /** Why there must be no default. */
  noDefault?: string;
  isRoot?: true;
}

const META = ['metadata', 'apiVersion', 'kind'];

export function generalSchemaErrors(schema: Schema, path: string): StatusCause[] {
  return generalErrors(schema as AnySchema, { path, isRoot: true });
}

function generalErrors(schema: AnySchema, place: Place): StatusCause[] {
  return [...ownErrors(schema, place), ...typeErrors(schema, place.path), ...partErrors(schema, place)];
}

function ownErrors(schema: AnySchema, { path, noDefault }: Place): StatusCause[] {
  const { additionalProperties: rest, properties = {} } = schema;
  const exclusive = 'additionalProperties and properties are mutual exclusive';
  const isExclusive = rest !== undefined && rest !== true && Object.keys(properties).length > 0;
  const quadratic = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
  const keep = 'x-kubernetes-preserve-unknown-fields';
  return [
    ...UNSERVED.flatMap(([name, isSet]) =>
      isSet(schema[name]) ? [forbidden(`${path}.${name}`, `${name} is not supported`)] : [],
    ),
    ...(schema.default !== undefined && noDefault
      ? [forbidden(`${path}.default`, `must not be set ${noDefault}`)]
      : []),
    ...(Array.isArray(schema.items) && schema.items.length > 0
      ? [forbidden(`${path}.items`, 'items must be a schema object and not an array')]
      : []),
    ...(schema.uniqueItems ? [forbidden(`${path}.uniqueItems`, quadratic)] : []),
    ...(isExclusive ? [forbidden(`${path}.additionalProperties`, exclusive)] : []),
    ...(schema[keep] === false ? [invalid(`${path}.${keep}`, false, 'must be true or undefined')] : []),
  ];
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const MAP_TYPES = ['atomic', 'granular'];

function typeErrors(schema: AnySchema, path: string): StatusCause[] {
  const { type, 'x-kubernetes-map-type': mapType } = schema;
  const why = 'must be object if x-kubernetes-map-type is specified';
  const known: readonly string[] = MAP_TYPES;
  return [
    ...(!type || TYPES.includes(type) ? [] : [notSupported(`${path}.type`, type, TYPES)]),
    ...(isNull(type) ? [forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')] : []),
    ...(mapType === undefined || type === 'object'
      ? []
      : [type ? invalid(`${path}.type`, type, why) : required(`${path}.type`, why)]),
    ...(mapType === undefined || known.includes(mapType)
      ? []
      : [notSupported(`${path}.x-kubernetes-map-type`, mapType, MAP_TYPES)]),
    ...listSchemaErrors(schema, path),
  ];
}

const isNull = (type: string | undefined): boolean => type === 'null';

function partErrors(schema: AnySchema, { path, noDefault, isRoot }: Place): StatusCause[] {
  const within = { ...(noDefault ? { noDefault } : {}) };
  const { properties = {}, additionalProperties: rest, items, not, definitions = {} } = schema;
  const at = (part: Schema | AnySchema, name: string, more: Partial<Place> = {}): StatusCause[] =>
    generalErrors(part as AnySchema, { path: `${path}.${name}`, ...within, ...more });
  return [
    ...Object.entries(properties).flatMap(([name, property]) =>
      at(property, `properties[${name}]`, isRoot && META.includes(name) ? { noDefault: `in top-level ${name}` } : {}),
    ),
    ...(typeof rest === 'object' ? at(rest, 'additionalProperties') : []),
    ...(Array.isArray(items)
      ? items.flatMap((item, index) => at(item, `items[${index}]`))
      : items
        ? at(items, 'items')
        : []),
    ...(not ? at(not, 'not') : []),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((list) =>
      partsIn(schema, list).flatMap((part, index) => at(part, `${list}[${index}]`)),
    ),
    ...Object.entries(definitions ?? {}).flatMap(([name, part]) => at(part, `definitions[${name}]`)),
  ];
}

/** None where something else was stored before it was looked at. */
function partsIn(schema: AnySchema, list: 'allOf' | 'anyOf' | 'oneOf'): Schema[] {
  const parts: unknown = schema[list];
  return Array.isArray(parts) ? parts : [];
}

const INIT_ORDER = [
  ['id', 'id', isThere],
  ['$schema', 'schema', isThere],
  ['$ref', '$ref', isThere],
  ['patternProperties', 'patternProperties', isFilled],
  ['dependencies', 'dependencies', isFilled],
  ['additionalItems', 'additionalItems', isThere],
  ['definitions', 'definitions', isFilled],
] as const;

/** Why a schema can't even be looked at as a structural one: what it has first that there is no place for. */
export function unservedText(schema: Schema): string | undefined {
  const any = schema as AnySchema;
  const found = INIT_ORDER.find(([name, , isSet]) => any[name] !== '' && isSet(any[name]));
  if (found) return `OpenAPIV3Schema '${found[1]}' is not supported`;
  if (Array.isArray(any.items)) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  const { items, not, properties = {}, additionalProperties: rest } = schema;
  const parts = [
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((list) => partsIn(any, list)),
    ...(not ? [not] : []),
    ...(items ? [items] : []),
    ...Object.values(properties),
    ...(typeof rest === 'object' ? [rest] : []),
  ];
  for (const part of parts) {
    const text = unservedText(part);
    if (text) return text;
  }
  return undefined;
}
