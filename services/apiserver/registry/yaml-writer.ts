import { dump } from 'js-yaml';

/**
 * JSON as YAML, in time that grows with the text alone: a library's takes the product of length and depth. Keys are in order, lists not indented, and what must be quoted
 * has double quotes, as upstream writes it. What would be very long, since each line of what is nested begins with the spaces of its depth, stays JSON, which is YAML too.
 */
export function toYaml(value: unknown, maxLength = MAX_LENGTH): string {
  try {
    if (!isBlock(value)) return dump(value, AS_VALUE);
    const out = newOutput(maxLength);
    writeBlock(out, value, 0, true);
    return out.text();
  } catch (error) {
    if (error !== TOO_LONG) throw error;
    return `${JSON.stringify(value)}\n`;
  }
}

const MAX_LENGTH = 16 << 20;
/** A text that only the library knows how to write costs as much as so many characters. */
const ODD_COST = 256;
/** Beyond, the library's patterns may find no room on the stack. */
const LONGEST_ODD = 64 << 10;
/** Longer keys have a line of their own; so does the YAML that upstream reads. */
const LONGEST_KEY = 1024;
const TOO_LONG = new Error('too long');

interface Output {
  add(text: string): void;
  /** Counts what costs time and is no text. */
  count(cost: number): void;
  text(): string;
}

function newOutput(maxLength: number): Output {
  const parts: string[] = [];
  let left = maxLength;
  const count = (cost: number): void => {
    left -= cost;
    if (left < 0) throw TOO_LONG;
  };
  return {
    count,
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

function scalar(out: Output, value: unknown, indent: number): string {
  if (typeof value === 'string') {
    if (value.length > LONGEST_ODD || NUMBER_OR_TIME.test(value)) return JSON.stringify(value);
    return isPlain(value) || UID.test(value) ? value : oddText(out, value, indent);
  }
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return '[]';
  return typeof value === 'object' ? '{}' : oddText(out, value, indent);
}

/** As the value of a key, whose text may have several lines. */
const AS_VALUE = { quoteStyle: 'double', lineWidth: -1 } as const;
const [KEY, DOCUMENT_END] = ['k: ', '...\n'];

function oddText(out: Output, value: unknown, indent: number): string {
  out.count(ODD_COST);
  const written = dump({ k: value }, AS_VALUE).slice(KEY.length);
  const text = (written.endsWith(`\n${DOCUMENT_END}`) ? written.slice(0, -DOCUMENT_END.length) : written).slice(0, -1);
  return indent === 0 ? text : text.replaceAll(/\n(?!\n|$)/g, `\n${' '.repeat(indent)}`);
}
