import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { goQuoted } from './go-quoted.ts';

/**
 * What is wrong with one field, as the cause of an Invalid status. Reasons and texts are those of Kubernetes (apimachinery, validation/field);
 * `field` is a path such as `spec.ports[0].name`.
 */

/** A value as messages show it: strings quoted, numbers and booleans plain, the rest as JSON. */
function printValue(value: unknown): string {
  return typeof value === 'string' ? goQuoted(value) : (JSON.stringify(value) ?? 'null');
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`;
}

export function required(field: string, detail = ''): StatusCause {
  return { reason: 'FieldValueRequired', message: withDetail('Required value', detail), field };
}

export function invalid(field: string, value: unknown, detail: string): StatusCause {
  return { reason: 'FieldValueInvalid', message: withDetail(`Invalid value: ${printValue(value)}`, detail), field };
}

export function typeInvalid(field: string, value: unknown, detail: string): StatusCause {
  return { ...invalid(field, value, detail), reason: 'FieldValueTypeInvalid' };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): StatusCause {
  return newNotSupported(field, JSON.stringify(value), supported);
}

/** Of a text that has no type of its own in Go, which shows such in another way. */
export function textNotSupported(field: string, text: string, supported: readonly string[]): StatusCause {
  return newNotSupported(field, goQuoted(text), supported);
}

function newNotSupported(field: string, shown: string, supported: readonly string[]): StatusCause {
  const values = supported.map((one) => JSON.stringify(one)).join(', ');
  const message = withDetail(`Unsupported value: ${shown}`, values && `supported values: ${values}`);
  return { reason: 'FieldValueNotSupported', message, field };
}

export function duplicate(field: string, value: unknown): StatusCause {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${printValue(value)}`, field };
}

export function forbidden(field: string, detail: string): StatusCause {
  return { reason: 'FieldValueForbidden', message: withDetail('Forbidden', detail), field };
}

export function notFound(field: string, value: unknown): StatusCause {
  return { reason: 'FieldValueNotFound', message: `Not found: ${printValue(value)}`, field };
}

export function tooLong(field: string, max: number): StatusCause {
  const message = `Too long: may not be more than ${max} ${max === 1 ? 'byte' : 'bytes'}`;
  return { reason: 'FieldValueTooLong', message, field };
}

export function tooMany(field: string, actual: number, max: number): StatusCause {
  const message = `Too many: ${actual}: must have at most ${max} ${max === 1 ? 'item' : 'items'}`;
  return { reason: 'FieldValueTooMany', message, field };
}
