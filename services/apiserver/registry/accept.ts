/** The header fields that choose a representation, read as upstream's libraries read them: by the letter, case included. */

/** What a client would take, of an Accept header. */
export interface AcceptClause {
  type: string;
  subtype: string;
  quality: number;
  /** Without `q`. */
  parameters: ReadonlyMap<string, string>;
}

/** Nobody lists so many. Putting them in order costs the square of their number. */
const MAX_CLAUSES = 100;

/**
 * The most wanted first, of the first hundred; what is no clause is left out. An absent or empty header takes anything. Source: munnerz/goautoneg, ParseAccept.
 */
export function parseAccept(header: string | undefined): AcceptClause[] {
  const clauses: AcceptClause[] = [];
  for (const text of (header?.trim() || '*/*').split(',', MAX_CLAUSES)) {
    const clause = parseClause(text);
    if (clause) insert(clauses, clause);
  }
  return clauses;
}

function parseClause(text: string): AcceptClause | undefined {
  const [range = '', ...rest] = text.trim().split(';');
  const [type = '', subtype = '', ...more] = range.split('/').map((part) => part.trim());
  if (more.length > 0 || (subtype === '' && type !== '*')) return undefined;
  const { q, ...parameters } = Object.fromEntries(rest.map(parseParameter).filter((pair) => pair !== undefined));
  return {
    type,
    subtype: subtype || '*',
    quality: q === undefined ? 1 : Number(q) || 0,
    parameters: new Map(Object.entries(parameters)),
  };
}

function parseParameter(text: string): [string, string] | undefined {
  const [name = '', value = '', more = ''] = text.split('=');
  return value === '' || more !== '' ? undefined : [name.trim(), value.trim()];
}

/** As Go sorts few items by upstream's order, which is not one: each sinks below its elders until it is not wanted more. */
function insert(clauses: AcceptClause[], clause: AcceptClause): void {
  let at = clauses.length;
  for (let elder = clauses[at - 1]; elder && isBefore(clause, elder); elder = clauses[at - 1]) at--;
  clauses.splice(at, 0, clause);
}

function isBefore(a: AcceptClause, b: AcceptClause): boolean {
  return a.quality > b.quality || (a.type !== '*' && b.type === '*') || (a.subtype !== '*' && b.subtype === '*');
}

/** Whether a clause takes a media type, its parameters aside. */
export function takes({ type, subtype }: AcceptClause, mediaType: string): boolean {
  const [family, form] = mediaType.split('/');
  return (type === '*' && subtype === '*') || (type === family && (subtype === '*' || subtype === form));
}

/** Whether one of the types that a header lists, parameters and qualities aside, is among some. Source: go-restful, Route. */
export function listsOneOf(header: string, mediaTypes: readonly string[]): boolean {
  return header.split(',').some((one) => mediaTypes.includes(one.split(';')[0]?.trim() ?? ''));
}

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
/** Each takes the white space after it, so that no two of them can quarrel over it: a header of nothing else must not cost more than its length. */
const NAMED_TYPE = new RegExp(`\\s*(${TOKEN}(?:/${TOKEN})?)\\s*`, 'y');
const PARAMETER = new RegExp(`;\\s*(${TOKEN})\\s*=\\s*(${TOKEN}|"(?:[^"\\\\]|\\\\.)*")\\s*`, 'y');

/** The type that a Content-Type header names, in lower case; undefined for one that is not well formed. Source: Go, mime.ParseMediaType. */
export function parseMediaType(header: string): string | undefined {
  const named = matchAt(NAMED_TYPE, header, 0);
  if (!named) return undefined;
  const values = new Map<string, string>();
  let { end } = named;
  for (let found = matchAt(PARAMETER, header, end); found; found = matchAt(PARAMETER, header, end)) {
    const [, name = '', value = ''] = found.match;
    const known = values.get(name.toLowerCase());
    if (known !== undefined && known !== value) return undefined;
    values.set(name.toLowerCase(), value);
    end = found.end;
  }
  const isWhole = header.slice(end).replace(';', '').trim() === '';
  return isWhole ? named.match[1]?.toLowerCase() : undefined;
}

function matchAt(sticky: RegExp, text: string, at: number): { match: RegExpExecArray; end: number } | undefined {
  sticky.lastIndex = at;
  const match = sticky.exec(text);
  return match ? { match, end: sticky.lastIndex } : undefined;
}
