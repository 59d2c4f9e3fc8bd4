import { isStatusError, STATUS_REASONS, StatusError } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';

const MASK = '***';

/** In place of words that can't be told from what is in a Secret. */
const WITHHELD = 'refused, in words that may quote what was in the Secret';

/** The same, with the code of the answer. */
export const withheld = (error: unknown): string => (isStatusError(error) ? `${WITHHELD} (${error.code})` : WITHHELD);

/** From so many characters on a value is masked wherever it is; a shorter one only as a word of its own, for it may be in any other. */
const LONG = 8;

/** What is looked for, times where: more than that would hold up all else, and a member may bring it about. */
const MAX_EFFORT = 50_000_000;

/**
 * The member's words about an object; of a Secret without what is in it, nor in what is there in its place (`live`), for an API server quotes values that it can't take, and a webhook may quote
 * any. Of too many values, or too many words, nothing is told.
 */
export function withoutSecretData(object: Unstructured, words: string, live?: Unstructured): string {
  return newMask(object, live)(words);
}

/**
 * The member's refusal, neither in its message nor in what else a log has of it with what is in the object, if that is a Secret; of one that nobody knows as it was then
 * (`undefined`), without a word.
 */
export function refusalWithoutSecretData(error: unknown, object: Unstructured | undefined): unknown {
  if (!isStatusError(error)) return error;
  const mask = object ? newMask(object) : () => withheld(error);
  const told = (_key: string, value: unknown): unknown =>
    typeof value === 'string' && !PROTOCOL.includes(value) ? mask(value) : value;
  return new StatusError(JSON.parse(JSON.stringify(error.status), told));
}

/** What says what kind of answer it is. A webhook may give any other word for that. */
const PROTOCOL: readonly string[] = ['v1', 'Status', 'Failure', ...STATUS_REASONS];

function newMask(object: Unstructured, live?: Unstructured): (words: string) => string {
  if (object.apiVersion !== 'v1' || object.kind !== 'Secret') return (words) => words;
  const values = [...valuesOf(object), ...(live ? valuesOf(live) : [])];
  const quoted = new Set(values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]));
  quoted.delete('');
  let effort = 0;
  return (words) => {
    effort += quoted.size * (words.length + 1);
    if (effort > MAX_EFFORT) return WITHHELD;
    const longestFirst = [...quoted].filter((value) => words.includes(value)).sort((a, b) => b.length - a.length);
    return longestFirst.reduce(masked, words);
  };
}

/** Of a long one no pattern is made: a pattern can't be as long as a value. */
function masked(text: string, value: string): string {
  if (value.length >= LONG) return text.replaceAll(value, MASK);
  const literal = value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(`(?<!\\w)${literal}(?!\\w)`, 'g'), MASK);
}

function valuesOf(secret: Unstructured): string[] {
  const [data, stringData] = [scalars(secret['data']), scalars(secret['stringData'])];
  return [...data, ...data.map(decoded), ...stringData, ...stringData.map(encoded)];
}

/** As text, of whatever type they are: who can't be told apart from what it should be is quoted too. However deep they are nested: it is what is refused that is looked at. */
function scalars(value: unknown): string[] {
  const found: string[] = [];
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'object' && next !== null) for (const child of Object.values(next)) left.push(child);
    else if (next !== undefined && next !== null) found.push(String(next));
  }
  return found;
}

const decoded = (data: string): string => Buffer.from(data, 'base64').toString('utf8');

/** As a webhook sees what came as `stringData`. */
const encoded = (text: string): string => Buffer.from(text).toString('base64');
