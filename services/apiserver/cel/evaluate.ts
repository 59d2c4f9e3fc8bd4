import { callFunction } from './call-function.ts';
import {
  CelError,
  type CelMap,
  type CelValue,
  isList,
  isMap,
  newList,
  newMap,
  noSuchOverload,
  Optional,
  TypeValue,
} from './cel-value.ts';
import type { Call, Expression, Loop, Select } from './expression.ts';
import { TYPE_NAMES } from './functions.ts';

/** What an expression comes to; throws a CelError where it comes to nothing. Its types need not have been checked. Source: cel-spec, "Evaluation". */
export function evaluateExpression(expression: Expression, variables: Readonly<Record<string, CelValue>>): CelValue {
  const scope = Object.entries(variables).reduce<Scope | undefined>(
    (around, [name, value]) => ({ name, value, around }),
    undefined,
  );
  return evaluate(expression, scope, { rounds: 0 });
}

/** A variable and those around it. A value that is an error throws where it is used. */
interface Scope {
  name: string;
  value: CelValue | CelError;
  around: Scope | undefined;
}

interface Budget {
  rounds: number;
}

/** Each round costs something upstream too, which ends an expression that costs as much as this. */
const MAX_ROUNDS = 1_000_000;

function evaluate(expression: Expression, scope: Scope | undefined, budget: Budget): CelValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value as CelValue;
    case 'ident':
      return lookUp(expression.name, scope);
    case 'select':
      return select(expression, scope, budget);
    case 'optional-select':
      return selectOptional(evaluate(expression.operand, scope, budget), expression.field);
    case 'call':
      return call(expression, scope, budget);
    case 'list':
      return newList(expression.items.map((item) => evaluate(item, scope, budget)));
    case 'map':
      return newMap(
        expression.entries.map(([key, value]) => [evaluate(key, scope, budget), evaluate(value, scope, budget)]),
      );
    case 'loop':
      return loop(expression, scope, budget);
  }
}

function lookUp(name: string, scope: Scope | undefined): CelValue {
  for (let one = scope; one; one = one.around) {
    if (one.name !== name) continue;
    if (one.value instanceof CelError) throw one.value;
    return one.value;
  }
  if (TYPE_NAMES.has(name)) return new TypeValue(name);
  throw new CelError(`no such attribute(s): ${name}`);
}

function select(expression: Select, scope: Scope | undefined, budget: Budget): CelValue {
  const { operand, field, isTest } = expression;
  const typeName = typeNamed(expression);
  if (typeName) return typeName;
  const value = evaluate(operand, scope, budget);
  if (value instanceof Optional) {
    const found = value.value === undefined ? value : selectOptional(value.value, field);
    return isTest ? found instanceof Optional && found.value !== undefined : found;
  }
  const found = asMap(value).find(field);
  if (isTest) return found !== undefined;
  if (found === undefined) throw new CelError(`no such key: ${field}`);
  return found;
}

/** `google.protobuf.Duration` is a name. */
function typeNamed(expression: Select): TypeValue | undefined {
  const names: string[] = [];
  let part: Expression = expression;
  for (; part.kind === 'select'; part = part.operand) names.unshift(part.field);
  if (part.kind !== 'ident') return undefined;
  const name = [part.name, ...names].join('.');
  return TYPE_NAMES.has(name) ? new TypeValue(name) : undefined;
}

function asMap(value: CelValue): CelMap {
  if (isMap(value)) return value;
  throw noSuchOverload();
}

function selectOptional(value: CelValue, field: string): CelValue {
  if (!(value instanceof Optional)) return new Optional(asMap(value).find(field));
  return value.value === undefined ? value : selectOptional(value.value, field);
}

function call(expression: Call, scope: Scope | undefined, budget: Budget): CelValue {
  const lazy = Object.hasOwn(LAZY, expression.name) ? LAZY[expression.name] : undefined;
  if (lazy) return lazy(expression, (part) => evaluate(part, scope, budget));
  const { name, target, args } = expression;
  const prefix = target?.kind === 'ident' ? target.name : '';
  const values = args.map((arg) => evaluate(arg, scope, budget));
  if (!target) return callFunction(name, values);
  if (NAMESPACES.includes(prefix) && !isVariable(prefix, scope)) return callFunction(`${prefix}.${name}`, values);
  return callFunction(name, [evaluate(target, scope, budget), ...values]);
}

/** What functions are called in whose name has a dot. */
const NAMESPACES = ['optional', 'sets', 'lists', 'strings', 'format', 'ip', 'math'];

function isVariable(name: string, scope: Scope | undefined): boolean {
  for (let one = scope; one; one = one.around) if (one.name === name) return true;
  return false;
}

type Evaluate = (part: Expression) => CelValue;

/** Those that may leave arguments alone, and where an error may not matter. */
const LAZY: Readonly<Record<string, (expression: Call, evaluate: Evaluate) => CelValue>> = {
  '_&&_': ({ args }, evaluateIt) => logic(args, evaluateIt, false),
  '_||_': ({ args }, evaluateIt) => logic(args, evaluateIt, true),
  '_?_:_': ({ args: [condition, yes, no] }, evaluateIt) => {
    const decided = condition && evaluateIt(condition);
    const chosen = decided === true ? yes : decided === false ? no : undefined;
    if (!chosen) throw noSuchOverload();
    return evaluateIt(chosen);
  },
  or: ({ target, args: [other] }, evaluateIt) => {
    const value = target && evaluateIt(target);
    if (!(value instanceof Optional) || !other) throw noSuchOverload();
    return value.value === undefined ? evaluateIt(other) : value;
  },
  orValue: ({ target, args: [other] }, evaluateIt) => {
    const value = target && evaluateIt(target);
    if (!(value instanceof Optional) || !other) throw noSuchOverload();
    return value.value === undefined ? evaluateIt(other) : value.value;
  },
};

/** One operand that decides is enough, whatever becomes of the other. */
function logic(args: readonly Expression[], evaluateIt: Evaluate, deciding: boolean): CelValue {
  let failure: unknown;
  for (const arg of args) {
    try {
      const value = evaluateIt(arg);
      if (value === deciding) return deciding;
      if (typeof value !== 'boolean') failure ??= noSuchOverload();
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return !deciding;
}

function loop(expression: Loop, scope: Scope | undefined, budget: Budget): CelValue {
  const { range, variables, accumulator, init, step, result } = expression;
  const around: Scope = { name: accumulator, value: evaluate(init, scope, budget), around: scope };
  for (const round of roundsOf(evaluate(range, scope, budget), variables.length)) {
    if (around.value === expression.endsWith) break;
    budget.rounds += 1;
    if (budget.rounds > MAX_ROUNDS) throw new CelError('operation cancelled: actual cost limit exceeded');
    const within = variables.reduce<Scope>(
      (outer, name, index) => ({ name, value: round[index] ?? null, around: outer }),
      around,
    );
    around.value = attempt(step, within, budget);
  }
  return evaluate(result, around, budget);
}

/** An error may not matter in the end: one item that decides is enough. */
function attempt(step: Expression, scope: Scope, budget: Budget): CelValue | CelError {
  try {
    return evaluate(step, scope, budget);
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
}

/** The values of a loop's variables, round by round. */
function* roundsOf(range: CelValue, variables: number): Generator<CelValue[]> {
  if (isList(range)) {
    for (let index = 0; index < range.length; index++)
      yield variables > 1 ? [BigInt(index), range.at(index)] : [range.at(index)];
    return;
  }
  const map = asMap(range);
  for (const key of map.keys()) yield [key, map.find(key) ?? null];
}
