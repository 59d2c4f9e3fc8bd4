import { builtinNameOf } from '../../../../shared/apis/builtin/definitions.ts';
import { goTypeOf, schemaRefPrefix, writeRuleOf } from '../../../../shared/apis/builtin/expand-definition.ts';
import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import type { Schema, SchemaResolver } from '../../../../shared/apis/schema.ts';
import { applyDefaults } from '../apply-defaults.ts';
import { isJsonObject, type JsonObject } from '../json-value.ts';
import { propertyOf } from '../property-of.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { roundAmounts } from './amounts.ts';
import { appsDefaults } from './apps.ts';
import { autoscalingDefaults } from './autoscaling.ts';
import { batchDefaults } from './batch.ts';
import { canonicalValue } from './canonical-value.ts';
import { coreDefaults } from './core.ts';
import { podDefaults } from './pod.ts';
import { policyDefaults } from './policies.ts';
import type { TypeDefault } from './set-default.ts';

/**
 * Completes objects as Kubernetes does before it validates and stores them: custom resources by the `default`s of their schema, built-in kinds by
 * the rules of each Go type, wherever the type is used (a pod's rules apply to the template in a Deployment too), and by the zero values and nulls
 * that Go writes out. The outer type goes first, as upstream. Quantities and times take their canonical form.
 */

const prefix = 'io.k8s.';

const byType = new Map<string, TypeDefault>(
  Object.entries({
    ...coreDefaults,
    ...podDefaults,
    ...appsDefaults,
    ...batchDefaults,
    ...autoscalingDefaults,
    ...policyDefaults,
  }),
);

function typeDefault(schema: Schema): TypeDefault | undefined {
  const name = schema.$ref ? schema.$ref.slice(schemaRefPrefix.length) : builtinNameOf(schema);
  return name ? byType.get(name.slice(prefix.length)) : undefined;
}

/** Whether values of a type are completed by rules of its own, which may look at anything in them. */
export const hasTypeDefault = (schema: Schema): boolean => typeDefault(schema) !== undefined;

const isZero = (value: unknown): boolean => value === 0 || value === '' || value === false;

/** What Go writes of a type although nobody said it. Of each schema worked out once: most fields of most types have neither. */
interface Written {
  zeroValues: [name: string, value: unknown][];
  nulls: string[];
  /** Maps of amounts of resources, which are rounded. */
  amounts: string[];
}

const writtenOf = new WeakMap<Schema, Written>();

function writtenFor(schema: Schema): Written {
  const known = writtenOf.get(schema);
  if (known) return known;
  const fields = Object.entries(schema.properties ?? {});
  const isWritten = (property: Schema) =>
    property.default !== undefined && !(isZero(property.default) && writeRuleOf(property) === 'omit-empty');
  const written: Written = {
    zeroValues: fields
      .filter(([, property]) => isWritten(property))
      .map(([name, property]) => [name, property.default]),
    nulls: fields.filter(([, property]) => writeRuleOf(property) === 'write-null').map(([name]) => name),
    amounts: fields.filter(([name, property]) => isAmounts(name, property)).map(([name]) => name),
  };
  writtenOf.set(schema, written);
  return written;
}

/** Not those of a RuntimeClass, which nothing completes. */
const isAmounts = (name: string, property: Schema): boolean =>
  goTypeOf(property) === 'v1.ResourceList' && name !== 'podFixed';

function fillZeroValues(object: JsonObject, schema: Schema): void {
  for (const [name, value] of writtenFor(schema).zeroValues)
    if (object[name] === undefined || object[name] === null) object[name] = structuredClone(value);
}

function writeNulls(object: JsonObject, schema: Schema): void {
  for (const name of writtenFor(schema).nulls) if (object[name] === undefined) object[name] = null;
}

function defaultTyped(value: unknown, schema: Schema, resolve: SchemaResolver): void {
  const resolved = resolve(schema);
  if (Array.isArray(value)) {
    if (resolved.items) for (const item of value) defaultTyped(item, resolved.items, resolve);
    return;
  }
  if (!isJsonObject(value)) return;
  fillZeroValues(value, resolved);
  typeDefault(schema)?.(value);
  defaultParts(value, resolved, resolve);
  for (const name of writtenFor(resolved).amounts) roundAmounts(value[name]);
  writeNulls(value, resolved);
}

function defaultParts(object: JsonObject, schema: Schema, resolve: SchemaResolver): void {
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  for (const [name, value] of Object.entries(object)) {
    const own = propertyOf(schema, name);
    const part = own ?? rest;
    if (!part) continue;
    object[name] = canonicalValue(value, part);
    defaultTyped(value, part, resolve);
  }
}

/** Changes `object` in place and returns it. */
export function defaultObject(
  definition: Pick<ResourceDefinition, 'source' | 'schema' | 'resolve'>,
  object: Unstructured,
): Unstructured {
  if (definition.source === 'crd') applyDefaults(object, definition.schema, definition.resolve);
  else defaultTyped(object, definition.schema, definition.resolve);
  return object;
}
