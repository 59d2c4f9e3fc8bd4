/** The words that an expression is made of. Source: cel-go, `parser/gen/CEL.g4`. */

/** `sign` is for operators, brackets and the names that have a meaning of their own (`in`, `true`). */
export type TokenKind = 'name' | 'quoted name' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'sign' | 'end';

export interface Token {
  kind: TokenKind;
  text: string;
  /** The offset where it begins. */
  at: number;
}

/** Ends the reading of what is no expression. */
export class SyntaxMistake extends Error {
  readonly at: number;
  constructor(at: number, text: string) {
    super(text);
    this.at = at;
  }
}

const ESCAPE = String.raw`\\(?:[abfnrtv"'\\?\x60]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})`;

/** Of one kind of quotes; three of them around a text of several lines. Nothing is escaped behind an `r`. */
const quoted = (quote: string): string[] => [
  `[rR]${quote.repeat(3)}[^]*?${quote.repeat(3)}`,
  `[rR]${quote}[^${quote}\\n\\r]*${quote}`,
  `${quote.repeat(3)}(?:${ESCAPE}|[^\\\\])*?${quote.repeat(3)}`,
  `${quote}(?:${ESCAPE}|[^\\\\${quote}\\n\\r])*${quote}`,
];
const TEXT = [...quoted('"'), ...quoted("'")].join('|');
const EXPONENT = String.raw`[eE][+-]?\d+`;

const form = (source: string): RegExp => new RegExp(source, 'y');

/** In the order in which they are tried: each is longer than what comes after it can be at the same place. */
const WORDS: readonly (readonly [TokenKind, RegExp])[] = [
  ['string', form(TEXT)],
  ['bytes', form(`[bB](?:${TEXT})`)],
  ['name', form('[A-Za-z_][A-Za-z0-9_]*')],
  ['double', form(String.raw`\d+\.\d+(?:${EXPONENT})?|\d+${EXPONENT}|\.\d+(?:${EXPONENT})?`)],
  ['uint', form(String.raw`(?:0x[0-9a-fA-F]+|\d+)[uU]`)],
  ['int', form(String.raw`0x[0-9a-fA-F]+|\d+`)],
  ['sign', form(String.raw`==|!=|<=|>=|&&|\|\||[-<>[\]{}().,!?:+*/%]`)],
  ['quoted name', form('`[A-Za-z0-9_./ -]+`')],
];

const BLANK = /(?:[\t \r\n\f]|\/\/[^\n]*)*/y;
const SIGNS = ['in', 'true', 'false', 'null'];

/** All of them, an end behind the last. Throws a SyntaxMistake. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = endOf(BLANK, text, 0);
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at = endOf(BLANK, text, at + token.text.length);
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

/** Where what is found at a place ends; zero if it is not found there. */
function endOf(word: RegExp, text: string, at: number): number {
  word.lastIndex = at;
  return word.test(text) ? word.lastIndex : 0;
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, word] of WORDS) {
    const end = endOf(word, text, at);
    if (end > 0) return tokenOf(kind, text.slice(at, end), at);
  }
  throw new SyntaxMistake(at, `nothing begins with ${JSON.stringify(firstOf(text, at))}`);
}

const tokenOf = (kind: TokenKind, text: string, at: number): Token => ({
  kind: kind === 'name' && SIGNS.includes(text) ? 'sign' : kind,
  text,
  at,
});

const firstOf = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0);
