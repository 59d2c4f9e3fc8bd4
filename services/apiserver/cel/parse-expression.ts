import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { BOOL, BYTES, type CelType, DOUBLE, INT, NULL, STRING, UINT } from './cel-type.ts';
import { Uint } from './cel-value.ts';
import { expandMacro } from './expand-macro.ts';
import { type Call, childrenOf, depthOf, type Expression, type ExpressionError, NOWHERE } from './expression.ts';

/** In characters, as cel-go has it. */
const LONGEST = 100_000;
/** Levels of parts within parts. cel-go counts what is within itself, each kind for itself, up to 250; what is deeper than this has hardly been written by hand. */
const DEEPEST = 500;

export const TOO_DEEP: ExpressionError = { at: NOWHERE, text: `expression recursion limit exceeded: ${DEEPEST}` };

/** An expression as a tree, its macros expanded, or why it is none. */
export function parseExpression(text: string): Expression | ExpressionError {
  const size = text.length > LONGEST ? [...text].length : 0;
  if (size > LONGEST)
    return { at: NOWHERE, text: `expression code point size exceeds limit: size: ${size}, limit ${LONGEST}` };
  try {
    const expression = toExpression(grammar.parse(text).ast);
    return depthOf(expression) > DEEPEST ? TOO_DEEP : expression;
  } catch (error) {
    if (error instanceof ParseError) return parseErrorOf(error);
    if (error instanceof MacroError) return error.mistake;
    if (isTooDeep(error)) return TOO_DEEP;
    throw error;
  }
}

/** Whether the stack did not hold what is within itself. */
export const isTooDeep = (error: unknown): boolean =>
  error instanceof RangeError && error.message.includes('call stack');

export const isMistake = (outcome: Expression | ExpressionError): outcome is ExpressionError => 'text' in outcome;

