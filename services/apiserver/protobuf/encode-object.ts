import { int64Of } from '../types/number-range.ts';
import { encodeSpecial } from './encode-special.ts';
import { type MessageField, type MessageFields, messageFieldsOf } from './message-fields.ts';
import { messageNameOf } from './message-name.ts';
import { booleanField, bytesField, doubleField, integerField, textField } from './wire-writer.ts';

/**
 * An object as Kubernetes' protobuf encoding has it, for who reads nothing else; what `decodeProtobuf` reads. What JSON leaves out is left out here too, which
 * Go reads as the same.
 */

const MAGIC = Buffer.from('k8s\0');

type JsonObject = Readonly<Record<string, unknown>>;

/** Throws `ProtobufError` for a kind that has no message. */
export function encodeProtobuf(object: object): Uint8Array {
  const { apiVersion = '', kind = '' } = object as { apiVersion?: string; kind?: string };
  const message = encodeMessage(object as JsonObject, messageFieldsOf(messageNameOf(apiVersion, kind)));
  const type = Buffer.concat([textField(1, apiVersion), textField(2, kind)]);
  return Buffer.concat([MAGIC, bytesField(1, type), bytesField(2, message), textField(3, ''), textField(4, '')]);
}

/** An event of a watch: four bytes of its length, and then the event, whose object is a whole document. */
export function encodeProtobufEvent(type: string, object: object): Uint8Array {
  const event = Buffer.concat([textField(1, type), bytesField(2, bytesField(1, encodeProtobuf(object)))]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}

function encodeMessage(object: JsonObject, fields: MessageFields): Uint8Array {
  const parts = inOrder(fields).flatMap(([number, field]) => {
    if (field.inline) return inlined(number, encodeMessage(object, field.inline));
    const value = Object.hasOwn(object, field.name) ? object[field.name] : undefined;
    return value === undefined || value === null ? [] : encodeField(number, field, value);
  });
  return Buffer.concat(parts);
}

const inlined = (number: number, message: Uint8Array): Uint8Array[] =>
  message.length === 0 ? [] : [bytesField(number, message)];

const sorted = new WeakMap<MessageFields, [number, MessageField][]>();

function inOrder(fields: MessageFields): [number, MessageField][] {
  const known = sorted.get(fields) ?? [...fields].sort(([a], [b]) => a - b);
  sorted.set(fields, known);
  return known;
}

function encodeField(number: number, { type }: MessageField, value: unknown): Uint8Array[] {
  if (type.startsWith('[]')) return (value as unknown[]).map((one) => encodeValue(number, type.slice(2), one));
  if (type.startsWith('{}')) return encodeMap(number, type.slice(2), value as JsonObject);
  return [encodeValue(number, type, value)];
}

/** A message for each entry, of its key and its value; a list as value is a message too, of its elements. */
function encodeMap(number: number, type: string, map: JsonObject): Uint8Array[] {
  return Object.keys(map)
    .sort()
    .map((key) => bytesField(number, Buffer.concat([textField(1, key), encodeEntry(type, map[key])])));
}

function encodeEntry(type: string, value: unknown): Uint8Array {
  if (!type.startsWith('[]')) return encodeValue(2, type, value);
  const elements = (value as unknown[]).map((one) => encodeValue(1, type.slice(2), one));
  return bytesField(2, Buffer.concat(elements));
}

function encodeValue(number: number, marked: string, value: unknown): Uint8Array {
  const type = marked.replace(/~$/, '');
  switch (type) {
    case 'string':
      return textField(number, String(value ?? ''));
    case 'boolean':
      return booleanField(number, value === true);
    case 'int32':
    case 'int64':
    case 'integer':
      return integerField(number, int64Of(Math.trunc(Number(value))));
    case 'double':
    case 'number':
      return doubleField(number, Number(value));
    case 'byte':
      return bytesField(number, Buffer.from(String(value ?? ''), 'base64'));
    default:
      return bytesField(number, encodeNamed(type, value));
  }
}

function encodeNamed(name: string, value: unknown): Uint8Array {
  const special = encodeSpecial(name, value, encodeNamed);
  return special ?? encodeMessage((value ?? {}) as JsonObject, messageFieldsOf(name));
}
