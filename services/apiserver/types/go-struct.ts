import { canonicalQuantity } from '../../../shared/apis/quantity.ts';
import { goJson } from '../merge/go-json.ts';
import { setKey } from '../merge/json-value.ts';
import { canonicalTime } from './defaults/canonical-value.ts';
import { goTimeError, TIME_LAYOUT } from './go-time.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';

/**
 * JSON that Go reads into its structs and writes out of them, for texts that objects carry: fields are read in any case and written in the struct's order.
 * Source: Go, encoding/json.
 */
export type GoType = 'string' | 'int32' | 'quantity' | 'time' | GoList | GoMap | GoStruct;

interface GoList {
  list: GoType;
}

/** Of texts. */
interface GoMap {
  map: 'string';
}

export interface GoStruct {
  fields: readonly GoField[];
}

interface GoField {
  name: string;
  type: GoType;
  /** What is written of one that is not set: nothing, null, or the type's zero, which is null for lists. */
  unset: 'omitted' | 'null' | 'zero';
}

/** Undefined for a text that Go refuses to read into the type; what is null or absent is left out. */
export function readGoJson(type: GoType, text: string): { value: unknown } | undefined {
  try {
    return { value: read(type, JSON.parse(text)) };
  } catch {
    return undefined;
  }
}

function read(type: GoType, value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof type === 'string') return readScalar(type, value);
  if ('list' in type) {
    if (!Array.isArray(value)) throw new TypeError('no list');
    return value.map((item) => read(type.list, item) ?? emptyItem(type.list));
  }
  if (!isJsonObject(value)) throw new TypeError('no map');
  return 'map' in type ? readMap(value) : readStruct(type, value);
}

const emptyItem = (type: GoType): unknown => (typeof type === 'string' ? '' : {});

function readScalar(type: 'string' | 'int32' | 'quantity' | 'time', value: unknown): unknown {
  const read = typeof value === 'string' || typeof value === 'number' ? scalars[type](value) : undefined;
  if (read === undefined) throw new TypeError(`no ${type}`);
  return read;
}

const scalars: Readonly<Record<string & GoType, (value: string | number) => string | number | undefined>> = {
  string: (value) => (typeof value === 'string' ? value : undefined),
  int32: (value) => (typeof value === 'number' && (value | 0) === value ? value : undefined),
  quantity: canonicalQuantity,
  time: (value) => (typeof value === 'string' && !goTimeError(value, TIME_LAYOUT) ? canonicalTime(value) : undefined),
};

function readMap(value: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const [key, text] of Object.entries(value)) setKey(out, key, read('string', text) ?? '');
  return out;
}

function readStruct({ fields }: GoStruct, value: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const [key, below] of Object.entries(value)) {
    const field =
      fields.find(({ name }) => name === key) ?? fields.find(({ name }) => name.toLowerCase() === key.toLowerCase());
    const found = field && read(field.type, below);
    if (field && found !== undefined) out[field.name] = found;
  }
  return out;
}

export function writeGoJson(type: GoType, value: unknown): string {
  if (value === undefined || value === null) return writeZero(type);
  if (typeof type === 'string') return goJson(type === 'quantity' ? canonicalQuantity(String(value)) : value);
  if ('list' in type) return `[${(value as unknown[]).map((item) => writeGoJson(type.list, item)).join(',')}]`;
  if ('map' in type) return goJson(sorted(value as JsonObject));
  return writeStruct(type, value as JsonObject);
}

function writeStruct({ fields }: GoStruct, value: JsonObject): string {
  const written = fields.flatMap(({ name, type, unset }) => {
    const below = value[name];
    const isUnset = below === undefined || below === null || (unset === 'omitted' && isEmpty(type, below));
    if (isUnset && unset === 'omitted') return [];
    return [`${goJson(name)}:${isUnset && unset === 'null' ? 'null' : writeGoJson(type, below)}`];
  });
  return `{${written.join(',')}}`;
}

/** An empty struct is behind a pointer, which is set. */
function isEmpty(type: GoType, value: unknown): boolean {
  if (typeof type === 'string') return value === '';
  return 'fields' in type ? false : Object.keys(value as object).length === 0;
}

function writeZero(type: GoType): string {
  if (type === 'string') return '""';
  if (type === 'int32') return '0';
  if (type === 'quantity') return '"0"';
  return typeof type === 'object' && 'fields' in type ? writeStruct(type, {}) : 'null';
}

const sorted = (map: JsonObject): JsonObject => {
  const out: JsonObject = {};
  for (const key of Object.keys(map).sort()) setKey(out, key, map[key]);
  return out;
};
