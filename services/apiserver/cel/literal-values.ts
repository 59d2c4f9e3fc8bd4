import { BYTES, type CelType, DOUBLE, INT, STRING, UINT } from './cel-type.ts';
import { type CelValue, Uint } from './cel-value.ts';
import type { Token } from './expression-tokens.ts';

/** What is written out in an expression. Source: cel-go, `parser/parser.go` and `parser/unescape.go`. */
export interface Written {
  type: CelType;
  value: CelValue;
}

/** The value of a number, of a text or of bytes, `sign` before it; or why it is none, in cel-go's words. Undefined for other tokens. */
export function writtenValue({ kind, text }: Token, sign: '' | '-' = ''): Written | string | undefined {
  switch (kind) {
    case 'int':
      return intValue(BigInt(text) * (sign === '-' ? -1n : 1n));
    case 'uint':
      return uintValue(BigInt(text.slice(0, -1)));
    case 'double':
      return doubleValue(Number(`${sign}${text}`));
    case 'string':
      return textValue(text);
    case 'bytes':
      return bytesValue(text.slice(1));
    default:
      return undefined;
  }
}

const intValue = (value: bigint): Written | string =>
  BigInt.asIntN(64, value) === value ? { type: INT, value } : 'invalid int literal';

const uintValue = (value: bigint): Written | string =>
  BigInt.asUintN(64, value) === value ? { type: UINT, value: new Uint(value) } : 'invalid uint literal';

const doubleValue = (value: number): Written | string =>
  Number.isFinite(value) ? { type: DOUBLE, value } : 'invalid double literal';

function textValue(text: string): Written | string {
  const pieces = piecesOf(text);
  const wrong = pieces.find(({ code }) => code !== undefined && !isCharacter(code));
  if (wrong) return 'invalid unicode code point';
  const value = pieces.map(({ plain, code }) => (code === undefined ? plain : String.fromCodePoint(code))).join('');
  return { type: STRING, value };
}

/** Escapes that name a character by its number name a byte here, and no character beyond. */
function bytesValue(text: string): Written | string {
  const pieces = piecesOf(text);
  if (pieces.some(({ isWide }) => isWide)) return 'unable to unescape string';
  const bytes = pieces.map(({ plain, code }) => (code === undefined ? Buffer.from(plain) : Buffer.of(code)));
  return { type: BYTES, value: Buffer.concat(bytes) };
}

const isCharacter = (code: number): boolean => code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);

const CHARACTERS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A part of a text: characters, or one that is written as its number, in more than two digits if `isWide`. */
interface Piece {
  plain: string;
  code?: number;
  isWide?: boolean;
}

const PIECE = /\\(?:[xX](?<byte>..)|u(?<short>.{4})|U(?<long>.{8})|(?<octal>[0-3]..)|(?<char>.))|[^\\]+/gs;

/** Of a text with its quotes. Lines end with a line feed, however they do in the expression. */
function piecesOf(text: string): Piece[] {
  const isRaw = /^[rR]/.test(text);
  const within = unquoted(isRaw ? text.slice(1) : text).replace(/\r\n?/g, '\n');
  if (isRaw) return [{ plain: within }];
  return [...within.matchAll(PIECE)].map(({ 0: plain, groups = {} }) => pieceOf(plain, groups));
}

const unquoted = (text: string): string => (/^("""|''')/.test(text) ? text.slice(3, -3) : text.slice(1, -1));

function pieceOf(plain: string, { byte, short, long, octal, char }: Record<string, string | undefined>): Piece {
  if (char !== undefined) return { plain: CHARACTERS[char] ?? char };
  if (octal !== undefined) return { plain, code: Number.parseInt(octal, 8) };
  if (byte !== undefined) return { plain, code: Number.parseInt(byte, 16) };
  const wide = short ?? long;
  return wide === undefined ? { plain } : { plain, code: Number.parseInt(wide, 16), isWide: true };
}
