import { checkDepth } from '../types/check-depth.ts';
import { type MessageField, type MessageFields, messageFieldsOf } from './message-fields.ts';
import { messageNameOf } from './message-name.ts';
import { fieldsOf, integerOf, SPECIAL_MESSAGES, textOf } from './special-messages.ts';
import { ProtobufError, readFields, readVarints, type WireField } from './wire-reader.ts';

/**
 * Kubernetes' protobuf encoding of built-in kinds, as Go clients send it, to the object that JSON would have. Source: apimachinery,
 * runtime/serializer/protobuf: the magic number, then a runtime.Unknown with the type and the message.
 */
const MAGIC = Buffer.from('k8s\0');

type JsonObject = Record<string, unknown>;

/** Throws `ProtobufError`, and another Error for JSON in it that is none, or for what is nested too deeply. */
export function decodeProtobuf(body: Uint8Array): JsonObject {
  if (!MAGIC.equals(body.subarray(0, MAGIC.length)))
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  const unknown = fieldsOf(body.subarray(MAGIC.length));
  const type = fieldsOf(unknown.get(1)?.bytes ?? new Uint8Array());
  const apiVersion = textOf(type.get(1));
  const kind = textOf(type.get(2));
  const object = decodeMessage(
    unknown.get(2)?.bytes ?? new Uint8Array(),
    messageFieldsOf(messageNameOf(apiVersion, kind)),
  );
  checkDepth(object);
  return { kind, apiVersion, ...object };
}

function decodeMessage(message: Uint8Array, fields: MessageFields): JsonObject {
  const object: JsonObject = {};
  for (const wire of readFields(message)) {
    const field = fields.get(wire.number);
    if (field?.inline) mergeInline(object, decodeMessage(wire.bytes ?? new Uint8Array(), field.inline));
    else if (field) setField(object, field, wire);
  }
  return object;
}

function mergeInline(object: JsonObject, inlined: JsonObject): void {
  for (const [name, value] of Object.entries(inlined)) define(object, name, value);
}

function setField(object: JsonObject, field: MessageField, wire: WireField): void {
  const { name, type } = field;
  if (type.startsWith('[]')) append(object, name, elementsOf(type.slice(2), wire));
  else if (type.startsWith('{}')) addEntry(object, { name, type: type.slice(2) }, wire);
  else setSingle(object, field, decodeValue(type, wire));
}

function setSingle(object: JsonObject, { name, omitsZero }: MessageField, value: unknown): void {
  const isLeftOut = value === undefined || (omitsZero && isZero(value));
  if (!isLeftOut) define(object, name, value);
}

/** What Go's `omitempty` leaves out. */
const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false;

function append(object: JsonObject, name: string, values: unknown[]): void {
  const before = object[name];
  if (!Array.isArray(before)) define(object, name, values);
  else for (const value of values) before.push(value);
}

/** One element; several where numbers are packed. */
function elementsOf(type: string, wire: WireField): unknown[] {
  const isPacked = wire.bytes !== undefined && (type === 'int32' || type === 'int64');
  if (!isPacked) return [decodeValue(type, wire)];
  return Array.from(readVarints(wire.bytes ?? new Uint8Array()), (value) => integerOf({ number: wire.number, value }));
}

/** A map's entry is a message of key and value. A list as value is a message too, of its elements. */
function addEntry(object: JsonObject, { name, type }: { name: string; type: string }, wire: WireField): void {
  const entry = fieldsOf(wire.bytes ?? new Uint8Array());
  const value = entry.get(2) ?? { number: 2, bytes: new Uint8Array() };
  const map = (object[name] ?? {}) as JsonObject;
  define(map, textOf(entry.get(1)), type.startsWith('[]') ? listOf(type.slice(2), value) : decodeValue(type, value));
  define(object, name, map);
}

function listOf(type: string, { bytes = new Uint8Array() }: WireField): unknown[] {
  return [...readFields(bytes)].filter(({ number }) => number === 1).map((element) => decodeValue(type, element));
}

function decodeValue(type: string, wire: WireField): unknown {
  const { bytes = new Uint8Array() } = wire;
  switch (type.replace(/~$/, '')) {
    case 'string':
      return textOf(wire);
    case 'boolean':
      return wire.value !== undefined && wire.value !== 0n;
    case 'int32':
    case 'int64':
    case 'integer':
      return integerOf(wire);
    case 'double':
    case 'number':
      return doubleOf(wire);
    case 'byte':
      return Buffer.from(bytes).toString('base64');
    default:
      return decodeNamed(type.replace(/~$/, ''), bytes);
  }
}

function doubleOf({ value = 0n }: WireField): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return view.getFloat64(0);
}

const SCHEMA = 'apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

/** Alternatives in a CRD's schema: the message has one field for each. */
function decodeNamed(name: string, bytes: Uint8Array): unknown {
  const special = SPECIAL_MESSAGES[name];
  if (special) return special(bytes);
  if (!name.startsWith(`${SCHEMA}Or`)) return decodeMessage(bytes, messageFieldsOf(name));
  const parts = [...readFields(bytes)];
  const schemas = (number: number) =>
    parts.filter((part) => part.number === number).map((part) => decodeNamed(SCHEMA, part.bytes ?? new Uint8Array()));
  if (name.endsWith('OrBool')) return schemas(2)[0] ?? parts.some(({ number, value }) => number === 1 && value === 1n);
  if (name.endsWith('OrStringArray')) return schemas(1)[0] ?? parts.map(textOf);
  return schemas(1)[0] ?? schemas(2);
}

/** `__proto__` is a key like any other. */
function define(object: JsonObject, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
