import { type GoPattern, goPattern } from '../types/go-pattern.ts';
import { goQuoted } from '../types/go-quoted.ts';
import { addWork, CHARACTER_WORK } from './budget.ts';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, isList, newList, valuesOf } from './cel-value.ts';
import { charCount } from './char-count.ts';
import { formatText } from './format-text.ts';

/** Functions of texts. Places in a text count its characters, whatever they are made of. */

const isText = (value: CelValue | undefined): value is string => typeof value === 'string';

/** Both are texts. */
const ofTexts =
  (run: (text: string, other: string) => CelValue): CelFunction =>
  (text, other) =>
    isText(text) && isText(other) ? run(text, other) : undefined;

const ofText =
  (run: (text: string) => CelValue): CelFunction =>
  (text) =>
    isText(text) ? run(text) : undefined;

function patternOf(source: string, mistake = ''): GoPattern {
  const pattern = goPattern(source);
  if (typeof pattern === 'string') throw new CelError(`${mistake}${pattern}`);
  return pattern;
}

const ILLEGAL = 'Illegal regex: ';

const allMatches = (text: string, source: string, limit: number): CelValue =>
  newList(patternOf(source, ILLEGAL).all(text, limit < 0 ? Number.POSITIVE_INFINITY : limit));

const outOfRange = (index: number): CelError => new CelError(`index out of range: ${index}`);

/** Where a character is in the text, which may be made of pairs. */
function offsetOf(text: string, index: number, length: number): number {
  if (length === text.length) return index;
  addWork(text.length);
  let offset = 0;
  for (let left = index; left > 0; left--) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

const placeOf = (text: string, offset: number, length: number): bigint =>
  BigInt(offset < 0 || length === text.length ? offset : charCount(text.slice(0, offset)));

/** Where `part` begins, from a place on; the place itself of an empty part. */
function indexOf(text: string, part: string, from: number): bigint {
  if (part === '') return BigInt(from);
  if (from < 0) throw outOfRange(from);
  const length = charCount(text);
  if (from >= length) return -1n;
  return placeOf(text, text.indexOf(part, offsetOf(text, from, length)), length);
}

/** None after a place that is not within the text. */
function lastIndexOf(text: string, part: string, from?: number): bigint {
  const length = charCount(text);
  if (part === '') return BigInt(from ?? length);
  if (from !== undefined && from < 0) throw outOfRange(from);
  if (from !== undefined && from >= length) return -1n;
  return placeOf(text, text.lastIndexOf(part, offsetOf(text, from ?? length, length)), length);
}

function substring(text: string, from: number, to?: number): string {
  const length = charCount(text);
  if (to !== undefined && from > to) throw new CelError(`invalid substring range. start: ${from}, end: ${to}`);
  if (from < 0 || from > length) throw outOfRange(from);
  if (to !== undefined && (to < 0 || to > length)) throw outOfRange(to);
  return text.slice(offsetOf(text, from, length), offsetOf(text, to ?? length, length));
}

function charAt(text: string, index: number): string {
  const length = charCount(text);
  if (index < 0 || index > length) throw outOfRange(index);
  const code = text.codePointAt(offsetOf(text, index, length));
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** To make a text of each character. */
const SPLITTING_WORK = 20;

function charactersOf(text: string): string[] {
  addWork(text.length * SPLITTING_WORK);
  return [...text];
}

function replaced(text: string, part: string, by: string, limit: number): string {
  const pieces = part === '' ? ['', ...charactersOf(text), ''] : text.split(part);
  const count = limit < 0 ? pieces.length - 1 : Math.min(limit, pieces.length - 1);
  addWork((text.length + count * (by.length - part.length)) * CHARACTER_WORK);
  const rest = pieces.slice(count).join(part);
  return [...pieces.slice(0, count), rest].join(by);
}

function splitText(text: string, by: string, limit: number): string[] {
  if (limit === 0) return [];
  const parts = by === '' ? charactersOf(text) : text.split(by);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)];
}

const asciiOnly = (change: (part: string) => string, letters: RegExp): CelFunction =>
  ofText((text) => text.replace(letters, change));

function join(list: CelValue | undefined, by: CelValue = ''): CelValue | undefined {
  if (list === undefined || !isList(list) || !isText(by)) return undefined;
  const parts = valuesOf(list);
  return parts.every(isText) ? parts.join(by) : undefined;
}

export const textFunctions: CelFunctions = {
  '_+_': (a, b) => {
    if (isText(a) && isText(b)) return a + b;
    return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.concat([a, b]) : undefined;
  },
  contains: ofTexts((text, part) => text.includes(part)),
  startsWith: ofTexts((text, part) => text.startsWith(part)),
  endsWith: ofTexts((text, part) => text.endsWith(part)),
  matches: ofTexts((text, source) => patternOf(source).test(text)),
  find: ofTexts((text, source) => patternOf(source, ILLEGAL).first(text)),
  findAll: (text, source, limit = -1n) =>
    isText(text) && isText(source) ? allMatches(text, source, Number(limit)) : undefined,
  charAt: (text, index) => (isText(text) && typeof index === 'bigint' ? charAt(text, Number(index)) : undefined),
  indexOf: (text, part, from = 0n) => (isText(text) && isText(part) ? indexOf(text, part, Number(from)) : undefined),
  lastIndexOf: (text, part, from) =>
    isText(text) && isText(part) ? lastIndexOf(text, part, from === undefined ? undefined : Number(from)) : undefined,
  lowerAscii: asciiOnly((part) => part.toLowerCase(), /[A-Z]+/g),
  upperAscii: asciiOnly((part) => part.toUpperCase(), /[a-z]+/g),
  trim: ofText((text) => text.trim()),
  replace: (text, part, by, limit = -1n) =>
    isText(text) && isText(part) && isText(by) ? replaced(text, part, by, Number(limit)) : undefined,
  split: (text, by, limit = -1n) =>
    isText(text) && isText(by) ? newList(splitText(text, by, Number(limit))) : undefined,
  substring: (text, from, to) =>
    isText(text) ? substring(text, Number(from), to === undefined ? undefined : Number(to)) : undefined,
  join,
  format: (text, args) => (isText(text) && args !== undefined && isList(args) ? formatText(text, args) : undefined),
  'strings.quote': ofText(goQuoted),
};
