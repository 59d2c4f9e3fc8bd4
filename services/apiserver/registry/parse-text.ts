import { load } from 'js-yaml';
import { newRequestEntityTooLarge } from '../../../shared/apis/meta/status-error.ts';
import { TEXT_OR_NUMBER } from '../../../shared/apis/object-json.ts';
import { isJsonObject, type JsonObject, setKey } from '../merge/json-value.ts';
import { MAX_DEPTH, newTooDeep } from '../types/check-depth.ts';
import { GO_YAML } from './go-yaml.ts';

/**
 * JSON and YAML of clients, within bounds: of depth, and of aliases, since a few lines of YAML whose aliases stand for each other would become gigabytes
 * when they are written out. No object of anybody comes near these limits.
 */

/** The parser of YAML counts otherwise, and what it lets through is counted again. */
export const MAX_YAML_DEPTH = 2 * MAX_DEPTH;
/** How many values aliases may repeat: for each character of a text, and in all. What stands in the text itself is not counted. */
const MAX_ALIASING = 4;
const MAX_REPEATED = 1_000_000;

/** Throws as `JSON.parse` does, and an Error with Go's words for what is nested too deeply. Halves of characters are none, as in Go: they become U+FFFD. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (text.length > 2 * MAX_DEPTH && depthOf(text) > MAX_DEPTH) throw newTooDeep();
  return SURROGATE.test(text) ? wellFormed(value) : value;
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return wholeText(value);
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isJsonObject(value)) return value;
  const whole: JsonObject = {};
  for (const [key, one] of Object.entries(value)) setKey(whole, wholeText(key), wellFormed(one));
  return whole;
}

/** Of a million texts few have any. */
const wholeText = (text: string): string => (LONE_HALF.test(text) ? Buffer.from(text).toString() : text);
const LONE_HALF = /\p{Surrogate}/u;

/** Seldom anything but such a number, so that few texts are looked through. */
const SUSPECT = /[:,[\s]-?(?:[\d.]+[eE]\+?\d{3}|\d{300})/;

/** Of JSON: the first number that Go can't hold, as it is written. */
export function firstTooLarge(text: string): string | undefined {
  if (!SUSPECT.test(text)) return undefined;
  return text.match(TEXT_OR_NUMBER)?.find((one) => !one.startsWith('"') && !Number.isFinite(Number(one)));
}

/** Whether there is a number in it that is too large: it is read as one without end. */
export const hasEndless = (value: unknown): boolean =>
  typeof value === 'number'
    ? !Number.isFinite(value)
    : typeof value === 'object' && value !== null && Object.values(value).some(hasEndless);

/** Of JSON: what Go says of the first number that it can't hold. */
export function numberTooLarge(text: string): string | undefined {
  const tooLarge = firstTooLarge(text);
  return tooLarge && `json: cannot unmarshal number ${tooLarge} into Go value of type float64`;
}

/**
 * Of a key that comes twice the last counts. Throws an Error in words for what is no YAML, too deep, or aliases without end, and 413 for what may have more values
 * than can be read in a moment.
 */
export function parseYaml(text: string): unknown {
  checkMarks(text);
  if (text.split('\n').every((line) => NOTHING.test(line))) return null;
  const value = load(text, { json: true, schema: GO_YAML, maxDepth: MAX_YAML_DEPTH });
  checkExpanded(value, Math.min(text.length * MAX_ALIASING, MAX_REPEATED));
  checkCharacters(text, value);
  return value;
}

/** YAML that is JSON and means the same as such, which is read many times as quickly; undefined: it is to be read as YAML. Throws as `parseYaml`. */
export function jsonInYaml(text: string): unknown {
  if (!/^\s*\{/.test(text) || OTHERWISE_IN_YAML.test(text) || firstTooLarge(text) !== undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (text.length > 2 * MAX_DEPTH && depthOf(text) > MAX_DEPTH) throw newTooDeep();
  checkCharacters(text, value);
  return value;
}

/** Characters that YAML does not have, or ends a line with; keys of merges; and keys whose colon is on another line. */
const OTHERWISE_IN_YAML = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|"<<"|"[ \t\r]*\n\s*:/;

function checkCharacters(text: string, value: unknown): void {
  if (SURROGATE.test(text) && HALF.test(JSON.stringify(value) ?? ''))
    throw new Error('yaml: found invalid Unicode character escape code');
}

/** A definition of a mebibyte has some 100 000. */
const MAX_YAML_MARKS = 250_000;
/** Before every value but the first is one of these. */
const MARK = /[\n,[{]|[-?:]\s/g;

/** Throws 413. */
export function checkMarks(text: string): void {
  if (text.length <= MAX_YAML_MARKS) return;
  let marks = 0;
  MARK.lastIndex = 0;
  while (MARK.test(text))
    if (++marks > MAX_YAML_MARKS) {
      MARK.lastIndex = 0;
      throw newRequestEntityTooLarge(
        `YAML may have at most ${MAX_YAML_MARKS} line ends and marks such as "- ", ": " and commas; send it as JSON`,
      );
    }
}

const SURROGATE = /\\u[dD][89a-fA-F]/;
/** Of what JSON says of a text: half a character, which has no bytes. */
const HALF = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** A line that is blank or a remark; the parser wants more. */
const NOTHING = /^\s*(#.*)?$/;

/** Of valid JSON. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}

/** Where the string of valid JSON ends that begins at `start`. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"' || at >= text.length) return at;
  }
}

/** Counts what an alias stands for each time that it is used again, without recursion. Throws an Error for more, and for what is nested too deeply. */
export function checkExpanded(value: unknown, mostRepeated: number): void {
  const open = [{ value, depth: 1, isRepeated: false }];
  const seen = new Set<object>();
  let repeated = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > MAX_DEPTH) throw newTooDeep();
    const parts = Object.values(next.value);
    const isRepeated = next.isRepeated || seen.has(next.value);
    seen.add(next.value);
    if (isRepeated) repeated += parts.length;
    if (repeated > mostRepeated) throw new Error('yaml: document contains excessive aliasing');
    for (const part of parts) open.push({ value: part, depth: next.depth + 1, isRepeated });
  }
}
