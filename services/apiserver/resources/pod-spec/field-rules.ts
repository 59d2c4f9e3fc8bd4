import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isPortName, type NameRule } from '../../registry/object-names.ts';
import { invalid, notSupported, required } from '../../types/field-error.ts';
import { isPort, PORT_TEXT } from '../port-number.ts';

/** Rules about single values, each as upstream tells it. An absent value passes those that don't say otherwise. */

export const NEGATIVE_TEXT = 'must be greater than or equal to 0';
export const POSITIVE_TEXT = 'must be greater than zero';
const MAX_ID = 2_147_483_647;

/** What an enumerated field must be one of; empty is told as missing. */
export function mustBeOneOf(field: string, value: string | undefined, allowed: readonly string[]): StatusCause[] {
  if (value === undefined || value === '') return [required(field)];
  return mayBeOneOf(field, value, allowed);
}

export function mayBeOneOf(field: string, value: string | undefined, allowed: readonly string[]): StatusCause[] {
  return value === undefined || allowed.includes(value) ? [] : [notSupported(field, value, allowed)];
}

export function notNegative(field: string, value: number | undefined): StatusCause[] {
  return value !== undefined && value < 0 ? [invalid(field, value, NEGATIVE_TEXT)] : [];
}

export function positive(field: string, value: number): StatusCause[] {
  return value > 0 ? [] : [invalid(field, value, POSITIVE_TEXT)];
}

export function notEmpty(field: string, value: unknown): StatusCause[] {
  const isEmpty = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty ? [required(field)] : [];
}

/** A name that must be there and obey a rule. */
export function mustBeNamed(field: string, name: string | undefined, rule: NameRule = isDnsLabel): StatusCause[] {
  return name ? causesOf(field, name, rule(name)) : [required(field)];
}

export function mayBeNamed(field: string, name: string | undefined, rule: NameRule): StatusCause[] {
  return name ? causesOf(field, name, rule(name)) : [];
}

/** A user's or group's number. */
export function validateId(field: string, id: number | undefined): StatusCause[] {
  const isFine = id === undefined || (id >= 0 && id <= MAX_ID);
  return isFine ? [] : [invalid(field, id, `must be between 0 and ${MAX_ID}, inclusive`)];
}

export function validatePortReference(field: string, port: number | string | undefined): StatusCause[] {
  if (typeof port === 'string') return causesOf(field, port, port === '' ? EMPTY_PORT_NAME : isPortName(port));
  return isPort(port) ? [] : [invalid(field, port ?? 0, PORT_TEXT)];
}

const EMPTY_PORT_NAME = [
  'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
  'must contain at least one letter (a-z)',
];

const MAX_MODE = 0o777;

export function validateFileMode(field: string, mode: number | undefined): StatusCause[] {
  const isFine = mode === undefined || (mode >= 0 && mode <= MAX_MODE);
  return isFine ? [] : [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}
