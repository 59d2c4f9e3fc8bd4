import { builtinNameOfKind, builtinSchema } from '../../../shared/apis/builtin/definitions.ts';
import { schemaRefPrefix } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';

/** Schemas as Kubernetes publishes them in OpenAPI v3. */

type Published = Record<string, unknown>;

const quantityName = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const listMetaRef = `${schemaRefPrefix}io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta`;

/** `stable.example.com/v1 CronTab` is `com.example.stable.v1.CronTab`. */
function customSchemaName(group: string, version: string, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

function publishRef({ $ref, ...siblings }: Schema): Published {
  return Object.keys(siblings).length === 0 ? { $ref } : { allOf: [{ $ref }], ...siblings };
}

/** Built-in types whose published form says less than ours. */
function publishUntyped(name: string, schema: Schema): Published | undefined {
  if (name === quantityName) return { oneOf: [{ type: 'string' }, { type: 'number' }] };
  if (schema.format === 'int-or-string') {
    return { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
  }
  if (!schema['x-kubernetes-preserve-unknown-fields'] || schema.properties) return undefined;
  return schema.type ? { type: schema.type } : {};
}

/** A field that refers to a definition always wraps the reference, since upstream describes it there. */
const publishField = (schema: Schema): Published =>
  schema.$ref ? { allOf: [{ $ref: schema.$ref }], ...publishSiblings(schema) } : publishSchema(schema);

function publishSiblings({ $ref: _, ...siblings }: Schema): Published {
  return siblings;
}

const mapValues = <T, U>(values: Record<string, T>, map: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));

/** References with siblings are wrapped in `allOf`, since OpenAPI ignores what stands beside `$ref`. */
function publishSchema(schema: Schema): Published {
  if (schema.$ref) return publishRef(schema);
  const { properties, items, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(properties ? { properties: mapValues(properties, publishField) } : {}),
    ...(items ? { items: publishSchema(items) } : {}),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'boolean' ? additionalProperties : publishSchema(additionalProperties),
        }),
  };
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

function publishBuiltin(name: string): Published | undefined {
  const schema = builtinSchema(name);
  return schema && (publishUntyped(name, schema) ?? publishSchema(schema));
}

/** Everything that `value` refers to, and what that refers to, sorted by name. `known` are schemas of the document itself. */
export function closure(value: unknown, known: Record<string, Published>): Record<string, Published> {
  const wanted = new Set<string>();
  refsIn(value, wanted);
  refsIn(known, wanted);
  const all: Record<string, Published> = { ...known };
  for (const name of wanted) {
    if (Object.hasOwn(all, name)) continue;
    const schema = publishBuiltin(name);
    if (!schema) continue;
    all[name] = schema;
    refsIn(schema, wanted);
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function listSchema({ group, version, kind, listKind }: ResourceDefinition): Published {
  const $ref = schemaRefPrefix + customSchemaName(group, version, kind);
  return {
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { type: 'string' },
      items: { type: 'array', items: { $ref } },
      kind: { type: 'string' },
      metadata: { allOf: [{ $ref: listMetaRef }] },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: listKind }],
  };
}

/** The schemas of a custom resource and its list. */
export function customSchemas(definition: ResourceDefinition): Record<string, Published> {
  const { group, version, kind, listKind } = definition;
  return {
    [customSchemaName(group, version, kind)]: publishSchema(definition.schema),
    [customSchemaName(group, version, listKind)]: listSchema(definition),
  };
}

export function schemaNameOf(definitions: readonly ResourceDefinition[]) {
  const custom = new Set(
    definitions
      .filter(({ source }) => source === 'crd')
      .flatMap(({ group, version, kind, listKind }) => [
        `${group}/${version}/${kind}`,
        `${group}/${version}/${listKind}`,
      ]),
  );
  return (group: string, version: string, kind: string): string | undefined =>
    custom.has(`${group}/${version}/${kind}`)
      ? customSchemaName(group, version, kind)
      : builtinNameOfKind(group, version, kind);
}
