import { goJson } from './go-json.ts';
import { isScalar, type JsonObject } from './json-value.ts';

/**
 * One step of a field path, in the text that fieldsV1 has as key: `f:<field>`, `k:{"name":"x"}` (an item of a list with keys),
 * `v:"x"` (a member of a set), `i:0`. The text is canonical (keys sorted, JSON escaped as Go does), so that equal steps are equal strings.
 */
export type PathElement = string;

export type KeyFields = Record<string, unknown>;

export const fieldElement = (name: string): PathElement => `f:${name}`;

export const valueElement = (value: unknown): PathElement => `v:${goJson(value)}`;

export function keyElement(fields: KeyFields): PathElement {
  const parts = Object.keys(fields)
    .sort()
    .map((name) => `${goJson(name)}:${goJson(fields[name])}`);
  return `k:{${parts.join(',')}}`;
}

/** The field's name, if the step is a field. */
export function fieldNameOf(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/** The canonical form of a key read from fieldsV1; undefined for kinds of steps that are not known. Throws on broken ones. */
export function parsePathElement(text: string): PathElement | undefined {
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`);
  const content = text.slice(2);
  switch (text[0]) {
    case 'f':
      return text;
    case 'k':
      return keyElement(parseKeyFields(content));
    case 'v':
      return valueElement(JSON.parse(content));
    case 'i':
      return parseIndex(content);
    default:
      return undefined;
  }
}

function parseKeyFields(content: string): KeyFields {
  const fields: unknown = JSON.parse(content);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw new Error(`no key fields: ${content}`);
  return fields as JsonObject;
}

function parseIndex(content: string): PathElement {
  if (!/^-?\d+$/.test(content)) throw new Error(`parsing "${content}": invalid syntax`);
  return `i:${Number(content)}`;
}

const kindOrder = 'fkvi';

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Numbers before strings before booleans. */
function compareScalars(a: unknown, b: unknown): number {
  const rank = (value: unknown): number => ['number', 'string', 'boolean'].indexOf(typeof value);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return isScalar(a) && isScalar(b) ? Number(a) - Number(b) : 0;
}

type Entries = readonly [name: string, value: unknown][];

function compareKeys(left: Entries, right: Entries): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [[nameA, valueA], [nameB, valueB]] = [left[i] ?? ['', 0], right[i] ?? ['', 0]];
    const order = compareText(nameA, nameB) || compareScalars(valueA, valueB);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

interface Sortable {
  element: PathElement;
  kind: number;
  /** The keys of an item; of other steps none. */
  keys: Entries;
  /** A field's name, a member of a set, an index. */
  value: unknown;
}

function sortable(element: PathElement): Sortable {
  const content = element.slice(2);
  const kind = kindOrder.indexOf(element[0] ?? '');
  if (element.startsWith('k:')) return { element, kind, keys: Object.entries(parseKeyFields(content)), value: '' };
  return { element, kind, keys: [], value: element.startsWith('f:') ? content : JSON.parse(content) };
}

/** In the order in which fieldsV1 lists steps: fields, keys, values, indexes. Each is parsed once. */
export function sortedPathElements(elements: Iterable<PathElement>): PathElement[] {
  const sorted = Array.from(elements, sortable).sort(
    (a, b) => a.kind - b.kind || compareKeys(a.keys, b.keys) || compareScalars(a.value, b.value),
  );
  return sorted.map(({ element }) => element);
}

function elementText(element: PathElement): string {
  const content = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${content}`;
    case 'k': {
      const fields = Object.entries(parseKeyFields(content));
      return `[${fields.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    }
    case 'v':
      return `[=${JSON.stringify(JSON.parse(content))}]`;
    default:
      return `[${content}]`;
  }
}

/** As conflicts name it: `.spec.template.spec.containers[name="x"].image`. */
export function pathText(path: readonly PathElement[]): string {
  return path.map(elementText).join('');
}
