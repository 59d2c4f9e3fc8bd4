import type { Schema, SchemaResolver } from '../schema.ts';
import { expandDefinition, schemaRefPrefix } from './expand-definition.ts';
import type { DefinitionCode } from './table.ts';
import { builtinTables } from './tables.ts';

/**
 * The definitions of all built-in types by their OpenAPI name (`io.k8s.api.apps.v1.Deployment`). Each is expanded when it is first asked for,
 * and is the same object ever after: never change one.
 */

const prefix = 'io.k8s.';
const expanded = new Map<string, Schema>();
const names = new WeakMap<Schema, string>();
let codes: Map<string, DefinitionCode> | undefined;

function allCodes(): Map<string, DefinitionCode> {
  codes ??= new Map(builtinTables.flatMap((table) => Object.entries(table.definitions)));
  return codes;
}

export function definitionCodeOf(name: string): DefinitionCode | undefined {
  return name.startsWith(prefix) ? allCodes().get(name.slice(prefix.length)) : undefined;
}

export function builtinSchema(name: string): Schema | undefined {
  const known = expanded.get(name);
  if (known) return known;
  const code = definitionCodeOf(name);
  if (code === undefined) return undefined;
  const schema = expandDefinition(name, code);
  expanded.set(name, schema);
  names.set(schema, name);
  return schema;
}

/** The name of a schema that `builtinSchema` handed out. */
export function builtinNameOf(schema: Schema): string | undefined {
  return names.get(schema);
}

let byKind: Map<string, string> | undefined;

function kindIndex(): Map<string, string> {
  const index = new Map<string, string>();
  for (const [name, code] of allCodes()) {
    const kinds = typeof code === 'string' ? [] : (code.kinds ?? []);
    for (const kind of kinds) index.set(kind.join('/'), prefix + name);
  }
  return index;
}

/** The name of a built-in kind's definition: those of lists, `Scale`, `DeleteOptions` and the like are kinds too. */
export function builtinNameOfKind(group: string, version: string, kind: string): string | undefined {
  byKind ??= kindIndex();
  return byKind.get(`${group}/${version}/${kind}`);
}

const merged = new WeakMap<Schema, Schema>();

function follow(schema: Schema): Schema {
  const { $ref, ...siblings } = schema;
  const target = $ref?.startsWith(schemaRefPrefix) ? builtinSchema($ref.slice(schemaRefPrefix.length)) : undefined;
  if (!target) throw new Error(`unknown schema ${$ref}`);
  const resolved = resolveBuiltin(target);
  return Object.keys(siblings).length === 0 ? resolved : { ...resolved, ...siblings };
}

/**
 * Follows references to built-in definitions. What stands beside a reference (default, patch strategy, map type) is laid over its target, so
 * nothing is lost by resolving. The same schema in gives the same object out.
 */
export const resolveBuiltin: SchemaResolver = (schema) => {
  if (schema.$ref === undefined) return schema;
  const known = merged.get(schema);
  if (known) return known;
  const resolved = follow(schema);
  merged.set(schema, resolved);
  return resolved;
};
