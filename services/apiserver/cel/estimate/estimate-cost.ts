import { LIST_COST, MAP_COST, STRUCT_COST } from '../call-cost.ts';
import type { CelType } from '../cel-type.ts';
import type { Checked } from '../check-expression.ts';
import { addStep } from '../compile-steps.ts';
import {
  childrenOf,
  type Entries,
  type Expression,
  type List,
  type Loop,
  qualifiedName,
  type Select,
} from '../expression.ts';
import { roundCost } from '../expression-cost.ts';
import { TYPE_NAMES } from '../functions.ts';
import type { DeclaredSize } from './declared-size.ts';
import {
  type Estimate,
  entrySize,
  identPath,
  knownSize,
  type Local,
  notePath,
  noteSizes,
  pathTo,
  sizeOrUnknown,
} from './estimate.ts';
import { costOfCall } from './estimate-call.ts';
import { type EntrySize, either, NONE, type Size, sizeOf } from './size.ts';
import { product, sum } from './uint64.ts';
import { below, pathOf } from './value-path.ts';

/**
 * What an expression may cost at most, by what its schema says of the sizes of values, whatever the values are. What is dear is refused by it when it is written, so that
 * each number here decides what is taken. `root`: the size of `self`. The time that it takes grows as the expression does. Source: cel-go, `checker/cost.go`.
 */
export function estimateCost(
  expression: Expression,
  { typeOf, callOf }: Pick<Checked, 'typeOf' | 'callOf'>,
  root: DeclaredSize,
): bigint {
  const estimate: Estimate = {
    root,
    typeOf,
    callOf,
    costs: new Map(),
    paths: new Map(),
    sizes: new Map(),
    entries: new Map(),
    locals: new Map(),
  };
  return costOf(expression, estimate);
}

/** A part that a macro uses twice is looked at once; it stands among the same variables both times. */
export function costOf(part: Expression, estimate: Estimate): bigint {
  const known = estimate.costs.get(part);
  if (known !== undefined) return known;
  addStep();
  const cost = newCost(part, estimate);
  estimate.costs.set(part, cost);
  return cost;
}

function newCost(part: Expression, estimate: Estimate): bigint {
  switch (part.kind) {
    case 'literal':
      return 0n;
    case 'ident':
      notePath(part, identPath(part, estimate), estimate);
      return 1n;
    case 'select':
      return selectCost(part, estimate);
    case 'optional-select':
      return sum(costOf(part.operand, estimate), 1n);
    case 'call':
      return costOfCall(part, estimate, costOf);
    case 'list':
      return listCost(part, estimate);
    case 'map':
      return mapCost(part, estimate);
    case 'message':
      return sum(costOfAll(childrenOf(part), estimate), BigInt(STRUCT_COST));
    case 'loop':
      return isBinding(part) ? bindingCost(part, estimate) : loopCost(part, estimate);
  }
}

function selectCost(part: Select, estimate: Estimate): bigint {
  const name = qualifiedName(part);
  if (name !== undefined && TYPE_NAMES.has(name)) {
    notePath(part, pathOf(name), estimate);
    return 1n;
  }
  const cost = costOf(part.operand, estimate);
  if (part.isTest) return cost;
  notePath(part, below(pathTo(part.operand, estimate), part.field), estimate);
  return hasFields(estimate.typeOf(part.operand)) ? sum(cost, 1n) : cost;
}

const hasFields = ({ kind }: CelType): boolean => kind === 'map' || kind === 'object';

const costOfAll = (parts: readonly Expression[], estimate: Estimate): bigint =>
  parts.reduce((all, part) => sum(all, costOf(part, estimate)), 0n);

const sizeOfAny = (parts: readonly Expression[], estimate: Estimate): Size =>
  parts.length === 0 ? sizeOf(0) : parts.reduce((all, part) => either(all, sizeOrUnknown(part, estimate)), NONE);

