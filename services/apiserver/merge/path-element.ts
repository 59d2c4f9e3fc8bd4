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

function compareKeys(a: string, b: string): number {
  const left = Object.entries(parseKeyFields(a));
  const right = Object.entries(parseKeyFields(b));
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [[nameA, valueA], [nameB, valueB]] = [left[i] ?? ['', 0], right[i] ?? ['', 0]];
    const order = compareText(nameA, nameB) || compareScalars(valueA, valueB);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** The order in which fieldsV1 lists the steps: fields, keys, values, indexes. */
export function comparePathElements(a: PathElement, b: PathElement): number {
  const kind = kindOrder.indexOf(a[0] ?? '') - kindOrder.indexOf(b[0] ?? '');
  if (kind !== 0) return kind;
  const [left, right] = [a.slice(2), b.slice(2)];
  if (a.startsWith('f:')) return compareText(left, right);
  if (a.startsWith('k:')) return compareKeys(left, right);
  return compareScalars(JSON.parse(left), JSON.parse(right));
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
