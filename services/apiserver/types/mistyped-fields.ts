import { embeddedAround, goTypeOf } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { goTimeError, MICRO_TIME_LAYOUT, TIME_LAYOUT } from './go-time.ts';
import { isJsonObject, jsonTypeOf } from './json-value.ts';
import { isInt32, isInt64 } from './number-range.ts';
import { isPlainMicroTime, isPlainTime } from './plain-time.ts';
import { propertyOf } from './property-of.ts';
import { QUANTITY_RULE, quantityError } from './quantity-error.ts';

/**
 * Whether a body fits the Go type of a built-in kind. `struct` is the name of the outermost type where its schema doesn't say. Returns the text of Go's JSON decoder for the first value that doesn't:
 * `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
 */
export function firstMistypedField(
  value: unknown,
  schema: Schema,
  resolve: SchemaResolver,
  struct = '',
): string | undefined {
  const mistake = mistyped({ value, schema, struct }, resolve);
  return mistake && textOf(mistake);
}

interface Place {
  value: unknown;
  schema: Schema;
  /** Go's name of the struct that has the field. */
  struct: string;
}

/** What is wrong, whether Go's decoder stops there (of what it goes on after it tells the first, at the end), and the names of the fields on the way to it, put together on the way back; Go leaves out indices and map keys. */
type Mistake = { fields: string[]; isLast: boolean } & ({ text: string } | { place: Place; resolved: Schema });

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** `#/…/io.k8s.api.core.v1.Container` → `v1.Container`. */
function goTypeOfRef(ref: string): string {
  return ref.split('.').slice(-2).join('.');
}

const isMicroTime = ({ $ref }: Schema): boolean => $ref?.endsWith('.MicroTime') ?? false;

