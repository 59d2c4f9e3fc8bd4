import { refTo, schemaRefPrefix } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import type { Published } from './builtin-schemas.ts';
import { type Form, objectProperties, structuralForm } from './structural-form.ts';

/** The definitions of a custom resource and its list. Source: apiextensions-apiserver, controller/openapi/builder. */

/** `stable.example.com/v1 CronTab` is `com.example.stable.v1.CronTab`. */
export function customSchemaName(group: string, version: string, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

/** Which fields selectors may name. */
function selectableFields({ selectableFields: paths }: ResourceDefinition): Published {
  if (paths.length === 0) return {};
  return { 'x-kubernetes-selectable-fields': paths.map((fieldPath) => ({ fieldPath })) };
}

function extensionsOf(definition: ResourceDefinition, kind: string): Published {
  const { group, version } = definition;
  return { ...selectableFields(definition), 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
}

/** Without the object's own type and metadata, which are said of every kind alike. */
function ownSchema({ properties = {}, ...rest }: Schema): Schema {
  const { apiVersion: _, kind: __, metadata: ___, ...own } = properties;
  return { ...rest, properties: own };
}

function objectSchema(definition: ResourceDefinition, form: Form): Published {
  const { schema, kind } = definition;
  const extensions = extensionsOf(definition, kind);
  // Clients of old would refuse every field but those told.
  if (form === 'older' && schema['x-kubernetes-preserve-unknown-fields']) return { type: 'object', ...extensions };
  const own = structuralForm(ownSchema(schema), form);
  return {
    ...own,
    properties: { ...(own['properties'] as Published | undefined), ...objectProperties },
    ...extensions,
  };
}

function listSchema(definition: ResourceDefinition): Published {
  const { group, version, kind, listKind } = definition;
  const $ref = schemaRefPrefix + customSchemaName(group, version, kind);
  return {
    type: 'object',
    required: ['items'],
    properties: {
      ...objectProperties,
      items: { type: 'array', items: { $ref } },
      metadata: { allOf: [{ $ref: refTo('apimachinery.pkg.apis.meta.v1.ListMeta') }] },
    },
    ...extensionsOf(definition, listKind),
  };
}

export function customSchemas(definitions: readonly ResourceDefinition[], form: Form): Record<string, Published> {
  const custom = definitions.filter(({ source }) => source === 'crd');
  return Object.fromEntries(
    custom.flatMap((definition) => {
      const { group, version, kind, listKind } = definition;
      return [
        [customSchemaName(group, version, kind), objectSchema(definition, form)],
        [customSchemaName(group, version, listKind), listSchema(definition)],
      ];
    }),
  );
}
