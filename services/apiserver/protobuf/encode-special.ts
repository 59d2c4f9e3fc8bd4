import { objectJson } from '../../../shared/apis/object-json.ts';
import { bytesField, integerField, textField } from './wire-writer.ts';

/** Messages whose JSON is not an object of their fields, as `SPECIAL_MESSAGES` reads them. */

const ENCODERS: Readonly<Record<string, (value: unknown) => Uint8Array>> = {
  'apimachinery.pkg.apis.meta.v1.Time': time,
  'apimachinery.pkg.apis.meta.v1.MicroTime': time,
  'apimachinery.pkg.api.resource.Quantity': (value) => textField(1, String(value)),
  'apimachinery.pkg.util.intstr.IntOrString': intOrString,
  'apimachinery.pkg.runtime.RawExtension': rawJson,
  'apimachinery.pkg.apis.meta.v1.FieldsV1': rawJson,
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': rawJson,
  'apimachinery.pkg.apis.meta.v1.Verbs': (value) => Buffer.concat((value as string[]).map((one) => textField(1, one))),
};

const SCHEMA = 'apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

type Encode = (name: string, value: unknown) => Uint8Array;

/** Undefined for a message like any other. `encode` is for those within. */
export function encodeSpecial(name: string, value: unknown, encode: Encode): Uint8Array | undefined {
  const special = ENCODERS[name];
  if (special) return special(value);
  return name.startsWith(`${SCHEMA}Or`) ? alternative(name, value, (schema) => encode(SCHEMA, schema)) : undefined;
}

/** A schema or something else in its place: the message has one field for each. */
function alternative(name: string, value: unknown, encode: (schema: unknown) => Uint8Array): Uint8Array {
  if (name.endsWith('OrBool')) {
    const allows = integerField(1, value === false ? 0 : 1);
    return typeof value === 'boolean' ? allows : Buffer.concat([allows, bytesField(2, encode(value))]);
  }
  if (!Array.isArray(value)) return bytesField(1, encode(value));
  const isText = name.endsWith('OrStringArray');
  return Buffer.concat(value.map((one) => (isText ? textField(2, String(one)) : bytesField(2, encode(one)))));
}

const NANOS_PER_MILLI = 1_000_000;

/** Seconds and nanoseconds since the epoch; of a text with more digits than milliseconds those are kept. */
function time(value: unknown): Uint8Array {
  const text = String(value);
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return new Uint8Array();
  const seconds = Math.floor(ms / 1000);
  const fraction = /\.(\d{1,9})/.exec(text)?.[1];
  const nanos = fraction === undefined ? (ms - seconds * 1000) * NANOS_PER_MILLI : Number(fraction.padEnd(9, '0'));
  return Buffer.concat([integerField(1, seconds), integerField(2, nanos)]);
}

function intOrString(value: unknown): Uint8Array {
  if (typeof value === 'number')
    return Buffer.concat([integerField(1, 0), integerField(2, Math.trunc(value)), textField(3, '')]);
  return Buffer.concat([integerField(1, 1), integerField(2, 0), textField(3, String(value))]);
}

function rawJson(value: unknown): Uint8Array {
  return textField(1, value === undefined ? '' : objectJson(value));
}