function listCost(part: List, estimate: Estimate): bigint {
  const cost = costOfAll(part.items, estimate);
  estimate.entries.set(part, { container: 'list', key: sizeOf(1), value: sizeOfAny(part.items, estimate) });
  return sum(cost, BigInt(LIST_COST));
}

function mapCost(part: Entries, estimate: Estimate): bigint {
  const cost = costOfAll(part.entries.flat(), estimate);
  const [keys, values] = [part.entries.map(([key]) => key), part.entries.map(([, value]) => value)];
  const entry: EntrySize = { container: 'map', key: sizeOfAny(keys, estimate), value: sizeOfAny(values, estimate) };
  estimate.entries.set(part, entry);
  return sum(cost, BigInt(MAP_COST));
}

/** Macros that only give a value a name have a loop of no round. */
const isBinding = ({ variables, accumulator, step }: Loop): boolean =>
  variables[0] === '#unused' && step.kind === 'ident' && step.name === accumulator;

function bindingCost(part: Loop, estimate: Estimate): bigint {
  const cost = sum(costOf(part.range, estimate), costOf(part.init, estimate));
  const result = within(estimate, part.accumulator, boundTo(part.init, estimate), () => costOf(part.result, estimate));
  noteSizes(part, knownSize(part.result, estimate), entrySize(part.result, estimate), estimate);
  return sum(cost, result);
}

const boundTo = (part: Expression, estimate: Estimate): Local => ({
  path: pathTo(part, estimate),
  size: knownSize(part, estimate),
  entry: entrySize(part, estimate),
});

function within(estimate: Estimate, name: string, local: Local, cost: () => bigint): bigint {
  const all = estimate.locals.get(name) ?? [];
  estimate.locals.set(name, all);
  all.push(local);
  const found = cost();
  all.pop();
  return found;
}

function loopCost(part: Loop, estimate: Estimate): bigint {
  const { range, init, accumulator, step, result } = part;
  const before = sum(costOf(range, estimate), costOf(init, estimate));
  let round = 0n;
  const after = within(estimate, accumulator, boundTo(init, estimate), () => {
    round = sum(roundsStep(part, estimate), BigInt(roundCost(part)));
    return costOf(result, estimate);
  });
  const rounds = sizeOrUnknown(range, estimate);
  if (init.kind === 'literal') noteSizes(part, knownSize(init, estimate), undefined, estimate);
  if (init.kind === 'list' || init.kind === 'map') noteSizes(part, rounds, entrySize(step, estimate), estimate);
  return sum(sum(before, after), product(rounds.most, round));
}

/** Of one round, with the variables of the loop. Where these come from is asked one after the other: the first may have the name of what is looped through. */
function roundsStep({ range, variables: [first = '', second], step }: Loop, estimate: Estimate): bigint {
  const cost = (): bigint => costOf(step, estimate);
  if (second === undefined) return within(estimate, first, onlyVariable(range, estimate), cost);
  return within(estimate, first, keyVariable(range, estimate), () =>
    within(estimate, second, valueVariable(range, estimate), cost),
  );
}

const isList = (range: Expression, estimate: Estimate): boolean =>
  (entrySize(range, estimate)?.container ?? estimate.typeOf(range).kind) === 'list';

const variable = (range: Expression, name: string, size: Size | undefined, estimate: Estimate): Local => ({
  path: below(pathTo(range, estimate), name),
  size,
});

function onlyVariable(range: Expression, estimate: Estimate): Local {
  const entry = entrySize(range, estimate);
  return isList(range, estimate)
    ? variable(range, '@items', entry?.value, estimate)
    : variable(range, '@keys', entry?.key, estimate);
}

const keyVariable = (range: Expression, estimate: Estimate): Local =>
  variable(range, isList(range, estimate) ? '@indices' : '@keys', entrySize(range, estimate)?.key, estimate);

const valueVariable = (range: Expression, estimate: Estimate): Local =>
  variable(range, isList(range, estimate) ? '@items' : '@values', entrySize(range, estimate)?.value, estimate);
