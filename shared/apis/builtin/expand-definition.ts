import type { Schema } from '../schema.ts';
import type { DefinitionCode, ObjectCode } from './table.ts';

/** The compact definitions of the data files (the language is described in `table.ts`) as `Schema`. */

export const schemaRefPrefix = '#/components/schemas/';

export const refTo = (name: string): string => `${schemaRefPrefix}io.k8s.${name}`;

const scalars: Record<string, Schema> = {
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  'int-or-string': { format: 'int-or-string', 'x-kubernetes-int-or-string': true },
  /** Quantity: published as one of string and number, handled as a value that may be either. */
  'string-or-number': { 'x-kubernetes-int-or-string': true },
  any: { 'x-kubernetes-preserve-unknown-fields': true },
};
const plainTypes = new Set(['string', 'boolean', 'integer', 'number', 'object']);
const zeroValues: Record<string, unknown> = { string: '', boolean: false, integer: 0, number: 0 };

function scalar(base: string): Schema {
  const known = scalars[base];
  if (known) return { ...known };
  return plainTypes.has(base) ? { type: base as 'string' } : { type: 'string', format: base };
}

function withZero(schema: Schema): Schema {
  return { ...schema, default: schema.type && schema.type !== 'object' ? zeroValues[schema.type] : {} };
}

/** A type expression: `[]api.core.v1.EnvVar~`. */
export function expandType(code: string): Schema {
  if (code.startsWith('[]')) return { type: 'array', items: expandType(code.slice(2)) };
  if (code.startsWith('{}')) return { type: 'object', additionalProperties: expandType(code.slice(2)) };
  if (code.endsWith('~')) return withZero(expandType(code.slice(0, -1)));
  return code.includes('.') ? { $ref: refTo(code) } : scalar(code);
}

const goTypes = new WeakMap<Schema, string>();
const embedding = new WeakMap<Schema, string[]>();

/** Go's name for the type of a field or of a list's items (`v1.LimitType`, `[]v1.LimitType`), where that is not a struct; by the schema before it is resolved. */
export function goTypeOf(fieldSchema: Schema): string | undefined {
  return goTypes.get(fieldSchema);
}

/** The structs that are embedded between a field and the type that it is listed with in JSON. */
export function embeddedAround(fieldSchema: Schema): readonly string[] {
  return embedding.get(fieldSchema) ?? [];
}

const enums = new WeakMap<Schema, string>();

/** The values that a field may have, or each of its items; by the field's own schema. They are published, and not enforced by it. */
export function enumOf(fieldSchema: Schema): string[] | undefined {
  return enums.get(fieldSchema)?.replaceAll('_', ' ').split(',');
}

const bareRefs = new WeakSet<Schema>();

/** Whether a field's reference is published without anything around it. */
export const isBareRef = (fieldSchema: Schema): boolean => bareRefs.has(fieldSchema);

function nameTypes(schema: Schema, name: string): void {
  goTypes.set(schema, name);
  if (name.startsWith('[]') && schema.items) nameTypes(schema.items, name.slice(2));
}

function applyAttribute(schema: Schema, attribute: string): void {
  const [name, value] = splitAt(attribute, '=');
  if (name === 'list') schema['x-kubernetes-list-type'] = value as 'atomic';
  else if (name === 'keys') schema['x-kubernetes-list-map-keys'] = value.split(',');
  else if (name === 'map') schema['x-kubernetes-map-type'] = value as 'atomic';
  else if (name === 'patch') schema['x-kubernetes-patch-strategy'] = value;
  else if (name === 'key') schema['x-kubernetes-patch-merge-key'] = value;
  else if (name === 'go') nameTypes(schema, value);
  else if (name === 'in') embedding.set(schema, value.split('.'));
  else if (name === 'enum') enums.set(schema, value);
  else if (name === 'ref') bareRefs.add(schema);
  else if (name === 'default') schema.default = JSON.parse(value);
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** How Go writes a field to JSON: left out when it is zero or empty, or written as null when it is absent. */
export type WriteRule = 'omit-empty' | 'write-null';

const writeRules: Record<string, WriteRule> = { '?': 'omit-empty', '^': 'write-null' };
const rulesOfFields = new WeakMap<Schema, WriteRule>();

/** The rule of a field of a built-in type, by the field's own schema (before it is resolved). */
export function writeRuleOf(fieldSchema: Schema): WriteRule | undefined {
  return rulesOfFields.get(fieldSchema);
}

export interface ExpandedField {
  required: boolean;
  schema: Schema;
  /** Place in the protobuf message; `''` if it is not in it. */
  protoPath: string;
}

/** `3!? string~ …` */
export function expandField(code: string): ExpandedField {
  const [place = '', type = '', ...attributes] = code.split(' ');
  const schema = expandType(type);
  for (const attribute of attributes) applyAttribute(schema, attribute);
  const [, number = '0', required = '', rule = ''] = /^([\d.]+)(!?)([?^]?)$/.exec(place) ?? [];
  const writeRule = writeRules[rule];
  if (writeRule) rulesOfFields.set(schema, writeRule);
  return { required: required !== '', schema, protoPath: number === '0' ? '' : number };
}

function expandObject(code: ObjectCode): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, fieldCode] of Object.entries(code.fields)) {
    const field = expandField(fieldCode);
    properties[name] = field.schema;
    if (field.required) required.push(name);
  }
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required: code.required ?? required } : {}),
    ...(code.map ? { 'x-kubernetes-map-type': code.map as 'atomic' } : {}),
    ...(code.kinds ? { 'x-kubernetes-group-version-kind': code.kinds.map(toGvk) } : {}),
  };
}

function toGvk([group = '', version = '', kind = '']: string[]): { group: string; version: string; kind: string } {
  return { group, version, kind };
}

/** Definitions that are objects in the published documents but hold any JSON. */
const freeForm = /\.(RawExtension|FieldsV1|Patch)$/;

export function expandDefinition(name: string, code: DefinitionCode): Schema {
  if (typeof code !== 'string') return expandObject(code);
  const schema = expandType(code);
  return freeForm.test(name) ? { ...schema, 'x-kubernetes-preserve-unknown-fields': true } : schema;
}
