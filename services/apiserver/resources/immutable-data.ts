import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { forbidden, invalid } from '../types/field-error.ts';

/** What ConfigMaps and Secrets have in common: keys that can be file names, and `immutable`. */

const KEY = /^[-._a-zA-Z0-9]+$/;
const KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const MAX_BYTES = 1 << 20;

function keyTexts(key: string): string[] {
  return [
    ...(key.length > 253 ? ['must be no more than 253 characters'] : []),
    ...(KEY.test(key) ? [] : [KEY_TEXT]),
    ...(key === '.' || key === '..' ? [`must not be '${key}'`] : []),
    ...(key.startsWith('..') && key !== '..' ? ["must not start with '..'"] : []),
  ];
}

/** `fields`: the maps that hold the data. */
export function validateData(object: Unstructured, fields: readonly string[]): StatusCause[] {
  const wrong = fields.flatMap((field) =>
    Object.keys(mapAt(object, field)).flatMap((key) =>
      keyTexts(key).map((text) => invalid(`${field}[${key}]`, key, text)),
    ),
  );
  const size = fields.reduce((sum, field) => sum + sizeOf(mapAt(object, field)), 0);
  const message = `Too long: may not be more than ${MAX_BYTES} bytes`;
  return size > MAX_BYTES
    ? [...wrong, { reason: 'FieldValueTooLong', message, field: fields.length > 1 ? '[]' : (fields[0] ?? '') }]
    : wrong;
}

export function validateImmutable(object: Unstructured, old: Unstructured, fields: readonly string[]): StatusCause[] {
  if (old['immutable'] !== true) return [];
  const text = 'field is immutable when `immutable` is set';
  return [
    ...(object['immutable'] === true ? [] : [forbidden('immutable', text)]),
    ...fields
      .filter((field) => !isDeepStrictEqual(mapAt(object, field), mapAt(old, field)))
      .map((field) => forbidden(field, text)),
  ];
}

function mapAt(object: Unstructured, field: string): Record<string, unknown> {
  const value = object[field];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function sizeOf(map: Record<string, unknown>): number {
  return Object.values(map).reduce<number>((sum, value) => sum + String(value).length, 0);
}
