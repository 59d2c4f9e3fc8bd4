import type { DefinitionCode, ObjectCode } from '../shared/apis/builtin/table.ts';
import { enumOf, type GoEnums } from './generate-builtin-enums.ts';
import { type GoStructs, goNames, writeRule } from './generate-builtin-go.ts';
import { newFieldLookup, type ProtoMessages, protoPath } from './generate-builtin-proto.ts';

/** OpenAPI v3 definitions to the compact form of `shared/apis/builtin/table.ts`. Descriptions are left out. */

export interface OpenApiSchema {
  $ref?: string;
  type?: string;
  format?: string;
  default?: unknown;
  required?: string[];
  properties?: Record<string, OpenApiSchema>;
  items?: OpenApiSchema;
  additionalProperties?: OpenApiSchema | boolean;
  allOf?: OpenApiSchema[];
  oneOf?: OpenApiSchema[];
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: string;
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-patch-merge-key'?: string;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
  'x-kubernetes-unions'?: unknown[];
}

const refPrefix = '#/components/schemas/';
export const shortName = (name: string): string => name.replace(/^io\.k8s\./, '');

const zeroValues: Record<string, unknown> = { string: '', boolean: false, integer: 0, number: 0, object: {} };

const isZero = (schema: OpenApiSchema, type: string): boolean =>
  JSON.stringify(schema.default) === JSON.stringify(zeroValues[type]);

const refOf = (schema: OpenApiSchema): string | undefined => schema.$ref ?? schema.allOf?.[0]?.$ref;

/** The type expression of a schema, its zero default included. */
function typeCode(schema: OpenApiSchema): string {
  const ref = refOf(schema);
  if (ref) return shortName(ref.slice(refPrefix.length)) + (isZero(schema, 'object') ? '~' : '');
  if (schema.type === 'array') return `[]${typeCode(schema.items ?? {})}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
    return `{}${typeCode(schema.additionalProperties)}`;
  }
  if (schema.oneOf) return schema.format ?? schema.oneOf.map((one) => one.type).join('-or-');
  const base = schema.format ?? schema.type ?? 'any';
  return base + (schema.type && isZero(schema, schema.type) ? '~' : '');
}

interface Known {
  in?: string;
  go?: string;
  enum?: string | undefined;
}

function attributes(schema: OpenApiSchema, code: string, known: Known): string[] {
  const listKeys = schema['x-kubernetes-list-map-keys']?.join(',');
  const pairs: [string, string | undefined][] = [
    ['list', schema['x-kubernetes-list-type']],
    ['keys', listKeys],
    ['map', schema['x-kubernetes-map-type']],
    ['patch', schema['x-kubernetes-patch-strategy']],
    ['key', schema['x-kubernetes-patch-merge-key']],
    ['default', schema.default === undefined || code.endsWith('~') ? undefined : JSON.stringify(schema.default)],
    ['in', known.in],
    ['go', known.go],
    ['enum', known.enum],
    ['ref', schema.$ref && 'bare'],
  ];
  return pairs.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`);
}

/** DeleteOptions and WatchEvent are published once more in every group and version; the table lists those apart. */
function kindsOf(name: string, schema: OpenApiSchema): Pick<ObjectCode, 'kinds' | 'alsoIn'> {
  const all = schema['x-kubernetes-group-version-kind'];
  const isShared = name.startsWith('io.k8s.apimachinery.');
  const others = all?.filter(({ group }) => isShared && group !== '') ?? [];
  const own = all?.filter((gvk) => !others.includes(gvk));
  return {
    ...(own ? { kinds: own.map(({ group, version, kind }) => [group, version, kind]) } : {}),
    ...(others.length > 0 ? { alsoIn: others.map(({ group, version }) => `${group}/${version}`) } : {}),
  };
}

/** Only where the order is not that of the names. */
function requiredOf({ required = [] }: OpenApiSchema): Pick<ObjectCode, 'required'> {
  const isSorted = required.every((name, index) => index === 0 || (required[index - 1] ?? '') < name);
  return isSorted ? {} : { required };
}

/** What the other sources know about the types. */
export interface TypeSources {
  messages: ProtoMessages;
  structs: GoStructs;
  enums: GoEnums;
}

function objectCode(name: string, schema: OpenApiSchema, { messages, structs, enums }: TypeSources): ObjectCode {
  const properties = schema.properties ?? {};
  const lookup = newFieldLookup(messages, Object.keys(properties));
  const fields: Record<string, string> = {};
  for (const [field, property] of Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const required = schema.required?.includes(field) ? '!' : '';
    const code = typeCode(property);
    const rule = writeRule(structs, name, field, refOf(property) !== undefined);
    const place = `${protoPath(lookup, name, field) ?? '0'}${required}${rule}`;
    const known = { ...goNames(structs, name, field), enum: enumOf(enums, name, field) };
    fields[field] = [place, code, ...attributes(property, code, known)].join(' ');
  }
  return {
    fields,
    ...requiredOf(schema),
    ...kindsOf(name, schema),
    ...(schema['x-kubernetes-map-type'] ? { map: schema['x-kubernetes-map-type'] } : {}),
    ...(schema['x-kubernetes-unions'] ? { unions: schema['x-kubernetes-unions'] } : {}),
  };
}

export function definitionCode(name: string, schema: OpenApiSchema, sources: TypeSources): DefinitionCode {
  return schema.properties ? objectCode(name, schema, sources) : typeCode(schema);
}
