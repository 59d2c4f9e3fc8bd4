import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain } from '../../registry/object-names.ts';
import { duplicate, invalid, required, tooLong, tooMany } from '../../types/field-error.ts';

/** Names of what devices have, and lists of named things, as the kinds of dynamic resource allocation share them. Source: resource/validation. */

const MAX_ID = 32;
const ID_FORM = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ID_TEXT =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";

function identifierCauses(id: string, field: string): StatusCause[] {
  return [
    ...(Buffer.byteLength(id) > MAX_ID ? [tooLong(field, MAX_ID)] : []),
    ...(ID_FORM.test(id) ? [] : [invalid(field, id, ID_TEXT)]),
  ];
}

const MAX_DRIVER = 63;

export function driverCauses(name: string | undefined, field: string): StatusCause[] {
  if (!name) return [required(field)];
  return [
    ...(name.length > MAX_DRIVER ? [tooLong(field, MAX_DRIVER)] : []),
    ...causesOf(field, name, isDnsSubdomain(name.toLowerCase())),
  ];
}

/** A domain, which may be left out, and an identifier. */
export function attributeCauses(name: string, field: string): StatusCause[] {
  const [first = '', second, ...more] = name.split('/');
  if (second === undefined) return identifierCauses(first, field);
  if (more.length > 0) return [];
  return [
    ...(first === '' ? [invalid(field, '', 'the domain must not be empty')] : driverCauses(first, field)),
    ...(second === '' ? [invalid(field, '', 'the name must not be empty')] : identifierCauses(second, field)),
  ];
}

export function qualifiedAttributeCauses(name: string, field: string): StatusCause[] {
  const text = 'a fully qualified name must be a domain and a name separated by a slash';
  return [...attributeCauses(name, field), ...(name.includes('/') ? [] : [invalid(field, name, text)])];
}

export interface ListRule<T> {
  field: string;
  /** At most so many; no item of more is looked at. */
  max: number;
  item: (item: T, field: string) => StatusCause[];
  /** Of which there may be one. */
  key?: (item: T) => unknown;
}

export function listCauses<T>(list: readonly T[], { field, max, item, key }: ListRule<T>): StatusCause[] {
  if (list.length > max) return [tooMany(field, list.length, max)];
  const seen = new Set<string>();
  return [
    ...list.flatMap((one, index) => item(one, `${field}[${index}]`)),
    ...list.flatMap((one, index) => {
      const shown = key?.(one);
      const text = JSON.stringify(shown);
      const isAgain = key !== undefined && seen.has(text);
      seen.add(text);
      return isAgain ? [duplicate(`${field}[${index}]`, shown)] : [];
    }),
  ];
}
