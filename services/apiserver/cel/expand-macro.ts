import { BOOL, INT } from './cel-type.ts';
import type { Call, Expression, ExpressionError, Literal } from './expression.ts';

/**
 * The macros of CEL, each made into a loop or a test as cel-go makes it (`parser/macro.go`, `ext/bindings.go`, `ext/comprehensions.go`, `ext/lists.go`, `cel/library.go`),
 * so that what is wrong within one is found as there. A call of anything else comes back as it is.
 */
export function expandMacro(call: Call, hasBind: boolean): Expression | ExpressionError {
  const { name, target, args } = call;
  if (hasBind && isBind(call)) return expandBind(call);
  if (name === 'has' && !target && args.length === 1) return presenceTest(call);
  const macro = target && Object.hasOwn(MACROS, name) ? MACROS[name]?.[args.length] : undefined;
  return macro && target ? macro({ call, target, args }) : call;
}

interface Use {
  call: Call;
  target: Expression;
  args: Expression[];
}

type Macro = (use: Use) => Expression | ExpressionError;

const ACCUMULATED = '@result';

function presenceTest({ at, args: [of] }: Call): Expression | ExpressionError {
  if (of?.kind !== 'select') return { at: of?.at ?? at, text: 'invalid argument to has() macro' };
  return { ...of, at, isTest: true };
}

const literal = (at: number, value: boolean | number): Literal =>
  typeof value === 'boolean'
    ? { kind: 'literal', at, type: BOOL, value }
    : { kind: 'literal', at, type: INT, value: BigInt(value) };
const ident = (at: number, name: string): Expression => ({ kind: 'ident', at, name });
const apply = (at: number, name: string, ...args: Expression[]): Expression => ({ kind: 'call', at, name, args });
const member = (at: number, name: string, target: Expression, ...args: Expression[]): Expression => ({
  kind: 'call',
  at,
  name,
  target,
  args,
});

/** Splits the variables of a loop from the rest of the arguments; `mistake` where one is no name. */
function variablesOf(
  args: readonly Expression[],
  count: number,
  mistake: string,
): { variables: string[]; rest: Expression[] } | ExpressionError {
  const variables: string[] = [];
  for (const arg of args.slice(0, count)) {
    if (arg.kind !== 'ident') return { at: arg.at, text: mistake };
    if (variables.includes(arg.name)) return { at: arg.at, text: `duplicate variable name: ${arg.name}` };
    if (arg.name === '__result__') return { at: arg.at, text: 'iteration variable overwrites accumulator variable' };
    variables.push(arg.name);
  }
  return { variables, rest: args.slice(count) };
}

interface LoopParts {
  init: Expression;
  step: Expression;
  result?: Expression;
  endsWith?: boolean;
}

/** A macro that loops: `build` makes its parts of what follows the variables. */
const looping =
  (count: number, mistake: string, build: (at: number, rest: Expression[], variables: string[]) => LoopParts): Macro =>
  ({ call: { at }, target, args }) => {
    const found = variablesOf(args, count, mistake);
    if ('text' in found) return found;
    const { result = ident(at, ACCUMULATED), ...parts } = build(at, found.rest, found.variables);
    return { kind: 'loop', at, range: target, variables: found.variables, accumulator: ACCUMULATED, result, ...parts };
  };

const SIMPLE_NAME = 'argument must be a simple name';
const NO_IDENTIFIER = 'argument is not an identifier';

/** The last of the arguments; a macro has it by its number of them. */
const lastOf = (rest: readonly Expression[], at: number): Expression => rest.at(-1) ?? literal(at, true);

/** Steps that a filter may leave out. */
const filtered = (at: number, rest: readonly Expression[], step: Expression): Expression =>
  rest.length > 1 && rest[0] ? apply(at, '_?_:_', rest[0], step, ident(at, ACCUMULATED)) : step;

const all = (count: number): Macro =>
  looping(count, SIMPLE_NAME, (at, rest) => ({
    endsWith: false,
    init: literal(at, true),
    step: apply(at, '_&&_', ident(at, ACCUMULATED), lastOf(rest, at)),
  }));

const exists = (count: number): Macro =>
  looping(count, SIMPLE_NAME, (at, rest) => ({
    endsWith: true,
    init: literal(at, false),
    step: apply(at, '_||_', ident(at, ACCUMULATED), lastOf(rest, at)),
  }));

