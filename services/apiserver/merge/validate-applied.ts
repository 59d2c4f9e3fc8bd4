import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { goText } from '../registry/go-text.ts';
import { goQuoted } from '../types/go-quoted.ts';
import { type Atom, deduceAtom, type ListAtom, type MapAtom, type ScalarKind, type TypeRef } from './atom.ts';
import { fitsScalar } from './fits-type.ts';
import { isJsonObject, presentKeys } from './json-value.ts';
import { listItemElement } from './list-item.ts';
import { fieldElement, type PathElement, pathText } from './path-element.ts';
import { newUnreasonedError } from './unreasoned-error.ts';

/**
 * An applied configuration has to fit the schema by which it is merged: declared fields only, lists and maps where they belong, no duplicates in
 * associative lists. Throws upstream's error, a 500 that names every offending field.
 */
export function validateApplied(type: TypeRef, applied: Unstructured): void {
  refuse(applied, 'failed to create typed patch object', validate(type.atom(), applied, whole));
}

/** What it is applied to need not fit any more, once the definition has another schema. Throws 500. */
export function validateLive(type: TypeRef, live: Unstructured): void {
  const errors = validate(type.atom(), live, { ...whole, allowsDuplicates: true });
  const why = live.metadata.managedFields?.length
    ? 'failed to create typed live object'
    : 'failed to create manager for existing fields: failed to convert new object';
  refuse(live, why, errors, live.metadata.managedFields?.length ? '' : ' to smd typed');
}

function refuse(object: Unstructured, why: string, errors: readonly string[], after = ''): void {
  if (errors.length === 0) return;
  const list = errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
  throw newUnreasonedError(`${why} (${identity(object)})${after}: ${list}`);
}

function identity({ apiVersion, kind, metadata }: Unstructured): string {
  const groupVersion = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  const { namespace, name }: { namespace?: unknown; name?: unknown } = isJsonObject(metadata) ? metadata : {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return `${text(namespace)}/${text(name)}; ${groupVersion}, Kind=${kind}`;
}

/** Where in the object a value is. */
interface Place {
  path: readonly PathElement[];
  /** Whether items of associative lists may come twice. */
  allowsDuplicates: boolean;
}

const whole: Place = { path: [], allowsDuplicates: false };
const below = (place: Place, element: PathElement): Place => ({ ...place, path: [...place.path, element] });

const problem = ({ path }: Place, message: string): string[] => [
  path.length > 0 ? `${pathText(path)}: ${message}` : message,
];

function validate(declared: Atom, value: unknown, place: Place): string[] {
  if (value === null) return [];
  const atom = deduceAtom(declared, value);
  if (atom.map) return validateMap(atom.map, value, place);
  if (atom.scalar) return fitsScalar(atom.scalar, value) ? [] : problem(place, wrongScalar(atom.scalar, value));
  if (atom.list) return validateList(atom.list, value, place);
  return [];
}

function validateMap(map: MapAtom, value: unknown, place: Place): string[] {
  if (!isJsonObject(value)) return problem(place, `expected map, got &{${goText(value)}}`);
  return presentKeys(value).flatMap((key) => {
    const inner = below(place, fieldElement(key));
    const type = map.field(key) ?? map.element;
    return type ? validate(type.atom(), value[key], inner) : problem(inner, 'field not declared in schema');
  });
}

function validateList(list: ListAtom, value: unknown, place: Place): string[] {
  if (!Array.isArray(value)) return problem(place, `expected list, got &{${goText(value)}}`);
  const seen = new Set<PathElement>();
  const errors: string[] = [];
  for (const [index, item] of value.entries()) {
    const element = list.atomic ? (`i:${index}` as const) : elementOrProblem(list, item);
    // What comes after an item that can't be named is not looked at.
    if (element instanceof Error) return [...errors, ...problem(place, `element ${index}: ${element.message}`)];
    if (seen.has(element) && !place.allowsDuplicates)
      errors.push(...problem(place, `duplicate entries for key ${pathText([element])}`));
    seen.add(element);
    errors.push(...validate(list.element.atom(), item, below(place, element)));
  }
  return errors;
}

function elementOrProblem(list: ListAtom, item: unknown): PathElement | Error {
  try {
    return listItemElement(list, item);
  } catch (error) {
    return error as Error;
  }
}

const goTypes: Record<string, string> = { number: 'int64', boolean: 'bool', string: 'string' };

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  return goTypes[typeof value] ?? 'map[string]interface {}';
}

function wrongScalar(kind: ScalarKind, value: unknown): string {
  if (kind === 'numeric') return `expected numeric (int or float), got ${goType(value)}`;
  if (kind === 'string') return `expected string, got &value.valueUnstructured{Value:${valueText(value)}}`;
  return kind === 'boolean'
    ? `expected boolean, got &{${goText(value)}}`
    : `expected any scalar, got &{${goText(value)}}`;
}

/** A value as Go's `%#v` prints it. */
function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(valueText).join(', ')}}`;
  if (!isJsonObject(value)) return typeof value === 'string' ? goQuoted(value) : JSON.stringify(value);
  const entries = presentKeys(value).sort();
  return `map[string]interface {}{${entries.map((key) => `${goQuoted(key)}:${valueText(value[key])}`).join(', ')}}`;
}
