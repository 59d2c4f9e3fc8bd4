import type { CelType } from './cel-type.ts';

/** An expression of CEL as its grammar has it; operators are calls (`_==_`), macros are expanded. `at` is the offset that errors about it name. */
export type Expression = Literal | Ident | Select | OptionalSelect | Call | List | Entries | Message | Loop;

export interface Literal {
  kind: 'literal';
  at: number;
  type: CelType;
  value: unknown;
}

export interface Ident {
  kind: 'ident';
  at: number;
  name: string;
}

export interface Select {
  kind: 'select';
  at: number;
  operand: Expression;
  field: string;
  /** `has(operand.field)`. */
  isTest?: boolean;
}

/** `operand.?field`. */
export interface OptionalSelect {
  kind: 'optional-select';
  at: number;
  operand: Expression;
  field: string;
}

export interface Call {
  kind: 'call';
  at: number;
  name: string;
  /** Of a call of the form `target.name(args)`. */
  target?: Expression;
  args: Expression[];
}

export interface List {
  kind: 'list';
  at: number;
  items: Expression[];
  /** Of which only the value is taken, where they have one: `[?item]`. */
  optional?: ReadonlySet<number>;
}

export interface Entries {
  kind: 'map';
  at: number;
  entries: [Expression, Expression][];
  /** That are left out where they have no value: `{?key: value}`. */
  optional?: ReadonlySet<number>;
}

/** `Name{field: value}`. */
export interface Message {
  kind: 'message';
  at: number;
  name: string;
  fields: Field[];
}

export interface Field {
  at: number;
  name: string;
  value: Expression;
  isOptional: boolean;
}

/** What macros become: `step` is evaluated for each item of `range`, with the value of `init` and then of each step as `accumulator`. */
export interface Loop {
  kind: 'loop';
  at: number;
  range: Expression;
  variables: string[];
  accumulator: string;
  init: Expression;
  step: Expression;
  result: Expression;
  /** With this accumulated, no further item matters. */
  endsWith?: boolean;
}

/** Where an error is that is about all of an expression. */
export const NOWHERE = -1;

/** What is wrong with an expression, and where. */
export interface ExpressionError {
  at: number;
  text: string;
}

/** `a.b.c` where every part is a name. */
export function qualifiedName(expression: Expression): string | undefined {
  if (expression.kind === 'ident') return expression.name;
  if (expression.kind !== 'select' || expression.isTest) return undefined;
  const of = qualifiedName(expression.operand);
  return of === undefined ? undefined : `${of}.${expression.field}`;
}

/** How many levels of parts within parts there are. Macros use some parts twice; these are looked at once. */
export function depthOf(expression: Expression, known = new Map<Expression, number>()): number {
  if (expression.kind === 'literal' || expression.kind === 'ident') return 1;
  const before = known.get(expression);
  if (before !== undefined) return before;
  let below = 0;
  for (const child of childrenOf(expression)) below = Math.max(below, depthOf(child, known));
  known.set(expression, below + 1);
  return below + 1;
}

/** In the order of what is planned first. */
export function childrenOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
    case 'optional-select':
      return [expression.operand];
    case 'call':
      return [...(expression.target ? [expression.target] : []), ...expression.args];
    case 'list':
      return expression.items;
    case 'map':
      return expression.entries.flat();
    case 'message':
      return expression.fields.map(({ value }) => value);
    case 'loop':
      return [expression.range, expression.init, expression.step, expression.result];
  }
}