const existsOne = (count: number): Macro =>
  looping(count, SIMPLE_NAME, (at, rest) => ({
    init: literal(at, 0),
    step: apply(
      at,
      '_?_:_',
      lastOf(rest, at),
      apply(at, '_+_', ident(at, ACCUMULATED), literal(at, 1)),
      ident(at, ACCUMULATED),
    ),
    result: apply(at, '_==_', ident(at, ACCUMULATED), literal(at, 1)),
  }));

const appended = (at: number, item: Expression): Expression =>
  apply(at, '_+_', ident(at, ACCUMULATED), { kind: 'list', at, items: [item] });

const toList = (count: number, mistake: string): Macro =>
  looping(count, mistake, (at, rest) => ({
    init: { kind: 'list', at, items: [] },
    step: filtered(at, rest, appended(at, lastOf(rest, at))),
  }));

const filter: Macro = looping(1, NO_IDENTIFIER, (at, rest, [variable = '']) => ({
  init: { kind: 'list', at, items: [] },
  step: apply(at, '_?_:_', lastOf(rest, at), appended(at, ident(at, variable)), ident(at, ACCUMULATED)),
}));

const toMap = (hasKeys: boolean): Macro =>
  looping(2, SIMPLE_NAME, (at, rest, [key = '']) => ({
    init: { kind: 'map', at, entries: [] },
    step: filtered(
      at,
      rest,
      apply(at, 'cel.@mapInsert', ident(at, ACCUMULATED), ...(hasKeys ? [] : [ident(at, key)]), lastOf(rest, at)),
    ),
  }));

/** `expression` with a value under a name: a loop of no round. */
const bound = (at: number, name: string, value: Expression, expression: Expression): Expression => ({
  kind: 'loop',
  at,
  range: { kind: 'list', at, items: [] },
  variables: ['#unused'],
  accumulator: name,
  init: value,
  step: ident(at, name),
  result: expression,
});

const isBind = ({ name, target, args }: Call): boolean =>
  name === 'bind' && args.length === 3 && target?.kind === 'ident' && target.name === 'cel';

function expandBind(call: Call): Expression | ExpressionError {
  const [variable, value, expression] = call.args;
  if (variable?.kind === 'ident' && value && expression) return bound(call.at, variable.name, value, expression);
  return { at: variable?.at ?? call.at, text: 'cel.bind() variable names must be simple identifiers' };
}

const optionalMap =
  (name: string, wrap: (at: number, value: Expression) => Expression): Macro =>
  ({ call: { at }, target, args: [variable, mapped] }) => {
    if (variable?.kind !== 'ident' || !mapped)
      return { at: variable?.at ?? at, text: `${name}() variable name must be a simple identifier` };
    const value = bound(at, variable.name, member(at, 'value', target), mapped);
    return apply(at, '_?_:_', member(at, 'hasValue', target), wrap(at, value), apply(at, 'optional.none'));
  };

const INPUT = '@__sortBy_input__';

const sortBy: Macro = ({ call, target, args }) => {
  const { at } = call;
  const keys = toList(1, NO_IDENTIFIER)({ call, target: ident(at, INPUT), args });
  if ('text' in keys) return keys;
  return bound(at, INPUT, target, member(at, '@sortByAssociatedKeys', ident(at, INPUT), keys));
};

/** By name and number of arguments. */
const MACROS: Readonly<Record<string, Readonly<Record<number, Macro>>>> = {
  all: { 2: all(1), 3: all(2) },
  exists: { 2: exists(1), 3: exists(2) },
  exists_one: { 2: existsOne(1), 3: existsOne(2) },
  existsOne: { 3: existsOne(2) },
  map: { 2: toList(1, NO_IDENTIFIER), 3: toList(1, NO_IDENTIFIER) },
  filter: { 2: filter },
  transformList: { 3: toList(2, SIMPLE_NAME), 4: toList(2, SIMPLE_NAME) },
  transformMap: { 3: toMap(false), 4: toMap(false) },
  transformMapEntry: { 3: toMap(true), 4: toMap(true) },
  optMap: { 2: optionalMap('optMap', (at, value) => apply(at, 'optional.of', value)) },
  optFlatMap: { 2: optionalMap('optFlatMap', (_at, value) => value) },
  sortBy: { 2: sortBy },
};
