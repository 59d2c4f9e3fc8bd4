import type { Schema } from '../../../shared/apis/schema.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { propertyOf } from './property-of.ts';

/** JSON values as CEL sees them: integers are int (BigInt), `date-time` strings are timestamps, names that CEL can't write are escaped. */
export function celValue(value: unknown, schema: Schema): unknown {
  if (typeof value === 'number') return isInt(value, schema) ? BigInt(value) : value;
  if (typeof value === 'string') return schema.format === 'date-time' ? new Date(value) : value;
  if (Array.isArray(value)) return value.map((item) => celValue(item, schema.items ?? {}));
  return isJsonObject(value) ? celObject(value, schema) : value;
}

const isInt = (value: number, schema: Schema): boolean => Number.isInteger(value) && schema.type !== 'number';

function celObject(object: JsonObject, schema: Schema): JsonObject {
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
  const entries = Object.entries(object).map(([name, value]) => {
    const property = propertyOf(schema, name);
    return [property ? escapeName(name) : name, celValue(value, property ?? rest)] as const;
  });
  return Object.fromEntries(entries);
}

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

function escapeName(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}
