import { refTo } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import type { Published } from './builtin-schemas.ts';

/**
 * A CRD's schema as it is published: what says nothing is left out, what vendor extensions mean is written out. Source: apiextensions-apiserver,
 * apiserver/schema (unfold, ToKubeOpenAPI) and controller/openapi/v2/conversion, which says what the older documents are spared.
 */

/** `older`: for OpenAPI v2, whose clients stop at what they don't know. */
export type Form = 'newer' | 'older';

const metadataRef = refTo('apimachinery.pkg.apis.meta.v1.ObjectMeta');

const values = [
  ...['type', 'format', 'title', 'description', 'default', 'example', 'externalDocs', 'nullable', 'enum', 'pattern'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'required'],
] as const;
const extensions = [
  ...['preserve-unknown-fields', 'embedded-resource', 'int-or-string', 'list-map-keys', 'list-type', 'map-type'],
  'validations',
].map((name) => `x-kubernetes-${name}`);
const published: readonly string[] = [...values, ...extensions];

const isList = (value: unknown): value is unknown[] => Array.isArray(value);

/** Numbers count also when they are 0. */
function saysNothing(name: string, value: unknown): boolean {
  if (name === 'default' || name === 'example') return value === null;
  return (
    value === undefined || value === null || value === false || value === '' || (isList(value) && value.length === 0)
  );
}

function valuesOf(schema: Schema): Published {
  const entries = Object.entries(schema).filter(
    ([name, value]) => published.includes(name) && !saysNothing(name, value),
  );
  return Object.fromEntries(entries);
}

const eitherType: Schema[] = [{ type: 'integer' }, { type: 'string' }];
const isEither = (schemas: Schema[] | undefined): boolean => JSON.stringify(schemas) === JSON.stringify(eitherType);

/** Says of a whole number or text that it is one, unless its schema does. */
function unfold(schema: Schema): Schema {
  const { anyOf = [], allOf = [] } = schema;
  if (!schema['x-kubernetes-int-or-string'] || isEither(anyOf) || isEither(allOf[0]?.anyOf)) return schema;
  if (anyOf.length === 0) return { ...schema, anyOf: eitherType };
  return { ...schema, allOf: [{ anyOf: eitherType }, ...allOf] };
}

const keepsUnknown = (schema: Schema): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true;

function requiredInOlder(
  { required = [], additionalProperties: rest }: Schema,
  fields: Record<string, Schema>,
): string[] {
  if (typeof rest === 'object' && rest.nullable) return [];
  return required.filter((name) => !(Object.hasOwn(fields, name) && fields[name]?.nullable));
}

/** Clients of old refuse unknown fields wherever they see known ones, and items or fields where they see no type. */
function sayOlder(schema: Schema): Schema {
  const {
    allOf: _,
    anyOf: __,
    oneOf: ___,
    not: ____,
    default: _____,
    nullable,
    properties,
    items,
    type,
    ...rest
  } = schema;
  const isOpen = nullable === true || keepsUnknown(schema);
  const fields = isOpen ? {} : (properties ?? {});
  const isUntyped = nullable || (type === 'array' && (isOpen || !items)) || (type === 'object' && keepsUnknown(schema));
  return {
    ...rest,
    ...(type && !isUntyped ? { type } : {}),
    ...(items && !isOpen ? { items } : {}),
    properties: fields,
    required: requiredInOlder(schema, fields),
  };
}

const mapValues = <T, U>(all: Record<string, T>, map: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [name, map(value)]));

/** Inside of a combination, where only values are restricted. */
function nestedForm(schema: Schema): Published {
  const { properties, items } = schema;
  return {
    ...valuesOf(schema),
    ...combinationsOf(schema),
    ...(items ? { items: nestedForm(items) } : {}),
    ...(properties && Object.keys(properties).length > 0 ? { properties: mapValues(properties, nestedForm) } : {}),
  };
}

function combinationsOf({ allOf, anyOf, oneOf, not }: Schema): Published {
  const all = Object.entries({ allOf, anyOf, oneOf }).filter(([, schemas]) => isList(schemas) && schemas.length > 0);
  return {
    ...Object.fromEntries(all.map(([name, schemas]) => [name, schemas?.map(nestedForm)])),
    ...(not ? { not: nestedForm(not) } : {}),
  };
}

/** The type and metadata that a whole object in a field has. */
function embeddedForm(schema: Schema, form: Form, own: Published): Published {
  if (!schema['x-kubernetes-embedded-resource'] || (form === 'older' && keepsUnknown(schema))) return own;
  const { properties = {}, required = [] } = own as { properties?: object; required?: string[] };
  return {
    ...own,
    required: [...required, ...['kind', 'apiVersion'].filter((name) => !required.includes(name))],
    properties: { ...properties, ...objectProperties },
  };
}

/** What every object has. */
export const objectProperties: Published = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { allOf: [{ $ref: metadataRef }] },
};

export function structuralForm(schema: Schema, form: Form): Published {
  const said = form === 'older' ? sayOlder(schema) : unfold(schema);
  const { properties = {}, items, additionalProperties: rest } = said;
  const formOf = (part: Schema): Published => structuralForm(part, form);
  return embeddedForm(said, form, {
    ...valuesOf(said),
    ...combinationsOf(said),
    ...(Object.keys(properties).length > 0 ? { properties: mapValues(properties, formOf) } : {}),
    ...(items ? { items: formOf(items) } : {}),
    ...(rest === undefined ? {} : { additionalProperties: typeof rest === 'boolean' ? rest : formOf(rest) }),
  });
}
