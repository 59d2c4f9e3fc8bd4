import { BOOL, NULL } from './cel-type.ts';
import { expandMacro } from './expand-macro.ts';
import type { Expression, ExpressionError, Field } from './expression.ts';
import { SyntaxMistake, type Token, tokensOf } from './expression-tokens.ts';
import { writtenValue } from './literal-values.ts';

/**
 * The grammar of CEL, by recursive descent with the precedence of operators. Its limits are cel-go's, which counts what is within itself, each kind for itself.
 * Source: cel-go, `parser/gen/CEL.g4` and `parser/parser.go`.
 */

/** How often a part may be within another of its kind, and how deep operators, fields and calls may be within each other. */
const DEEPEST = 250;

export interface Macros {
  /** `cel.bind(name, value, expression)`, which not all places that have expressions know. */
  hasBind: boolean;
}

/** Throws a SyntaxMistake or TooDeep. What is wrong with the parts of an expression otherwise is told in `mistakes`. */
export function parseTokens(
  text: string,
  { hasBind }: Macros,
): { expression: Expression; mistakes: ExpressionError[] } {
  const parse: Parse = {
    tokens: tokensOf(text),
    next: 0,
    depths: { expression: 0, relation: 0, sum: 0 },
    heights: new Map(),
    mistakes: [],
    hasBind,
  };
  const expression = parseWhole(parse);
  if (peek(parse).kind !== 'end') throw unexpected(parse);
  return { expression, mistakes: parse.mistakes };
}

interface Parse {
  tokens: readonly Token[];
  next: number;
  /** What is being read now. */
  depths: { expression: number; relation: number; sum: number };
  /** How many operators, fields and calls are within each other in a part. */
  heights: Map<Expression, number>;
  mistakes: ExpressionError[];
  hasBind: boolean;
}

const END: Token = { kind: 'end', text: '', at: 0 };
const peek = ({ tokens, next }: Parse, ahead = 0): Token => tokens[next + ahead] ?? END;
const isSign = ({ kind, text }: Token, sign: string): boolean => kind === 'sign' && text === sign;

/** Goes on behind the next token if it is this sign. */
function take(parse: Parse, sign: string): Token | undefined {
  const token = peek(parse);
  if (!isSign(token, sign)) return undefined;
  parse.next++;
  return token;
}

function need(parse: Parse, sign: string): Token {
  const token = take(parse, sign);
  if (!token) throw unexpected(parse, `'${sign}'`);
  return token;
}

function unexpected(parse: Parse, wanted?: string): SyntaxMistake {
  const { kind, text, at } = peek(parse);
  const found = kind === 'end' ? 'the end of the expression' : `'${text}'`;
  return new SyntaxMistake(at, `unexpected ${found}${wanted === undefined ? '' : `, where ${wanted} is expected`}`);
}

function within(parse: Parse, kind: keyof Parse['depths'], read: () => Expression): Expression {
  if (++parse.depths[kind] > DEEPEST) throw new TooDeep(`expression recursion limit exceeded: ${DEEPEST}`);
  const expression = read();
  parse.depths[kind]--;
  return expression;
}

/** What is within itself too often. */
export class TooDeep extends Error {}

/** Of a part that has been made of others; `isLevel` if it is an operator, a field or a call itself. */
function made<Made extends Expression>(parse: Parse, part: Made, of: readonly Expression[], isLevel: boolean): Made {
  const below = of.reduce((most, one) => Math.max(most, parse.heights.get(one) ?? 0), 0);
  const height = below + (isLevel ? 1 : 0);
  if (height > DEEPEST) throw new TooDeep('max recursion depth exceeded');
  if (height > 0) parse.heights.set(part, height);
  return part;
}

const operation = (parse: Parse, { at }: Token, name: string, args: Expression[], isLevel = true): Expression =>
  made(parse, { kind: 'call', at, name, args }, args, isLevel);

function tell(parse: Parse, at: number, text: string): Expression {
  parse.mistakes.push({ at, text });
  return { kind: 'literal', at, type: NULL, value: null };
}

function parseWhole(parse: Parse): Expression {
  return within(parse, 'expression', () => {
    const condition = parseLogic(parse, '||');
    const mark = take(parse, '?');
    if (!mark) return condition;
    const yes = parseLogic(parse, '||');
    need(parse, ':');
    return operation(parse, mark, '_?_:_', [condition, yes, parseWhole(parse)]);
  });
}

