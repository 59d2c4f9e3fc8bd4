import { MAX_DEPTH } from '../types/check-depth.ts';

/**
 * JSON that can't be parsed, in the words of Go's decoder: the first character that can't stand where it is, and what was expected there.
 * Source: Go, encoding/json, scanner.go.
 */

/** `error`: what parsing `document`, as text or bytes, threw; its words are kept where that is valid JSON and was refused for something else. */
export function jsonErrorText(error: unknown, document: string | Uint8Array): string {
  // Go looks at bytes, and shows each as the character with its number.
  const text = Buffer.from(document).toString('latin1');
  try {
    const scan: Scan = { text, at: 0, depth: 0 };
    scanValue(scan);
    skipSpace(scan);
    if (scan.at < text.length) throw unexpected(scan, 'after top-level value');
  } catch (found) {
    if (found instanceof JsonSyntaxError) return found.message;
    throw found;
  }
  return error instanceof Error ? error.message : String(error);
}

class JsonSyntaxError extends Error {}

interface Scan {
  readonly text: string;
  at: number;
  /** Objects and lists around the place. */
  depth: number;
}

function unexpected({ text, at }: Scan, where: string): JsonSyntaxError {
  if (at >= text.length) return new JsonSyntaxError('unexpected end of JSON input');
  return new JsonSyntaxError(`invalid character ${quoted(text.charAt(at))} ${where}`);
}

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', "'": "\\'", '\\': '\\\\' };

/** As Go quotes a character. */
function quoted(character: string): string {
  return `'${ESCAPES[character] ?? (UNPRINTED.test(character) ? numbered(character) : character)}'`;
}

const UNPRINTED = /[\p{Cc}\u00a0\u00ad]/u;

function numbered(character: string): string {
  const code = character.charCodeAt(0);
  return `\\${code < 128 ? 'x' : 'u00'}${code.toString(16).padStart(2, '0')}`;
}

function skipSpace(scan: Scan): void {
  while (/[ \t\r\n]/.test(scan.text[scan.at] ?? '')) scan.at++;
}

function isNext(scan: Scan, characters: string): boolean {
  const next = scan.text[scan.at];
  return next !== undefined && characters.includes(next);
}

function scanValue(scan: Scan): void {
  skipSpace(scan);
  // As deep as `parseJson` reads: the scan goes down as the text does.
  if (++scan.depth > MAX_DEPTH) throw new JsonSyntaxError('exceeded max depth');
  if (isNext(scan, '{')) scanObject(scan);
  else if (isNext(scan, '[')) scanArray(scan);
  else if (isNext(scan, '"')) scanString(scan);
  else if (isNext(scan, '-0123456789')) scanNumber(scan);
  else scanLiteral(scan);
  scan.depth--;
}

function scanObject(scan: Scan): void {
  scan.at++;
  skipSpace(scan);
  if (isNext(scan, '}')) {
    scan.at++;
    return;
  }
  for (;;) {
    skipSpace(scan);
    if (!isNext(scan, '"')) throw unexpected(scan, 'looking for beginning of object key string');
    scanString(scan);
    take(scan, ':', 'after object key');
    scanValue(scan);
    if (take(scan, ',}', 'after object key:value pair') === '}') return;
  }
}

function scanArray(scan: Scan): void {
  scan.at++;
  skipSpace(scan);
  if (isNext(scan, ']')) {
    scan.at++;
    return;
  }
  for (;;) {
    scanValue(scan);
    if (take(scan, ',]', 'after array element') === ']') return;
  }
}

function take(scan: Scan, characters: string, where: string): string | undefined {
  skipSpace(scan);
  if (!isNext(scan, characters)) throw unexpected(scan, where);
  return scan.text[scan.at++];
}

function scanString(scan: Scan): void {
  scan.at++;
  while (!isNext(scan, '"')) {
    const character = scan.text[scan.at];
    if (character === undefined || character < ' ') throw unexpected(scan, 'in string literal');
    scan.at++;
    if (character === '\\') scanEscape(scan);
  }
  scan.at++;
}

function scanEscape(scan: Scan): void {
  if (!isNext(scan, 'bfnrt\\/"u')) throw unexpected(scan, 'in string escape code');
  const isUnicode = isNext(scan, 'u');
  scan.at++;
  for (let digit = 0; isUnicode && digit < 4; digit++) {
    if (!isNext(scan, '0123456789abcdefABCDEF')) throw unexpected(scan, 'in \\u hexadecimal character escape');
    scan.at++;
  }
}

function scanNumber(scan: Scan): void {
  if (isNext(scan, '-')) scan.at++;
  if (isNext(scan, '0')) scan.at++;
  else scanDigits(scan, 'in numeric literal');
  if (isNext(scan, '.')) {
    scan.at++;
    scanDigits(scan, 'after decimal point in numeric literal');
  }
  if (!isNext(scan, 'eE')) return;
  scan.at++;
  if (isNext(scan, '+-')) scan.at++;
  scanDigits(scan, 'in exponent of numeric literal');
}

function scanDigits(scan: Scan, where: string): void {
  if (!isNext(scan, '0123456789')) throw unexpected(scan, where);
  while (isNext(scan, '0123456789')) scan.at++;
}

function scanLiteral(scan: Scan): void {
  const word = ['true', 'false', 'null'].find(([first]) => first === scan.text[scan.at]);
  if (!word) throw unexpected(scan, 'looking for beginning of value');
  for (const letter of word) {
    if (!isNext(scan, letter)) throw unexpected(scan, `in literal ${word} (expecting '${letter}')`);
    scan.at++;
  }
}
