import { resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import { refTo, writeRuleOf } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { childPath, isJsonObject, type JsonObject } from './json-value.ts';

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
  unknown: string[];
  /** Decoding into Go types drops nulls, and what is empty where Go omits it; custom resources keep both. */
  asGo: boolean;
}

/** What an embedded resource always has, whatever its schema lists. */
const embedded: Record<string, Schema> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { $ref: refTo('apimachinery.pkg.apis.meta.v1.ObjectMeta') },
};

function fieldSchema(schema: Schema, name: string): Schema | undefined {
  const property = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
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
      walk.unknown.push(at);
    } else if (!known) {
      define(kept, name, value);
    } else {
      const part = pruneValue(value, known, at, walk);
      if (!walk.asGo || !isOmitted(part, known)) define(kept, name, part);
    }
  }
  return kept;
}

/** Whether reading a value into Go and writing it again loses it. */
function isOmitted(value: unknown, schema: Schema): boolean {
  if (value === null) return true;
  if (writeRuleOf(schema) !== 'omit-empty') return false;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) ? Object.keys(value).length === 0 : value === '' || value === 0 || value === false;
}

/** `__proto__` is a field like any other. */
function define(object: JsonObject, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else object[name] = value;
}

function pruneValue(value: unknown, schema: Schema, path: string, walk: Walk): unknown {
  const resolved = walk.resolve(schema);
  if (Array.isArray(value)) {
    const { items } = resolved;
    return items ? value.map((item, index) => pruneValue(item, items, `${path}[${index}]`, walk)) : value;
  }
  const inner = resolved['x-kubernetes-embedded-resource'] ? { ...walk, resolve: resolveBuiltin } : walk;
  return isJsonObject(value) ? pruneObject(value, resolved, path, inner) : value;
}

/** `value` is not changed; what is returned shares its unchanged leaves. */
export function dropUnknownFields(
  value: unknown,
  typed: { schema: Schema; resolve: SchemaResolver },
  options: { asGo: boolean },
): Pruned {
  const walk: Walk = { resolve: typed.resolve, unknown: [], ...options };
  return { value: pruneValue(value, typed.schema, '', walk), unknown: walk.unknown };
}
