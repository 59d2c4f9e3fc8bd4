import type { Schema } from '../../../shared/apis/schema.ts';
import { isJsonObject, type JsonObject } from '../types/json-value.ts';
import { int64Of } from '../types/number-range.ts';
import { propertyOf } from '../types/property-of.ts';
import { addWork, ITEM_WORK, NAME_WORK } from './budget.ts';
import { CelError, type CelList, type CelMap, type CelValue, Duration, type ListForm } from './cel-value.ts';
import { escapedName, isReserved, propertyNamed } from './escaped-name.ts';
import { durationNanos, parseTimestamp } from './time-texts.ts';

/**
 * A part of an object as rules see it, by its schema: integers are `int` whatever else they could be, times and bytes are read, and of objects the fields are
 * seen that the schema declares and that are not null. Nothing is read before it is asked for. Source: k8s.io/apiserver, `pkg/cel/common/valuesunstructured.go`.
 */
export function jsonValue(value: unknown, schema: Schema): CelValue {
  const wrong = mismatch(value ?? null, schema);
  if (wrong !== undefined) throw new CelError(`invalid data, ${wrong}`);
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return schema.type === 'number' || !Number.isInteger(value) ? value : int64Of(value);
  if (typeof value === 'string') return textValue(value, schema);
  if (Array.isArray(value)) return listValue(value, schema);
  return isJsonObject(value) ? objectValue(value, schema) : null;
}

/** A schema can have come to say something else than when the value was stored. */
function mismatch(value: unknown, schema: Schema): string | undefined {
  const { type } = schema;
  if (value === null)
    return type === undefined || schema.nullable ? undefined : 'got null for schema with nullable=false';
  if (schema['x-kubernetes-int-or-string'])
    return typeof value === 'string' || Number.isInteger(value)
      ? undefined
      : 'expected XIntOrString value to be either a string or integer';
  switch (type) {
    case 'object':
      return isJsonObject(value) ? undefined : 'expected a map for the provided schema with type=object';
    case 'array':
      return Array.isArray(value) ? undefined : 'expected an array for the provided schema with type=array';
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got ${goType(value)}`;
    case 'number':
      return typeof value === 'number' ? undefined : `expected float, got ${goType(value)}`;
    case 'integer':
      return Number.isInteger(value) ? undefined : `expected int, got ${goType(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected bool, got ${goType(value)}`;
    default:
      return undefined;
  }
}

/** As upstream's code holds it. */
function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

function textValue(text: string, { type, format }: Schema): CelValue {
  if (type !== 'string') return text;
  switch (format) {
    case 'byte':
      addWork(text.length);
      return Buffer.from(text, 'base64');
    case 'date':
      return parseTimestamp(`${text}T00:00:00Z`);
    case 'date-time':
      return parseTimestamp(text);
    case 'duration':
      return new Duration(durationNanos(text));
    default:
      return text;
  }
}

function formOf(schema: Schema): ListForm {
  const form = schema['x-kubernetes-list-type'] ?? 'atomic';
  if (form !== 'map') return form;
  return (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => escapedName(key) ?? key);
}

function listValue(items: unknown[], schema: Schema): CelList {
  addWork(ITEM_WORK);
  const { items: itemSchema = {} } = schema;
  return { form: formOf(schema), length: items.length, at: (index) => jsonValue(items[index], itemSchema) };
}

function objectValue(object: JsonObject, schema: Schema): CelMap {
  addWork(ITEM_WORK);
  const { additionalProperties: rest } = schema;
  return typeof rest === 'object' ? entriesValue(object, rest) : fieldsValue(object, schema);
}

function namesOf(object: JsonObject): string[] {
  const names = Object.keys(object);
  addWork(names.length * NAME_WORK);
  return names;
}

function entriesValue(entries: JsonObject, schema: Schema): CelMap {
  return {
    get size() {
      return namesOf(entries).length;
    },
    find: (key) =>
      typeof key === 'string' && Object.hasOwn(entries, key) ? jsonValue(entries[key], schema) : undefined,
    keys: () => namesOf(entries),
  };
}

const text: Schema = { type: 'string' };
const RESOURCE: Schema = {
  properties: {
    apiVersion: text,
    kind: text,
    metadata: { type: 'object', properties: { name: text, generateName: text } },
  },
};

function fieldsValue(object: JsonObject, schema: Schema): CelMap {
  const schemaOf = (name: string): Schema | undefined =>
    propertyOf(schema, name) ?? (schema['x-kubernetes-embedded-resource'] ? propertyOf(RESOURCE, name) : undefined);
  const isSeen = (name: string): boolean => Object.hasOwn(object, name) && object[name] !== null;
  return {
    get size() {
      return namesOf(object).length;
    },
    find: (key) => {
      const name = typeof key === 'string' ? (isReserved(key) ? key : propertyNamed(key)) : undefined;
      return name !== undefined && isSeen(name) ? jsonValue(object[name], schemaOf(name) ?? {}) : undefined;
    },
    keys: () =>
      namesOf(object)
        .filter(isSeen)
        .flatMap((name) => escapedName(name) ?? []),
  };
}
