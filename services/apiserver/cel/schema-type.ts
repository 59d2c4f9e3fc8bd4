import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  objectOf,
  STRING,
  TIMESTAMP,
} from './cel-type.ts';
import { escapedName, isReserved } from './escaped-name.ts';

/** Where a schema stands. */
export interface TypePlace {
  /** What its type is called. */
  name: string;
  /** It is that of a whole object, which has a kind and metadata whatever it lists. */
  isResource: boolean;
  /** Of those that name others, as built-in ones do. */
  resolve?: SchemaResolver;
  /** The names on the way here: of a schema within itself nothing is seen. */
  within?: readonly string[];
}

/**
 * The type that rules see of values with a structural schema; undefined where they see none (what a schema says nothing of). Source: k8s.io/apiserver,
 * `pkg/cel/common/schemas.go`.
 */
export function schemaType(schema: Schema, place: TypePlace): CelType | undefined {
  if (schema['x-kubernetes-int-or-string']) return DYN;
  const type = place.isResource ? 'object' : schema.type;
  switch (type) {
    case 'array':
      return listType(schema, place);
    case 'object':
      return objectType(schema, place);
    case 'string':
      return textTypes[schema.format ?? ''] ?? STRING;
    case 'boolean':
      return BOOL;
    case 'number':
      return DOUBLE;
    case 'integer':
      return INT;
    default:
      return undefined;
  }
}

const textTypes: Readonly<Record<string, CelType>> = {
  byte: BYTES,
  duration: DURATION,
  date: TIMESTAMP,
  'date-time': TIMESTAMP,
};

function partType(part: Schema, { name, resolve, within = [] }: TypePlace, own: string): CelType | undefined {
  const { $ref } = part;
  if ($ref === QUANTITY) return undefined;
  const schema = $ref !== undefined && within.includes($ref) ? NOTHING : (resolve?.(part) ?? part);
  const isResource = schema['x-kubernetes-embedded-resource'] === true;
  const below = $ref === undefined ? within : [...within, $ref];
  return schemaType(schema, { name: `${name}.${own}`, isResource, within: below, ...(resolve ? { resolve } : {}) });
}

/** It has no type that expressions know. */
const QUANTITY = '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity';
const NOTHING: Schema = { type: 'object' };

function listType({ items }: Schema, place: TypePlace): CelType | undefined {
  const item = items && partType(items, place, '@idx');
  return item && listOf(item);
}

function objectType(schema: Schema, place: TypePlace): CelType | undefined {
  const { additionalProperties: rest } = schema;
  if (typeof rest === 'object') {
    const value = partType(rest, place, '@elem');
    return value && mapOf(STRING, value);
  }
  const properties = new Map<string, Schema>();
  for (const [own, property] of Object.entries(propertiesOf(schema, place.isResource, place.resolve))) {
    const escaped = escapedName(own);
    if (escaped !== undefined) properties.set(escaped, property);
  }
  return objectOf(place.name, (field) => {
    const property = properties.get(field) ?? (isReserved(field) ? properties.get(`__${field}__`) : undefined);
    return property && partType(property, place, field);
  });
}

const text: Schema = { type: 'string' };
const RESOURCE: Readonly<Record<string, Schema>> = {
  kind: text,
  apiVersion: text,
  metadata: { type: 'object', properties: { name: text, generateName: text } },
};

/** Of a whole object as much is seen whatever its schema lists of it. */
export function propertiesOf(
  { properties = {} }: Schema,
  isResource: boolean,
  resolve: SchemaResolver = (schema) => schema,
): Record<string, Schema> {
  if (!isResource) return properties;
  const metadata = properties['metadata'] && resolve(properties['metadata']);
  const names = metadata?.properties ?? {};
  const isListed =
    properties['kind']?.type === 'string' &&
    properties['apiVersion']?.type === 'string' &&
    metadata?.type === 'object' &&
    names['name']?.type === 'string' &&
    names['generateName']?.type === 'string';
  return isListed ? properties : { ...properties, ...RESOURCE };
}