/** Lists and maps with optional entries (`[?a]`, `{?k: v}`), which are right, but which the grammar here does not have. */
export function hasOptionalEntries(text: string): boolean {
  const parsed = /[[{,]\s*\?/.test(text) ? parseExpression(text) : undefined;
  return parsed !== undefined && isMistake(parsed) && parsed.text.endsWith('token: QUESTION');
}

/** The names that an expression uses, variables of its own among them. */
export function namesIn(expression: Expression): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<Expression>();
  const visit = (part: Expression): void => {
    if (seen.has(part)) return;
    seen.add(part);
    if (part.kind === 'ident') names.add(part.name);
    childrenOf(part).forEach(visit);
  };
  visit(expression);
  return names;
}

/** As long as anybody writes them: how much a rule may cost is not asked here. */
const WIDE = 1_000_000;
const grammar = new Environment({
  enableOptionalTypes: true,
  limits: { maxAstNodes: WIDE, maxListElements: WIDE, maxMapEntries: WIDE },
});

class MacroError extends Error {
  readonly mistake: ExpressionError;
  constructor(mistake: ExpressionError) {
    super(mistake.text);
    this.mistake = mistake;
  }
}

/** In cel-go's words where it is not its grammar that is told of. */
function parseErrorOf({ code, summary, range, node }: ParseError): ExpressionError {
  const at = range?.start ?? 0;
  if (code === 'reserved_identifier') return { at, text: summary.replace(/^R/, 'r') };
  if (code !== 'invalid_macro_argument') return { at, text: `Syntax error: ${summary}` };
  return { at: isNode(node) ? toExpression(node).at : at, text: argumentText(summary) };
}

function argumentText(summary: string): string {
  if (summary === 'invalid variable argument') return 'cel.bind() variable names must be simple identifiers';
  return /^(map|filter)\(/.test(summary) ? 'argument is not an identifier' : 'argument must be a simple name';
}

/** The first character of `text` at or after `from` that is neither blank, nor part of a comment, nor a parenthesis that is closed there. */
function nextToken(text: string, from: number): number {
  const blank = /(?:[\s)]|\/\/[^\n]*)*/y;
  blank.lastIndex = from;
  blank.exec(text);
  return blank.lastIndex;
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;

function literalType(value: unknown): CelType {
  if (value === null) return NULL;
  if (typeof value === 'string') return STRING;
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'bigint') return INT;
  if (typeof value === 'number') return DOUBLE;
  return value instanceof Uint8Array ? BYTES : UINT;
}

/** The library has a class of its own for unsigned numbers. */
const literalValue = (value: unknown): unknown =>
  literalType(value) === UINT ? new Uint(BigInt(String(value))) : value;

function toExpression(node: ASTNode): Expression {
  switch (node.op) {
    case 'value':
      return { kind: 'literal', at: node.start, type: literalType(node.args), value: literalValue(node.args) };
    case 'id':
      return { kind: 'ident', at: node.start, name: node.args };
    case '.':
      return { kind: 'select', at: dotBefore(node), operand: toExpression(node.args[0]), field: node.args[1] };
    case '.?':
      return { kind: 'optional-select', at: dotBefore(node), operand: toExpression(node.args[0]), field: node.args[1] };
    case 'list':
      return { kind: 'list', at: node.start, items: node.args.map(toExpression) };
    case 'map':
      return {
        kind: 'map',
        at: node.start,
        entries: node.args.map(([key, value]) => [toExpression(key), toExpression(value)]),
      };
    case 'call':
      return called(node.args[0], undefined, node.args[1], nextToken(node.input, node.start + node.args[0].length));
    case 'rcall':
      return called(node.args[0], node.args[1], node.args[2], argumentsOf(node.input, node.args[0], node.args[1]));
    case '&&':
    case '||':
      return toLogic(node);
    default:
      return toOperation(node);
  }
}

/** The dot of a selection, whose own place is that of the field's name. */
function dotBefore({ input, pos }: ASTNode): number {
  return input.lastIndexOf('.', pos - 1);
}

/** Where the arguments of `target.name(…)` begin. */
function argumentsOf(input: string, name: string, target: ASTNode): number {
  const dot = nextToken(input, target.end);
  return nextToken(input, nextToken(input, dot + 1) + name.length);
}

function called(name: string, target: ASTNode | undefined, args: readonly ASTNode[], at: number): Expression {
  const call: Call = {
    kind: 'call',
    at,
    name,
    ...(target ? { target: toExpression(target) } : {}),
    args: args.map(toExpression),
  };
  const expanded = expandMacro(call);
  if ('text' in expanded) throw new MacroError(expanded);
  return expanded;
}

/** `a && b && c` as one call, however long it is. Its place is the operator that is in the middle, where cel-go divides it. */
function toLogic(chain: ASTNode & { op: '&&' | '||' }): Expression {
  const operands: ASTNode[] = [];
  let left: ASTNode = chain;
  while (left.op === chain.op) {
    const [before, last]: [ASTNode, ASTNode] = left.args as [ASTNode, ASTNode];
    operands.push(last);
    left = before;
  }
  operands.push(left);
  operands.reverse();
  const beforeMiddle = operands[Math.floor((operands.length - 1) / 2)] ?? left;
  return {
    kind: 'call',
    at: nextToken(chain.input, beforeMiddle.end),
    name: `_${chain.op}_`,
    args: operands.map(toExpression),
  };
}

const OPERATORS: Readonly<Record<string, string>> = {
  '!_': '!_',
  '-_': '-_',
  '?:': '_?_:_',
  in: '@in',
  '[]': '_[_]',
  '[?]': '_[?_]',
};

function toOperation(node: ASTNode): Expression {
  const parts = (Array.isArray(node.args) ? node.args : [node.args]).filter(isNode);
  const args = parts.map(toExpression);
  const [first] = parts;
  const isUnary = parts.length === 1;
  const [operand] = args;
  if (node.op === '-_' && operand?.kind === 'literal' && isNegatable(operand.value))
    return { ...operand, at: node.start, value: -operand.value };
  const at = isUnary || !first ? node.start : nextToken(node.input, first.end);
  return { kind: 'call', at, name: OPERATORS[node.op] ?? `_${node.op}_`, args };
}

const isNegatable = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';
