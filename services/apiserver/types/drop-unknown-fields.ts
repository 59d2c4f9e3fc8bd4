import { resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import { refTo, writeRuleOf } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { countsWhenEmpty, listsCountWithin } from './counted-empties.ts';
import { childPath, isJsonObject, type JsonObject } from './json-value.ts';
import { propertyOf } from './property-of.ts';
import { newReportedPaths, type ReportedPaths } from './reported-paths.ts';

/**
 * Leaves out what a schema doesn't know: the fields that a Go type has no place for, and what a structural schema prunes
 * (Kubernetes documentation, "Field pruning"). Says which fields those were, in the order of the document.
 */
export interface Pruned {
  value: unknown;
  /** Paths such as `spec.containers[0].foo`. */
  unknown: string[];
}

interface Walk {
  resolve: SchemaResolver;
  unknown: ReportedPaths;
  /** Decoding into Go types drops nulls, and what is empty where Go omits it; custom resources keep both, but for their metadata. */
  asGo: boolean;
  /** Lists count where they are empty too. */
  keepsLists?: boolean;
}

/** What an embedded resource always has, whatever its schema lists. */
const embedded: Record<string, Schema> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { $ref: refTo('apimachinery.pkg.apis.meta.v1.ObjectMeta') },
};

function fieldSchema(schema: Schema, name: string): Schema | undefined {
  const property = propertyOf(schema, name);
  if (schema['x-kubernetes-embedded-resource'] && Object.hasOwn(embedded, name)) return embedded[name];
  if (property) return property;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

function keepsUnknown(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
}

function pruneObject(object: JsonObject, schema: Schema, path: string, walk: Walk): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    const known = fieldSchema(schema, name);
    const at = childPath(path, name);
    if (!known && !keepsUnknown(schema)) {
      walk.unknown.add(at);
    } else if (!known) {
      define(kept, name, value);
    } else {
      const isEntry = known === schema.additionalProperties;
      const part = pruneValue(isEntry ? present(value, known, walk) : value, known, at, walk);
      if (isEntry && walk.asGo) define(kept, name, part);
      else if (!walk.asGo || !isOmitted(part, known, walk)) define(kept, name, part);
    }
  }
  return kept;
}

/** Whether reading a value into Go and writing it again loses it. */
function isOmitted(value: unknown, schema: Schema, { keepsLists = false }: Walk): boolean {
  if (value === null) return true;
  if (writeRuleOf(schema) !== 'omit-empty') return false;
  if (Array.isArray(value)) return value.length === 0 && !keepsLists && !countsWhenEmpty(schema);
  return isJsonObject(value)
    ? Object.keys(value).length === 0 && !countsWhenEmpty(schema)
    : value === '' || value === 0 || value === false;
}

/** `__proto__` is a field like any other. */
function define(object: JsonObject, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else object[name] = value;
}

/** Of the items of a list where the schema has none. */
const UNDECLARED: Schema = {};

function pruneValue(value: unknown, schema: Schema, path: string, walk: Walk): unknown {
  const resolved = walk.resolve(schema);
  if (Array.isArray(value)) {
    const items = resolved.items ?? (walk.asGo || keepsUnknown(resolved) ? undefined : UNDECLARED);
    if (!items) return value;
    return value.map((item, index) => pruneValue(present(item, items, walk), items, `${path}[${index}]`, walk));
  }
  const isMetadata = schema.$ref?.endsWith('.ObjectMeta') ?? false;
  if (isMetadata && isJsonObject(value))
    return pruneObject(value, resolved, path, { ...walk, asGo: true, keepsLists: listsCountWithin(schema) });
  const inner = resolved['x-kubernetes-embedded-resource'] ? { ...walk, resolve: resolveBuiltin } : walk;
  return isJsonObject(value) ? pruneObject(value, resolved, path, inner) : value;
}

/** Go has no null in its lists and maps, but zero values. */
function present(value: unknown, schema: Schema, { asGo, resolve }: Walk): unknown {
  return value === null && asGo ? zeroOf(schema, resolve) : value;
}

const ZEROS: Record<string, unknown> = { string: '', integer: 0, number: 0, boolean: false };

function zeroOf(schema: Schema, resolve: SchemaResolver): unknown {
  const { type = '', format, properties } = resolve(schema);
  if (schema.$ref?.endsWith('.resource.Quantity')) return '0';
  if (type === 'object' && properties) return {};
  return format === 'byte' || format === 'date-time' ? null : (ZEROS[type] ?? null);
}

/** `value` is not changed; what is returned shares its unchanged leaves. */
export function dropUnknownFields(
  value: unknown,
  typed: { schema: Schema; resolve: SchemaResolver },
  options: { asGo: boolean },
): Pruned {
  const walk: Walk = { resolve: typed.resolve, unknown: newReportedPaths(), ...options };
  return { value: pruneValue(value, typed.schema, '', walk), unknown: walk.unknown.paths };
}
