/**
 * Go's regular expressions, by JavaScript's: what both have stays, what is written otherwise is translated, flags within an expression (`(?i)`) to what they
 * mean for each character. Source: RE2, "Syntax".
 */
const patterns = new Map<string, RegExp | undefined>();
/** More than schemas and rules have; patterns that rules make up must not fill the memory. */
const REMEMBERED = 10_000;

/** Undefined for one that is none, or that JavaScript can't express. */
export function goPattern(source: string): RegExp | undefined {
  if (patterns.has(source)) return patterns.get(source);
  if (patterns.size >= REMEMBERED) patterns.clear();
  const body = translated(source);
  // Without the flag `u` more of Go's escapes are allowed.
  const compiled = tryCompile(body, 'u') ?? tryCompile(body, '');
  patterns.set(source, compiled);
  return compiled;
}

function tryCompile(body: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(body, flags);
  } catch {
    return undefined;
  }
}

/** The parts that a pattern is made of. */
const TOKEN =
  /\\Q.*?(?:\\E|$)|\\[pP](?:\{[^}]*\}|[A-Z])|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\(\?P?<\w+>|\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?[):]|./gsu;

interface Flags {
  /** Letters of both cases. */
  i: boolean;
  /** Lines have ends of their own. */
  m: boolean;
  /** A dot is also the end of a line. */
  s: boolean;
}

function translated(source: string): string {
  const around: Flags[] = [];
  let flags: Flags = { i: false, m: false, s: false };
  let result = '';
  for (const [token] of source.matchAll(TOKEN)) {
    const [, set, end] = /^\(\?([a-zA-Z-]*)([):])$/.exec(token) ?? [];
    if (set !== undefined && end === ')') {
      flags = withFlags(flags, set);
      continue;
    }
    if (token.startsWith('(')) around.push(flags);
    if (token === ')') flags = around.pop() ?? flags;
    if (set === undefined) result += translatedToken(token, flags);
    else {
      flags = withFlags(flags, set);
      result += '(?:';
    }
  }
  return result;
}

function withFlags(flags: Flags, set: string): Flags {
  const [on = '', off = ''] = set.split('-');
  const flag = (name: keyof Flags): boolean => !off.includes(name) && (flags[name] || on.includes(name));
  return { i: flag('i'), m: flag('m'), s: flag('s') };
}

const ESCAPED: Readonly<Record<string, string>> = { '\\z': '$', '\\A': '^', '\\a': '\\x07' };

function translatedToken(token: string, flags: Flags): string {
  if (token.startsWith('\\Q')) return [...token.slice(2).replace(/\\E$/, '')].map(quoted).join('');
  if (token.startsWith('(?P<')) return `(?<${token.slice(4)}`;
  if (/^\\[pP][A-Z]$/.test(token)) return `${token.slice(0, 2)}{${token.slice(2)}}`;
  if (token.startsWith('\\')) return ESCAPED[token] ?? token;
  if (token.startsWith('[') && token.length > 1) return translatedClass(token, flags);
  if (token === '.') return flags.s ? '[^]' : '[^\\n]';
  if (token === '^' && flags.m) return '(?<![^\\n])';
  if (token === '$' && flags.m) return '(?![^\\n])';
  return flags.i && otherCase(token) !== token ? `[${token}${otherCase(token)}]` : token;
}

const quoted = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');

const otherCase = (text: string): string => (text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase());

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** `[a-z]` and its like; a bracket that comes first is one of the characters. */
function translatedClass(token: string, { i }: Flags): string {
  const [, not = '', body = ''] = /^\[(\^?)(.*)\]$/s.exec(token) ?? [];
  const plain = body
    .replace(/^\]/, '\\]')
    .replace(/\[:(\w+):\]/g, (whole, name: string) => POSIX[name] ?? whole)
    .replace(/\\([pP])([A-Z])/g, '\\$1{$2}')
    .replace(/(?<!\\)\[/g, '\\[');
  const ranges = i ? [...plain.matchAll(/\\.|[a-zA-Z]-[a-zA-Z]|[a-zA-Z]/g)].map(([part]) => part) : [];
  const others = ranges.filter((part) => !part.startsWith('\\') && otherCase(part).length === part.length);
  return `[${not}${plain}${others.filter(isOneCase).map(otherCase).join('')}]`;
}

/** A range from one case into the other has both. */
const isOneCase = (part: string): boolean => part === part.toLowerCase() || part === part.toUpperCase();
