import { goTypeOf } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { isJsonObject } from './json-value.ts';
import { firstMistypedField } from './mistyped-fields.ts';
import { propertyOf } from './property-of.ts';

/**
 * Applied and strategic patches of built-in kinds are not decoded from JSON upstream but converted from a tree: what does not fit is worded otherwise, and an integer
 * that is too big for its type loses its upper half. Source: apimachinery, pkg/runtime/converter.go.
 */
export type ConvertedTree = { value: unknown; why?: undefined } | { why: string };

/** The value as its Go type holds it, or why that has no place for it. What fits comes back as it is. */
export function convertedTree(value: unknown, schema: Schema, resolve: SchemaResolver): ConvertedTree {
  if (value === null || value === undefined) return { value };
  const resolved = resolve(schema);
  if (readsItself(schema, resolved)) {
    const why = firstMistypedField(value, schema, resolve);
    return why === undefined ? { value } : { why };
  }
  if (resolved.format === 'byte') return convertedBytes(value, schema, resolve);
  if (resolved.type === 'array') return convertedList(value, resolved, resolve);
  if (resolved.type === 'object') return convertedMap(value, resolved, resolve);
  return convertedScalar(value, schema, resolved);
}

/** Types with a decoder of their own, which is handed the value as JSON: times, quantities, whatever is free. */
function readsItself({ $ref }: Schema, resolved: Schema): boolean {
  if (resolved['x-kubernetes-int-or-string'] || resolved['x-kubernetes-preserve-unknown-fields']) return true;
  return resolved.type === undefined || /\.(Micro)?Time$|\.RawExtension$/.test($ref ?? '');
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (isJsonObject(value)) return 'map';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

function convertedBytes(value: unknown, schema: Schema, resolve: SchemaResolver): ConvertedTree {
  if (typeof value !== 'string')
    return Array.isArray(value) ? { value } : { why: `cannot restore slice from ${kindOf(value)}` };
  const why = firstMistypedField(value, schema, resolve);
  return why === undefined ? { value } : { why: `error decoding from json: ${why}` };
}

function convertedList(value: unknown, { items = {} }: Schema, resolve: SchemaResolver): ConvertedTree {
  if (!Array.isArray(value)) return { why: `cannot restore slice from ${kindOf(value)}` };
  return convertedEach(value, () => items, resolve);
}

function convertedMap(value: unknown, schema: Schema, resolve: SchemaResolver): ConvertedTree {
  const { additionalProperties, properties } = schema;
  if (!isJsonObject(value))
    return {
      why: properties ? `cannot restore struct from: ${kindOf(value)}` : `cannot restore map from ${kindOf(value)}`,
    };
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return convertedEach(value, (name) => propertyOf(schema, name) ?? rest, resolve);
}

function convertedEach<T extends object>(
  all: T,
  schemaOf: (name: string) => Schema | undefined,
  resolve: SchemaResolver,
): ConvertedTree {
  let result: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(all)) {
    const schema = schemaOf(name);
    const converted: ConvertedTree = schema ? convertedTree(value, schema, resolve) : { value };
    if (converted.why !== undefined) return converted;
    if (converted.value === value) continue;
    result ??= (Array.isArray(all) ? [...all] : { ...all }) as unknown as Record<string, unknown>;
    result[name] = converted.value;
  }
  return { value: result ?? all };
}

const KINDS: Readonly<Record<string, string>> = { boolean: 'bool', number: 'float64', string: 'string' };

function convertedScalar(value: unknown, schema: Schema, { type, format }: Schema): ConvertedTree {
  const kind = kindOf(value);
  const wanted = type === 'integer' ? (format ?? 'int64') : (KINDS[type ?? ''] ?? '');
  if (kind === wanted) return { value };
  const isNumber = kind === 'int64' || kind === 'float64';
  if (isNumber && type === 'number') return { value };
  if (kind === 'int64' && type === 'integer') return { value: wanted === 'int32' ? Number(value) | 0 : value };
  const isConvertible = (isNumber && type === 'integer') || (kind === 'int64' && type === 'string');
  return {
    why: isConvertible ? `cannot convert ${kind} to ${goTypeOf(schema) ?? wanted}` : `unrecognized type: ${wanted}`,
  };
}
