import type { Schema } from '../../../shared/apis/schema.ts';
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

/**
 * The type that rules see of values with a structural schema; undefined where they see none (what a schema says nothing of). `isResource`: the schema is that
 * of a whole object, which has a kind and metadata whatever it lists. Source: k8s.io/apiserver, `pkg/cel/common/schemas.go`.
 */
export function schemaType(schema: Schema, name: string, isResource: boolean): CelType | undefined {
  if (schema['x-kubernetes-int-or-string']) return DYN;
  const type = isResource ? 'object' : schema.type;
  switch (type) {
    case 'array':
      return listType(schema, name);
    case 'object':
      return objectType(schema, name, isResource);
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

const partType = (schema: Schema, name: string): CelType | undefined =>
  schemaType(schema, name, schema['x-kubernetes-embedded-resource'] === true);

function listType({ items }: Schema, name: string): CelType | undefined {
  const item = items && partType(items, `${name}.@idx`);
  return item && listOf(item);
}

function objectType(schema: Schema, name: string, isResource: boolean): CelType | undefined {
  const { additionalProperties: rest } = schema;
  if (typeof rest === 'object') {
    const value = partType(rest, `${name}.@elem`);
    return value && mapOf(STRING, value);
  }
  const properties = new Map<string, Schema>();
  for (const [own, property] of Object.entries(propertiesOf(schema, isResource))) {
    const escaped = escapedName(own);
    if (escaped !== undefined) properties.set(escaped, property);
  }
  return objectOf(name, (field) => {
    const property = properties.get(field) ?? (isReserved(field) ? properties.get(`__${field}__`) : undefined);
    return property && partType(property, `${name}.${field}`);
  });
}

const text: Schema = { type: 'string' };
const RESOURCE: Readonly<Record<string, Schema>> = {
  kind: text,
  apiVersion: text,
  metadata: { type: 'object', properties: { name: text, generateName: text } },
};

/** Of a whole object as much is seen whatever its schema lists of it. */
export function propertiesOf({ properties = {} }: Schema, isResource: boolean): Record<string, Schema> {
  if (!isResource) return properties;
  const names = properties['metadata']?.properties ?? {};
  const isListed =
    properties['kind']?.type === 'string' &&
    properties['apiVersion']?.type === 'string' &&
    properties['metadata']?.type === 'object' &&
    names['name']?.type === 'string' &&
    names['generateName']?.type === 'string';
  return isListed ? properties : { ...properties, ...RESOURCE };
}
