import { type CelType, DYN, objectOf, STRING } from './cel-type.ts';
import type { Overload } from './functions.ts';
import type { Library } from './library.ts';

/**
 * What expressions that change objects are made of: `Object`, any `Object.a.b` with whatever fields, and the steps of a JSON patch. Their types are known here, for
 * checking; nothing evaluates them. Source: k8s.io/apiserver, `pkg/cel/mutation` and `pkg/cel/library/jsonpatch.go`.
 */
export const PATCH_LIBRARY: Library = {
  typeNamed: (name) => (name === JSON_PATCH.name ? JSON_PATCH : isObject(name) ? objectNamed(name) : undefined),
  overloadsOf: (name) => (name === 'jsonpatch.escapeKey' ? [ESCAPE_KEY] : undefined),
};

const objectNamed = (name: string): CelType => objectOf(name, () => DYN);

const isObject = (name: string): boolean => name === OBJECT.name || name.startsWith(`${OBJECT.name}.`);

/** What an apply configuration comes to. */
export const OBJECT = objectNamed('Object');

/** Of fields that a step of a JSON patch has not: upstream refuses none of them, and only what is dynamic fits there; null, which other kinds of types take, does not. */
const NO_TYPE: CelType = { kind: 'bool', name: '', params: [] };

const FIELDS: ReadonlyMap<string, CelType> = new Map([
  ['op', STRING],
  ['path', STRING],
  ['from', STRING],
  ['value', DYN],
]);

/** A step of a JSON patch. */
export const JSON_PATCH = objectOf('JSONPatch', (field) => FIELDS.get(field) ?? NO_TYPE);

const ESCAPE_KEY: Overload = { isMember: false, args: [STRING], result: STRING, parameters: [] };
