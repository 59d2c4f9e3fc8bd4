import { addWork, type Budget, CALL_LIMIT, charge, OutOfBudget, PART_WORK, type Work, working } from './budget.ts';
import { callCost } from './call-cost.ts';
import { callFunction } from './call-function.ts';
import {
  CelError,
  type CelList,
  type CelMap,
  type CelValue,
  isList,
  isMap,
  keyOf,
  newList,
  newMap,
  noSuchOverload,
  Opaque,
  Optional,
  TypeValue,
} from './cel-value.ts';
import type { Call, Entries, Expression, List, Loop, OptionalSelect, Select } from './expression.ts';
import { asPart, beginning, isConstant, isFree, makingCost, roundCost } from './expression-cost.ts';
import { shown } from './format-text.ts';
import { TYPE_NAMES } from './functions.ts';

/** What an expression comes to, or why to nothing, in cel-go's words; and what it took (`budget.ts`). */
export type Outcome = { cost: number } & ({ value: CelValue } | { error: string });

/** The types of the expression need not have been checked. `work` is shared by all expressions about one object. Source: cel-spec, "Evaluation". */
export function evaluateExpression(
  expression: Expression,
  variables: Readonly<Record<string, CelValue | CelError>>,
  work: Work = { done: 0 },
): Outcome {
  const scope = Object.entries(variables).reduce<Scope | undefined>(
    (around, [name, value]) => ({ name, value, around }),
    undefined,
  );
  const budget = { spent: 0, limit: CALL_LIMIT };
  try {
    const value = working(work, () => evaluate(expression, scope, budget));
    return { value, cost: Math.max(0, budget.spent) };
  } catch (error) {
    if (!isOutcome(error)) throw error;
    return { error: error.message, cost: Math.max(0, budget.spent) };
  }
}

/** A RangeError is about what is too deep to be walked through. */
const isOutcome = (error: unknown): error is Error =>
  error instanceof CelError || error instanceof OutOfBudget || error instanceof RangeError;

/** A variable and those around it. A value that is an error throws where it is used. */
interface Scope {
  name: string;
  value: CelValue | CelError;
  around: Scope | undefined;
}

function evaluate(expression: Expression, scope: Scope | undefined, budget: Budget): CelValue {
  addWork(PART_WORK);
  switch (expression.kind) {
    case 'literal':
      return expression.value as CelValue;
    case 'ident':
      return lookUp(expression.name, scope, budget);
    case 'select':
      return select(expression, scope, budget);
    case 'optional-select':
      return optionalField(expression, scope, budget);
    case 'call':
      return call(expression, scope, budget);
    case 'list':
      charge(budget, makingCost(expression));
      return isConstant(expression) ? constantList(expression) : listOf(expression, scope, budget);
    case 'map':
      charge(budget, makingCost(expression));
      return mapOf(expression, scope, budget);
    case 'message':
      throw new CelError(`unknown type: ${expression.name}`);
    case 'loop':
      return loop(expression, scope, budget);
  }
}

function listOf({ items, optional }: List, scope: Scope | undefined, budget: Budget): CelList {
  const values: CelValue[] = [];
  for (const [index, item] of items.entries()) {
    const made = evaluate(item, scope, budget);
    const value = optional?.has(index) ? ofOptional(made, 'list element') : made;
    if (value !== undefined) values.push(value);
  }
  return newList(values);
}

const shownPlain = (value: CelValue): string => (typeof value === 'string' ? value : shown(value));

/** Of an entry that may be missing; undefined if it is. */
function ofOptional(value: CelValue, what: string): CelValue | undefined {
  if (value instanceof Optional) return value.value;
  throw new CelError(`cannot initialize optional ${what} from non-optional value ${shownPlain(value)}`);
}

/** An entry that is missing takes away what was there by its key. */
function mapOf({ entries, optional }: Entries, scope: Scope | undefined, budget: Budget): CelMap {
  const present = new Map<unknown, [CelValue, CelValue]>();
  for (const [index, [key, value]] of entries.entries()) {
    const [ownKey, made] = [evaluate(key, scope, budget), evaluate(value, scope, budget)];
    const own = optional?.has(index) ? ofOptional(made, `entry '${shownPlain(ownKey)}'`) : made;
    if (own === undefined) present.delete(keyOf(ownKey));
    else present.set(keyOf(ownKey), [ownKey, own]);
  }
  return newMap(present.values());
}

const constantLists = new WeakMap<List, CelList>();

/** Made once: it is looked through in each round of a loop. */
function constantList(list: List): CelList {
  const made = constantLists.get(list) ?? listOf(list, undefined, { spent: 0, limit: CALL_LIMIT });
  constantLists.set(list, made);
  return made;
}

