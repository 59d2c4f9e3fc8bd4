import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { newUnreasonedError } from './unreasoned-error.ts';

/** How strategic merge treats a field. */
export interface PatchMeta {
  /** Of lists: merge item by item, instead of replacing. Of maps: replace instead of merging. */
  strategy: 'merge' | 'replace' | '';
  /** The field that names a list's items; `''`: a list of scalars. */
  mergeKey: string;
  /** What is below: of the map's fields, or of the list's items. */
  below: PatchSchema;
}

/** What Go knows of a type. */
export interface PatchSchema {
  /** In Go's words. */
  readonly kind: string;
  /** Throws 500 for one that Go's type does not have. */
  field(name: string): PatchMeta;
  /** … or that is a map. */
  list(name: string): PatchMeta;
}

/** Reads `x-kubernetes-patch-strategy` and `x-kubernetes-patch-merge-key`. */
export function patchSchemaOf(schema: Schema, resolve: SchemaResolver): PatchSchema {
  const type = resolve(schema);
  const kind = kindOf(type);
  const declaredAs = (name: string): Schema => {
    if (kind !== 'struct')
      throw newUnreasonedError(`merging an object in json but data type is not struct, instead is: ${kind}`);
    const declared = declaredIn(type.properties ?? {}, name);
    if (declared) return declared;
    throw newUnreasonedError(
      `unable to find api field in struct ${goNameOf(schema)} for the json field ${JSON.stringify(name)}`,
    );
  };
  return {
    kind,
    field: (name) => patchMetaOf(declaredAs(name), resolve),
    list: (name) => {
      const declared = declaredAs(name);
      if (kindOf(resolve(plain(declared))) === 'map')
        throw newUnreasonedError(`expected slice or array type, but got: ${kind}`);
      return patchMetaOf(declared, resolve);
    },
  };
}

const goNameOf = (schema: Schema): string =>
  schema.$ref?.split('.').at(-1) ?? schema['x-kubernetes-group-version-kind']?.[0]?.kind ?? '';

/** Of Go. */
function kindOf({ type, additionalProperties }: Schema): string {
  if (typeof additionalProperties === 'object') return 'map';
  return type === 'string' || type === 'boolean' ? type.replace('boolean', 'bool') : 'struct';
}

/** By its name, or else by one that differs in case. */
function declaredIn(properties: Record<string, Schema>, name: string): Schema | undefined {
  if (Object.hasOwn(properties, name)) return properties[name];
  const alike = Object.keys(properties).find((one) => one.toLowerCase() === name.toLowerCase());
  return alike === undefined ? undefined : properties[alike];
}

/** A reference that has something beside it is wrapped. */
function plain(declared: Schema): Schema {
  const [only] = declared.allOf ?? [];
  return declared.$ref || !only ? declared : only;
}

function patchMetaOf(declared: Schema, resolve: SchemaResolver): PatchMeta {
  const schema = resolve(plain(declared));
  const strategies = (declared['x-kubernetes-patch-strategy'] ?? schema['x-kubernetes-patch-strategy'] ?? '').split(
    ',',
  );
  const strategy = strategies.find((name) => name === 'merge' || name === 'replace');
  return {
    strategy: strategy === 'merge' || strategy === 'replace' ? strategy : '',
    mergeKey: declared['x-kubernetes-patch-merge-key'] ?? '',
    below: patchSchemaOf(schema.items ?? plain(declared), resolve),
  };
}