function goType(schema: Schema): string {
  const named = goTypeOf(schema);
  if (named) return named;
  if (isMicroTime(schema) || schema.$ref?.endsWith('.meta.v1.Time')) return 'string';
  if (schema.$ref) return goTypeOfRef(schema.$ref);
  if (schema.type === 'array') return `[]${goType(schema.items ?? {})}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
    return `map[string]${goType(schema.additionalProperties)}`;
  }
  if (schema.type === 'integer') return schema.format ?? 'int64';
  if (schema.type === 'boolean') return 'bool';
  if (schema.type === 'number') return 'float64';
  if (schema['x-kubernetes-int-or-string']) return 'int32';
  return schema.format === 'byte' ? '[]uint8' : 'string';
}

/** What Go calls the value in its message. */
function goValue(value: unknown, wanted: Schema): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return isOfIntegers(wanted) || wanted.type === 'number' ? `number ${value}` : 'number';
  return jsonTypeOf(value);
}

function textOf(mistake: Mistake): string {
  if ('text' in mistake) return mistake.text;
  const { fields, place, resolved } = mistake;
  const into = fields.length > 0 ? `Go struct field ${place.struct}.${fields.join('.')}` : 'Go value';
  const type = resolved['x-kubernetes-int-or-string'] ? 'int32' : goType(place.schema);
  return `json: cannot unmarshal ${goValue(place.value, resolved)} into ${into} of type ${type}`;
}

function fits(value: unknown, schema: Schema): boolean {
  switch (schema.type) {
    case 'object':
      return isJsonObject(value);
    case 'array':
      return Array.isArray(value);
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return Number.isFinite(value);
    case 'integer':
      return (schema.format === 'int32' ? isInt32 : isInt64)(value as number);
    default:
      if (typeof value === 'number' && isOfIntegers(schema)) return isInt32(value);
      return !schema['x-kubernetes-int-or-string'] || typeof value === 'string' || typeof value === 'number';
  }
}

/** Not a quantity, which may be any number. */
const isOfIntegers = ({ type, format }: Schema): boolean => type === 'integer' || format === 'int-or-string';

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const isQuantity = ({ $ref }: Schema): boolean => $ref?.endsWith('.resource.Quantity') ?? false;

/** Values whose Go types parse their text. */
function textError(place: Place, schema: Schema): string | undefined {
  const text = String(place.value);
  if (isQuantity(place.schema)) return quantityError(text);
  if (schema.format === 'byte' && !base64Form.test(text.replace(LINE_ENDS, ''))) {
    return `illegal base64 data at input byte ${firstIllegalByte(text)}`;
  }
  if (isMicroTime(place.schema)) return isPlainMicroTime(text) ? undefined : goTimeError(text, MICRO_TIME_LAYOUT);
  if (schema.format === 'date-time') return isPlainTime(text) ? undefined : goTimeError(text, TIME_LAYOUT);
  return undefined;
}

/** Where Go's decoder stops, which reads four characters at a time, over ends of lines. Source: Go, encoding/base64. */
function firstIllegalByte(text: string): number {
  const odd = text.search(/[^A-Za-z0-9+/\r\n]/);
  const before = odd < 0 ? text : text.slice(0, odd);
  const inGroup = before.replace(LINE_ENDS, '').length % 4;
  if (odd < 0) return text.length - inGroup;
  if (text[odd] !== '=' || inGroup < 2) return odd;
  const next = afterLineEnds(text, odd + 1);
  if (inGroup === 3) return next;
  if (next === text.length) return next;
  return text[next] === '=' ? afterLineEnds(text, next + 1) : next - 1;
}

const LINE_ENDS = /[\r\n]/g;

function afterLineEnds(text: string, from: number): number {
  let at = from;
  while (text[at] === '\r' || text[at] === '\n') at++;
  return at;
}

/** Types with a decoder of their own. */
const readsItself = ({ $ref }: Schema, resolved: Schema): boolean =>
  resolved['x-kubernetes-int-or-string'] === true || /\.(Micro)?Time$/.test($ref ?? '');

function mistyped(place: Place, resolve: SchemaResolver): Mistake | undefined {
  const { value } = place;
  if (value === null || value === undefined) return undefined;
  if (place.schema.$ref?.endsWith('.runtime.RawExtension')) return undefined;
  const schema = resolve(place.schema);
  if (isQuantity(place.schema) && typeof value !== 'string' && typeof value !== 'number')
    return { fields: [], text: QUANTITY_RULE, isLast: true };
  if (!fits(value, schema)) return { fields: [], place, resolved: schema, isLast: readsItself(place.schema, schema) };
  if (Array.isArray(value)) return mistypedItem(value, schema, place, resolve);
  if (isJsonObject(value)) return mistypedField(value, schema, place, resolve);
  const text = textError(place, schema);
  return text === undefined ? undefined : { fields: [], text, isLast: schema.format !== 'byte' };
}

function mistypedItem(
  items: unknown[],
  { items: schema }: Schema,
  { struct }: Place,
  resolve: SchemaResolver,
): Mistake | undefined {
  if (!schema) return undefined;
  let first: Mistake | undefined;
  for (const value of items) {
    const mistake = mistyped({ value, schema, struct }, resolve);
    if (mistake?.isLast) return mistake;
    first ??= mistake;
  }
  return first;
}

function mistypedField(
  object: Record<string, unknown>,
  schema: Schema,
  place: Place,
  resolve: SchemaResolver,
): Mistake | undefined {
  const struct = place.schema.$ref ? lastPart(place.schema.$ref) : place.struct || rootName(schema);
  const { additionalProperties } = schema;
  let first: Mistake | undefined;
  for (const name of Object.keys(object)) {
    const value = object[name];
    const property = propertyOf(schema, name);
    const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    if (property) {
      const mistake = mistyped({ value, schema: property, struct }, resolve);
      if (!mistake) continue;
      const placed = { ...mistake, fields: [...embeddedAround(property), name, ...mistake.fields] };
      if (placed.isLast) return placed;
      first ??= placed;
    } else if (rest) {
      const mistake = mistyped({ value, schema: rest, struct: place.struct }, resolve);
      if (mistake?.isLast) return mistake;
      first ??= mistake;
    }
  }
  return first;
}

function rootName(schema: Schema): string {
  return schema['x-kubernetes-group-version-kind']?.[0]?.kind ?? '';
}
