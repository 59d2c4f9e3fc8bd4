import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';

/** How strategic merge treats a field. */
export interface PatchMeta {
  /** Of lists: merge item by item, instead of replacing. Of maps: replace instead of merging. */
  strategy: 'merge' | 'replace' | '';
  /** The field that names a list's items; `''`: a list of scalars. */
  mergeKey: string;
  /** What is below: of the map's fields, or of the list's items. Undefined: not known, merged without any strategy. */
  below: PatchSchema | undefined;
  /** A map of any names, which has no order. */
  isMap?: boolean;
}

export interface PatchSchema {
  /** Go's name of the type, as far as it has one. */
  readonly name: string;
  has(name: string): boolean;
  field(name: string): PatchMeta;
}

const unknownField: PatchMeta = { strategy: '', mergeKey: '', below: undefined };

/** Reads `x-kubernetes-patch-strategy` and `x-kubernetes-patch-merge-key`. */
export function patchSchemaOf(schema: Schema, resolve: SchemaResolver): PatchSchema {
  const { properties = {}, additionalProperties } = resolve(schema);
  const additional = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const goName = schema.$ref?.split('.').at(-1) ?? schema['x-kubernetes-group-version-kind']?.[0]?.kind ?? '';
  return {
    name: goName,
    has: (name) => additional !== undefined || Object.hasOwn(properties, name),
    field: (name) => {
      const declared = Object.hasOwn(properties, name) ? properties[name] : additional;
      return declared ? patchMetaOf(declared, resolve) : unknownField;
    },
  };
}

function patchMetaOf(declared: Schema, resolve: SchemaResolver): PatchMeta {
  const [only] = declared.allOf ?? [];
  const schema = resolve(declared.$ref || !only ? declared : only);
  const strategies = (declared['x-kubernetes-patch-strategy'] ?? schema['x-kubernetes-patch-strategy'] ?? '').split(
    ',',
  );
  const strategy = strategies.find((name) => name === 'merge' || name === 'replace');
  return {
    strategy: strategy === 'merge' || strategy === 'replace' ? strategy : '',
    mergeKey: declared['x-kubernetes-patch-merge-key'] ?? '',
    below: patchSchemaOf(schema.items ?? schema, resolve),
    isMap: typeof schema.additionalProperties === 'object',
  };
}
