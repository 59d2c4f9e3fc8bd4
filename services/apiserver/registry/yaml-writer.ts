import { dump } from 'js-yaml';
import { objectJson } from '../../../shared/apis/object-json.ts';
import { INT64_END } from '../types/number-range.ts';

/**
 * JSON as YAML, in time that grows with the text alone: a library's takes the product of length and depth. Keys are in order, lists not indented, and what must be quoted
 * has double quotes, as upstream writes it. What would be very long, since each line of what is nested begins with the spaces of its depth, stays JSON, which is YAML too.
 */
export function toYaml(value: unknown, maxLength = MAX_LENGTH): string {
  try {
    if (!isBlock(value)) return dump(value, AS_VALUE);
    const out = newOutput(maxLength, value);
    writeBlock(out, value, 0, true);
    return out.text();
  } catch (error) {
    if (error !== TOO_LONG) throw error;
    return `${objectJson(value)}\n`;
  }
}

const MAX_LENGTH = 16 << 20;
/** A text that only the library knows how to write costs as much as so many characters, and each of its own as so many. */
const ODD_COST = 256;
const ODD_CHARACTER_COST = 4;
/** Beyond, the library's patterns may find no room on the stack. */
const LONGEST_ODD = 64 << 10;
/** Longer keys have a line of their own; so does the YAML that upstream reads. */
const LONGEST_KEY = 1024;
const TOO_LONG = new Error('too long');

interface Output {
  add(text: string): void;
  /** What only the library knows how to write. */
  odd: ReadonlyMap<unknown, string>;
  text(): string;
}

function newOutput(maxLength: number, value: Block): Output {
  const parts: string[] = [];
  let left = maxLength;
  const count = (cost: number): void => {
    left -= cost;
    if (left < 0) throw TOO_LONG;
  };
  return {
    odd: writtenOnes(oddOnes(value, count)),
    add: (text) => {
      count(text.length);
      parts.push(text);
    },
    text: () => parts.join(''),
  };
}

type Block = unknown[] | Record<string, unknown>;

/** What has lines of its own; what is empty is written beside its key. */
function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** `isBegun`: what stands before it is on the line of its first entry. */
function writeBlock(out: Output, block: Block, indent: number, isBegun: boolean): void {
  let isFirst = isBegun;
  const begin = (): void => {
    if (!isFirst) out.add(' '.repeat(indent));
    isFirst = false;
  };
  if (Array.isArray(block)) {
    for (const item of block) {
      begin();
      out.add('- ');
      if (isBlock(item)) writeBlock(out, item, indent + 2, true);
      else out.add(`${scalar(out, item, indent)}\n`);
    }
    return;
  }
  for (const key of Object.keys(block).sort()) {
    const value = block[key];
    if (value === undefined) continue;
    begin();
    writeKey(out, key, indent);
    if (!isBlock(value)) {
      out.add(` ${scalar(out, value, indent)}\n`);
      continue;
    }
    out.add('\n');
    writeBlock(out, value, Array.isArray(value) ? indent : indent + 2, false);
  }
}

function writeKey(out: Output, key: string, indent: number): void {
  const hasLines = key.includes('\n');
  const text = hasLines ? JSON.stringify(key) : scalar(out, key, indent);
  out.add(hasLines || text.length > LONGEST_KEY ? `? ${text}\n${' '.repeat(indent)}:` : `${text}:`);
}

/** Begins with a letter and has nothing that YAML could read as more than a text. */
function isPlain(text: string): boolean {
  return /^[A-Za-z][ -~]*$/.test(text) && !/: | #|[: ]$/.test(text) && !WORDS.test(text);
}
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const UID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NUMBER_OR_TIME = /^\d+$|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function scalar({ odd }: Output, value: unknown, indent: number): string {
  const text = simple(value) ?? odd.get(value) ?? '';
  return indent === 0 || !text.includes('\n') ? text : text.replaceAll(/\n(?!\n|$)/g, `\n${' '.repeat(indent)}`);
}

/** On one line; undefined for what is odd. */
function simple(value: unknown): string | undefined {
  if (typeof value === 'string') {
    if (value.length > LONGEST_ODD || NUMBER_OR_TIME.test(value)) return JSON.stringify(value);
    return isPlain(value) || UID.test(value) ? value : undefined;
  }
  if (Object.is(value, -0)) return '-0.0';
  if (Math.abs(value as number) === INT64_END) return objectJson(value);
  if (Number.isSafeInteger(value) || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return '[]';
  return typeof value === 'object' ? '{}' : undefined;
}

/** Each once, among the keys and the values. */
function oddOnes(block: Block, count: (cost: number) => void): Set<unknown> {
  const found = new Set<unknown>();
  const look = (value: unknown): void => {
    if (found.has(value) || simple(value) !== undefined) return;
    count(ODD_COST + ODD_CHARACTER_COST * String(value).length);
    found.add(value);
  };
  const walk = (part: unknown): void => {
    if (!isBlock(part)) {
      look(part);
      return;
    }
    if (!Array.isArray(part)) for (const key in part) if (!key.includes('\n')) look(key);
    for (const value of Object.values(part)) walk(value);
  };
  walk(block);
  return found;
}

/** Texts may have several lines. */
const AS_VALUE = { quoteStyle: 'double', lineWidth: -1 } as const;
const [DOCUMENT_END, ITEM] = ['...\n', '- '];

/** All in one list: for each call the library makes itself ready anew, which takes many times as long as to write a text. */
function writtenOnes(odd: Set<unknown>): Map<unknown, string> {
  if (odd.size === 0) return new Map();
  const written = dump([...odd], AS_VALUE);
  const list = written.endsWith(`\n${DOCUMENT_END}`) ? written.slice(0, -DOCUMENT_END.length) : written;
  // No line of a text begins so: they are indented.
  const texts = list.slice(ITEM.length, -1).split(`\n${ITEM}`);
  return new Map([...odd].map((value, index) => [value, texts[index] ?? '']));
}