/** `a && b && c` is one call, however long it is. Its place is the operator that is in the middle, where cel-go divides it. */
function parseLogic(parse: Parse, operator: '&&' | '||'): Expression {
  const operand = (): Expression => (operator === '||' ? parseLogic(parse, '&&') : parseRelation(parse));
  const first = operand();
  const operands = [first];
  const operators: Token[] = [];
  for (let token = take(parse, operator); token; token = take(parse, operator)) {
    operators.push(token);
    operands.push(operand());
  }
  const middle = operators[Math.floor(operators.length / 2)];
  return middle ? operation(parse, middle, `_${operator}_`, operands, false) : first;
}

const RELATIONS = ['<', '<=', '>=', '>', '==', '!=', 'in'];

/** Several are taken from the left. */
function parseRelation(parse: Parse, isOperand = false): Expression {
  return within(parse, 'relation', () => {
    let left = parseSum(parse, 1);
    while (!isOperand && isOneOf(peek(parse), RELATIONS)) {
      const operator = takeAny(parse);
      const name = operator.text === 'in' ? '@in' : `_${operator.text}_`;
      left = operation(parse, operator, name, [left, parseRelation(parse, true)]);
    }
    return left;
  });
}

const isOneOf = ({ kind, text }: Token, signs: readonly string[]): boolean => kind === 'sign' && signs.includes(text);

function takeAny(parse: Parse): Token {
  const token = peek(parse);
  parse.next++;
  return token;
}

const STRENGTHS: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2 };
const strengthOf = ({ kind, text }: Token): number => (kind === 'sign' ? (STRENGTHS[text] ?? 0) : 0);

/** Operators that bind so strongly, or more. */
function parseSum(parse: Parse, least: number): Expression {
  return within(parse, 'sum', () => {
    let left = parseUnary(parse);
    for (let strength = strengthOf(peek(parse)); strength >= least; strength = strengthOf(peek(parse))) {
      const operator = takeAny(parse);
      left = operation(parse, operator, `_${operator.text}_`, [left, parseSum(parse, strength + 1)]);
    }
    return left;
  });
}

/** Two of them are none. */
function parseUnary(parse: Parse): Expression {
  const sign = peek(parse);
  if (!isOneOf(sign, ['!', '-'])) return parseMember(parse);
  if (sign.text === '-' && isNumber(peek(parse, 1))) return parseMember(parse);
  let count = 0;
  while (take(parse, sign.text)) count++;
  const operand = parseMember(parse);
  return count % 2 === 0 ? operand : operation(parse, sign, `${sign.text}_`, [operand], false);
}

/** Fields, items and calls of what stands before them. */
function parseMember(parse: Parse): Expression {
  const begin = peek(parse);
  let part = parsePrimary(parse);
  let name = begin.kind === 'name' && part.kind === 'ident' ? begin.text : undefined;
  for (;;) {
    const token = peek(parse);
    if (take(parse, '.')) {
      const field = peek(parse);
      part = parseField(parse, part, token);
      name = part.kind === 'select' && name !== undefined ? `${name}.${field.text}` : undefined;
    } else if (take(parse, '[')) {
      const operator = take(parse, '?') ? '_[?_]' : '_[_]';
      const index = parseWhole(parse);
      need(parse, ']');
      part = operation(parse, token, operator, [part, index]);
      name = undefined;
    } else if (name !== undefined && isSign(token, '{')) {
      part = parseMessage(parse, name);
      name = undefined;
    } else return part;
  }
}

function parseField(parse: Parse, operand: Expression, dot: Token): Expression {
  const isOptional = take(parse, '?') !== undefined;
  const open = peek(parse, 1);
  if (!isOptional && peek(parse).kind === 'name' && isSign(open, '(')) return parseMemberCall(parse, operand);
  const field = fieldName(parse);
  const kind = isOptional ? 'optional-select' : 'select';
  return made(parse, { kind, at: dot.at, operand, field }, [operand], true);
}

/** Names in backticks are not for expressions of Kubernetes. */
function fieldName(parse: Parse): string {
  const { kind, text, at } = peek(parse);
  if (kind !== 'name' && kind !== 'quoted name') throw unexpected(parse, 'a name');
  parse.next++;
  if (kind === 'quoted name') tell(parse, at, "unsupported syntax: '`'");
  return text;
}

function parseMemberCall(parse: Parse, target: Expression): Expression {
  const { text: name } = takeAny(parse);
  const { at } = need(parse, '(');
  const args = parseArguments(parse);
  return called(parse, { kind: 'call', at, name, target, args }, true);
}

/** To the bracket that closes them. */
function parseArguments(parse: Parse): Expression[] {
  if (take(parse, ')')) return [];
  const args = [parseWhole(parse)];
  while (take(parse, ',')) args.push(parseWhole(parse));
  need(parse, ')');
  return args;
}

