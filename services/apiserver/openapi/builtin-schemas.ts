import { definitionCodeOf } from '../../../shared/apis/builtin/definitions.ts';
import {
  enumOf,
  expandDefinition,
  isBareRef,
  schemaRefPrefix,
} from '../../../shared/apis/builtin/expand-definition.ts';
import type { DefinitionCode } from '../../../shared/apis/builtin/table.ts';
import type { Schema } from '../../../shared/apis/schema.ts';

/** The definitions of built-in types as Kubernetes publishes them in OpenAPI v3. They are made anew, so that who reads a document costs no memory. */

export type Published = Record<string, unknown>;

/** Whether a document lists that a definition is also published in this group and version: DeleteOptions and WatchEvent are in all. */
export type IsListed = (group: string, version: string) => boolean;

const quantityName = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** Built-in types whose published form says less than ours. */
function publishUntyped(name: string, schema: Schema): Published | undefined {
  if (name === quantityName) return { oneOf: [{ type: 'string' }, { type: 'number' }] };
  if (schema.format === 'int-or-string') {
    return { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
  }
  if (!schema['x-kubernetes-preserve-unknown-fields'] || schema.properties) return undefined;
  return schema.type ? { type: schema.type } : {};
}

/** References with siblings are wrapped, since OpenAPI ignores what stands beside `$ref`. */
function publishRef({ $ref, ...siblings }: Schema): Published {
  return Object.keys(siblings).length === 0 ? { $ref } : { allOf: [{ $ref }], ...siblings };
}

/** The values that a field may have, said of its innermost items. */
function withEnum(schema: Schema, values: string[]): Schema {
  const { items, additionalProperties } = schema;
  if (items) return { ...schema, items: withEnum(items, values) };
  if (typeof additionalProperties !== 'object') return { ...schema, enum: values };
  return { ...schema, additionalProperties: withEnum(additionalProperties, values) };
}

/** A field wraps its reference also where there are no siblings: it is described there upstream. */
function publishField(schema: Schema): Published {
  if (isBareRef(schema)) return publishSchema(schema);
  const values = enumOf(schema);
  const { $ref, ...siblings } = schema;
  return $ref ? { allOf: [{ $ref }], ...siblings } : publishSchema(values ? withEnum(schema, values) : schema);
}

function publishSchema(schema: Schema): Published {
  if (schema.$ref) return publishRef(schema);
  const { properties, items, additionalProperties, ...rest } = schema;
  const fields = properties && Object.entries(properties).map(([name, field]) => [name, publishField(field)] as const);
  return {
    ...rest,
    ...(fields ? { properties: Object.fromEntries(fields) } : {}),
    ...(items ? { items: publishSchema(items) } : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: publishSchema(additionalProperties) } : {}),
  };
}

/** What stands beside the fields. */
function publishedOf(code: DefinitionCode, isListed: IsListed): Published {
  if (typeof code === 'string') return {};
  const { unions, kinds = [], alsoIn = [] } = code;
  const listed = alsoIn.map((one) => one.split('/')).filter(([group = '', version = '']) => isListed(group, version));
  const all = [...kinds, ...listed.map(([group = '', version = '']) => [group, version, kinds[0]?.[2] ?? ''])];
  return {
    ...(unions ? { 'x-kubernetes-unions': unions } : {}),
    ...(all.length > 0
      ? { 'x-kubernetes-group-version-kind': all.map(([group, version, kind]) => ({ group, version, kind })) }
      : {}),
  };
}

function publishBuiltin(name: string, isListed: IsListed): Published | undefined {
  const code = definitionCodeOf(name);
  if (code === undefined) return undefined;
  const schema = expandDefinition(name, code);
  return publishUntyped(name, schema) ?? { ...publishSchema(schema), ...publishedOf(code, isListed) };
}

function refsIn(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) refsIn(item, into);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      if (name === '$ref' && typeof part === 'string') into.add(part.slice(schemaRefPrefix.length));
      else refsIn(part, into);
    }
  }
}

/** Everything that is named in `wanted` or referred to by `known`, and what that refers to, sorted by name. */
export function closure(
  wanted: Iterable<string>,
  known: Record<string, Published>,
  isListed: IsListed,
): Record<string, Published> {
  const names = new Set(wanted);
  refsIn(known, names);
  const all: Record<string, Published> = { ...known };
  for (const name of names) {
    if (Object.hasOwn(all, name)) continue;
    const schema = publishBuiltin(name, isListed);
    if (!schema) continue;
    all[name] = schema;
    refsIn(schema, names);
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
