import { secondsText } from '../types/plain-time.ts';
import { readFields, type WireField } from './wire-reader.ts';

/** Messages whose JSON is not an object of their fields. By OpenAPI name without `io.k8s.`; `undefined` for what JSON leaves out. */
export type MessageDecoder = (message: Uint8Array) => unknown;

export const SPECIAL_MESSAGES: Record<string, MessageDecoder> = {
  'apimachinery.pkg.apis.meta.v1.Time': (message) => timeText(message, 0),
  'apimachinery.pkg.apis.meta.v1.MicroTime': (message) => timeText(message, 6),
  'apimachinery.pkg.api.resource.Quantity': (message) => textOf(fieldsOf(message).get(1)),
  'apimachinery.pkg.util.intstr.IntOrString': intOrString,
  'apimachinery.pkg.runtime.RawExtension': rawJson,
  'apimachinery.pkg.apis.meta.v1.FieldsV1': rawJson,
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': rawJson,
  'apimachinery.pkg.apis.meta.v1.Verbs': (message) => [...readFields(message)].map(textOf),
};

export function fieldsOf(message: Uint8Array): Map<number, WireField> {
  return new Map([...readFields(message)].map((field) => [field.number, field]));
}

export function textOf(field: WireField | undefined): string {
  return Buffer.from(field?.bytes ?? []).toString();
}

export function integerOf(field: WireField | undefined): number {
  return Number(BigInt.asIntN(64, field?.value ?? 0n));
}

/** Seconds and nanoseconds since the epoch; an empty message is no time. */
function timeText(message: Uint8Array, decimals: number): string | undefined {
  if (message.length === 0) return undefined;
  const fields = fieldsOf(message);
  const text = secondsText(integerOf(fields.get(1)) * 1000);
  if (decimals === 0) return text;
  const nanos = Math.min(Math.max(integerOf(fields.get(2)), 0), 999_999_999);
  return `${text.slice(0, -1)}.${String(nanos).padStart(9, '0').slice(0, decimals)}Z`;
}

function intOrString(message: Uint8Array): string | number {
  const fields = fieldsOf(message);
  return integerOf(fields.get(1)) === 0 ? integerOf(fields.get(2)) : textOf(fields.get(3));
}

function rawJson(message: Uint8Array): unknown {
  const text = textOf(fieldsOf(message).get(1));
  return text === '' ? undefined : JSON.parse(text);
}