/** Macros are expanded at once: those around them see what they have become. */
function called(parse: Parse, call: Expression & { kind: 'call' }, isLevel: boolean): Expression {
  const parts = call.target ? [call.target, ...call.args] : call.args;
  const expanded = expandMacro(call, parse.hasBind);
  if ('text' in expanded) return tell(parse, expanded.at, expanded.text);
  return made(parse, expanded, parts, isLevel);
}

function parsePrimary(parse: Parse): Expression {
  const token = takeAny(parse);
  const { kind, text, at } = token;
  if (kind === 'name') return parseName(parse, token);
  if (kind !== 'sign') return parseLiteral(parse, token);
  switch (text) {
    case '-':
      return parseNegative(parse, at);
    case '.':
      return parseRootedName(parse, at);
    case '(': {
      const nested = parseWhole(parse);
      need(parse, ')');
      return nested;
    }
    case '[':
      return parseList(parse, at);
    case '{':
      return parseMap(parse, at);
    case 'true':
    case 'false':
      return { kind: 'literal', at, type: BOOL, value: text === 'true' };
    case 'null':
      return { kind: 'literal', at, type: NULL, value: null };
    default:
      parse.next--;
      throw unexpected(parse);
  }
}

const isNumber = ({ kind }: Token): boolean => kind === 'int' || kind === 'double';

function parseNegative(parse: Parse, at: number): Expression {
  if (!isNumber(peek(parse))) throw unexpected(parse);
  return parseLiteral(parse, takeAny(parse), at);
}

/** `minus`: where the sign before a number stands. */
function parseLiteral(parse: Parse, token: Token, minus?: number): Expression {
  const at = minus ?? token.at;
  const written = writtenValue(token, minus === undefined ? '' : '-');
  if (written === undefined) {
    parse.next--;
    throw unexpected(parse);
  }
  return typeof written === 'string' ? tell(parse, at, written) : { kind: 'literal', at, ...written };
}

const RESERVED =
  'as break const continue else for function if import let loop package namespace return var void while'.split(' ');

/** A name that begins with a dot is none of a macro. */
function parseRootedName(parse: Parse, at: number): Expression {
  const token = takeAny(parse);
  if (token.kind === 'name') return parseName(parse, token, at);
  parse.next--;
  throw unexpected(parse, 'a name');
}

function parseName(parse: Parse, { text: name, at }: Token, dot?: number): Expression {
  const isMessage = isSign(peek(parse), '{');
  const told = parse.mistakes.length;
  const open = take(parse, '(');
  const args = open && parseArguments(parse);
  if (RESERVED.includes(name) && !isMessage) {
    parse.mistakes.length = told;
    return tell(parse, dot ?? at, `reserved identifier: ${name}`);
  }
  if (!open || !args) return { kind: 'ident', at, name };
  const call = { kind: 'call' as const, at: open.at, name, args };
  return dot === undefined ? called(parse, call, false) : made(parse, call, args, false);
}

/** What stands between two brackets, with a comma behind the last if one likes. */
function readEntries(parse: Parse, end: string, read: (index: number) => void): void {
  let count = 0;
  while (!isOneOf(peek(parse), [end, ','])) {
    read(count++);
    if (!take(parse, ',')) break;
  }
  if (count === 0) take(parse, ',');
  need(parse, end);
}

function parseList(parse: Parse, at: number): Expression {
  const items: Expression[] = [];
  const optional = new Set<number>();
  readEntries(parse, ']', (index) => {
    if (take(parse, '?')) optional.add(index);
    items.push(parseWhole(parse));
  });
  return made(parse, { kind: 'list', at, items, ...(optional.size > 0 ? { optional } : {}) }, items, false);
}

function parseMap(parse: Parse, at: number): Expression {
  const entries: [Expression, Expression][] = [];
  const optional = new Set<number>();
  readEntries(parse, '}', (index) => {
    if (take(parse, '?')) optional.add(index);
    const key = parseWhole(parse);
    need(parse, ':');
    entries.push([key, parseWhole(parse)]);
  });
  return made(parse, { kind: 'map', at, entries, ...(optional.size > 0 ? { optional } : {}) }, entries.flat(), false);
}

function parseMessage(parse: Parse, name: string): Expression {
  const { at } = need(parse, '{');
  const fields: Field[] = [];
  readEntries(parse, '}', () => {
    const isOptional = take(parse, '?') !== undefined;
    const field = fieldName(parse);
    const colon = need(parse, ':');
    fields.push({ at: colon.at, name: field, value: parseWhole(parse), isOptional });
  });
  const values = fields.map(({ value }) => value);
  return made(parse, { kind: 'message', at, name, fields }, values, false);
}
