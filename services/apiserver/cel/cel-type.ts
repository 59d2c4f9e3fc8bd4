/** The types of CEL, as its type checker knows them. Source: cel-spec, "Gradual Type Checking"; the written form is that of its error messages. */

import { addStep } from './compile-steps.ts';

export type CelKind =
  | 'bool'
  | 'bytes'
  | 'double'
  | 'duration'
  | 'dyn'
  | 'error'
  | 'int'
  | 'list'
  | 'map'
  | 'null'
  | 'object'
  | 'opaque'
  | 'param'
  | 'string'
  | 'timestamp'
  | 'type'
  | 'uint';

export interface CelType {
  readonly kind: CelKind;
  /** What tells objects, opaque types and parameters apart. */
  readonly name: string;
  readonly params: readonly CelType[];
  /** The type of an object's field; undefined if there is none of the name. */
  readonly field?: (name: string) => CelType | undefined;
}

const plain = (kind: CelKind, name: string = kind): CelType => ({ kind, name, params: [] });

export const BOOL = plain('bool');
export const BYTES = plain('bytes');
export const DOUBLE = plain('double');
export const DURATION = plain('duration');
export const DYN = plain('dyn');
/** A value of any type that is no list and no map: it goes with all types as `dyn` does, and can't be looped through. */
export const ANY = plain('dyn', 'any');
/** Of what is wrong, and told already: it fits everywhere. */
export const ERROR = plain('error', '!error!');
export const INT = plain('int');
export const NULL = plain('null');
export const STRING = plain('string');
export const TIMESTAMP = plain('timestamp');
export const UINT = plain('uint');

export const listOf = (item: CelType): CelType => ({ kind: 'list', name: 'list', params: [item] });
export const mapOf = (key: CelType, value: CelType): CelType => ({ kind: 'map', name: 'map', params: [key, value] });
export const typeOf = (type: CelType): CelType => ({ kind: 'type', name: 'type', params: [type] });
export const paramOf = (name: string): CelType => plain('param', name);
export const namedType = (kind: 'object' | 'opaque', name: string): CelType => plain(kind, name);
export const objectOf = (name: string, field: (name: string) => CelType | undefined): CelType => ({
  ...plain('object', name),
  field,
});

const OPTIONAL = 'optional_type';
export const optionalOf = (value: CelType): CelType => ({ kind: 'opaque', name: OPTIONAL, params: [value] });

/** What an optional value is one of; undefined for other types. */
export const optionalValue = (type: CelType): CelType | undefined =>
  type.kind === 'opaque' && type.name === OPTIONAL ? type.params[0] : undefined;

export function formatType({ name, params }: CelType): string {
  addStep();
  return params.length === 0 ? name : `${name}(${params.map(formatType).join(', ')})`;
}

/** The same type, and not only one that fits. */
export const isSameType = (a: CelType, b: CelType): boolean => a.kind === b.kind && formatType(a) === formatType(b);