function lookUp(name: string, scope: Scope | undefined, budget: Budget): CelValue {
  for (let one = scope; one; one = one.around) {
    if (one.name !== name) continue;
    charge(budget, 1);
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
  charge(budget, beginning(operand) + (isTest ? 0 : 1));
  if (value instanceof Opaque && Object.hasOwn(value.fields, field)) return isTest || (value.fields[field] ?? null);
  if (value instanceof Optional) {
    const found = value.value === undefined ? value : selectOptional(value.value, field);
    return isTest ? found instanceof Optional && found.value !== undefined : found;
  }
  if (isList(value)) throw new CelError("unsupported index type 'string' in list");
  const found = isMap(value) ? value.find(field) : undefined;
  if (isTest) return found !== undefined;
  if (found === undefined) throw new CelError(`no such key: ${field}`);
  return found;
}

/** `google.protobuf.Duration` is a name, and none has more dots. */
function typeNamed(expression: Select): TypeValue | undefined {
  const names: string[] = [];
  let part: Expression = expression;
  for (; part.kind === 'select'; part = part.operand) if (names.unshift(part.field) > 2) return undefined;
  if (part.kind !== 'ident' || !TYPE_ROOTS.has(part.name)) return undefined;
  const name = [part.name, ...names].join('.');
  return TYPE_NAMES.has(name) ? new TypeValue(name) : undefined;
}

const TYPE_ROOTS = new Set([...TYPE_NAMES.keys()].map((name) => name.split('.')[0]));

function asMap(value: CelValue): CelMap {
  if (isMap(value)) return value;
  throw noSuchOverload();
}

function optionalField({ operand, field }: OptionalSelect, scope: Scope | undefined, budget: Budget): CelValue {
  const found = selectOptional(evaluate(operand, scope, budget), field);
  charge(budget, beginning(operand) + (found instanceof Optional && found.value !== undefined ? 1 : 0));
  return found;
}

/** Of what has no fields there is none. */
function selectOptional(value: CelValue, field: string): CelValue {
  if (value instanceof Optional) return value.value === undefined ? value : selectOptional(value.value, field);
  if (isList(value)) throw new CelError("unsupported index type 'string' in list");
  return new Optional(isMap(value) ? value.find(field) : undefined);
}

function call(expression: Call, scope: Scope | undefined, budget: Budget): CelValue {
  const evaluateIt = (part: Expression): CelValue => evaluate(part, scope, budget);
  const lazy = Object.hasOwn(LAZY, expression.name) ? LAZY[expression.name] : undefined;
  if (lazy) return lazy(expression, evaluateIt, budget);
  const { name, target, args } = expression;
  if (isItem(expression)) return item(expression, evaluateIt, budget);
  const prefix = target?.kind === 'ident' ? target.name : '';
  const isQualified = NAMESPACES.includes(prefix) && !isVariable(prefix, scope);
  const parts = target && !isQualified ? [target, ...args] : args;
  const [function_, values] = [isQualified ? `${prefix}.${name}` : name, parts.map(evaluateIt)];
  if (!isFree(expression)) charge(budget, callCost(function_, values));
  return callFunction(function_, values);
}

const isItem = ({ name }: Call): boolean => name === '_[_]' || name === '_[?_]';

/** Costs as a field does. */
function item({ name, args }: Call, evaluateIt: Evaluate, budget: Budget): CelValue {
  const values = args.map(evaluateIt);
  const [whole, key] = args;
  const found = callFunction(name, values);
  const isMissing = name === '_[?_]' && found instanceof Optional && found.value === undefined;
  if (whole && key) charge(budget, beginning(whole) + asPart(key) + (isMissing ? 0 : 1));
  return found;
}

/** What functions are called in whose name has a dot. */
const NAMESPACES = ['optional', 'sets', 'lists', 'strings', 'format', 'ip', 'math'];

function isVariable(name: string, scope: Scope | undefined): boolean {
  for (let one = scope; one; one = one.around) if (one.name === name) return true;
  return false;
}

type Evaluate = (part: Expression) => CelValue;

/** Those that may leave arguments alone, and where an error may not matter. */
const LAZY: Readonly<Record<string, (expression: Call, evaluate: Evaluate, budget: Budget) => CelValue>> = {
  '_&&_': ({ args }, evaluateIt) => logic(args, evaluateIt, false),
  '_||_': ({ args }, evaluateIt) => logic(args, evaluateIt, true),
  '_?_:_': ({ args: [condition, yes, no] }, evaluateIt, budget) => {
    const decided = condition && evaluateIt(condition);
    const chosen = decided === true ? yes : decided === false ? no : undefined;
    if (!chosen) throw noSuchOverload();
    const value = evaluateIt(chosen);
    charge(budget, asPart(chosen));
    return value;
  },
  or: ({ target, args: [other] }, evaluateIt) => {
    if (!target || !other) throw noSuchOverload();
    const value = evaluateIt(target);
    if (!(value instanceof Optional)) return value;
    return value.value === undefined ? evaluateIt(other) : value;
  },
  orValue: ({ target, args: [other] }, evaluateIt) => {
    if (!target || !other) throw noSuchOverload();
    const value = evaluateIt(target);
    if (!(value instanceof Optional)) return value;
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
    charge(budget, roundCost(expression));
    if (around.value === expression.endsWith) break;
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
