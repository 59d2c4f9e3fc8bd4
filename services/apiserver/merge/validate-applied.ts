import { firstToTell } from '../../../shared/apis/meta/first-causes.ts';
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
 * associative lists. Throws upstream's error, a 500 that names the offending fields.
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

function refuse(object: Unstructured, why: string, all: Iterable<string>, after = ''): void {
  const errors = firstToTell(all, (error) => error.length);
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

const problem = ({ path }: Place, message: string): string =>
  path.length > 0 ? `${pathText(path)}: ${message}` : message;

/** What is wrong, as far as somebody asks. */
function* validate(declared: Atom, value: unknown, place: Place): Iterable<string> {
  if (value === null) return;
  const atom = deduceAtom(declared, value);
  if (atom.map) yield* validateMap(atom.map, value, place);
  else if (atom.scalar) {
    if (!fitsScalar(atom.scalar, value)) yield problem(place, wrongScalar(atom.scalar, value));
  } else if (atom.list) yield* validateList(atom.list, value, place);
}

function* validateMap(map: MapAtom, value: unknown, place: Place): Iterable<string> {
  if (!isJsonObject(value)) return yield problem(place, `expected map, got &{${goText(value)}}`);
  for (const key of presentKeys(value)) {
    const inner = below(place, fieldElement(key));
    const type = map.field(key) ?? map.element;
    if (type) yield* validate(type.atom(), value[key], inner);
    else yield problem(inner, 'field not declared in schema');
  }
}

function* validateList(list: ListAtom, value: unknown, place: Place): Iterable<string> {
  if (!Array.isArray(value)) return yield problem(place, `expected list, got &{${goText(value)}}`);
  const seen = new Set<PathElement>();
  for (const [index, item] of value.entries()) {
    const element = list.atomic ? (`i:${index}` as const) : elementOrProblem(list, item);
    // What comes after an item that can't be named is not looked at.
    if (element instanceof Error) return yield problem(place, `element ${index}: ${element.message}`);
    if (seen.has(element) && !place.allowsDuplicates)
      yield problem(place, `duplicate entries for key ${pathText([element])}`);
    seen.add(element);
    yield* validate(list.element.atom(), item, below(place, element));
  }
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
