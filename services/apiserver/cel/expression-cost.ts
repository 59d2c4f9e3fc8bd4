import { LIST_COST, MAP_COST } from './call-cost.ts';
import type { Call, Entries, Expression, List, Loop } from './expression.ts';

/** What parts of an expression cost besides calls. Source: cel-go, `interpreter/planner.go` and `interpreter/runtimecost.go`. */

/** Names, fields and items: what cel-go reads as one path, whose first part costs 1 and each further one too. */
export function isPath(expression: Expression): boolean {
  switch (expression.kind) {
    case 'ident':
    case 'select':
    case 'optional-select':
      return true;
    case 'call':
      return expression.name === '_[_]' || expression.name === '_[?_]';
    default:
      return false;
  }
}

const isChoice = (expression: Expression): boolean => expression.kind === 'call' && expression.name === '_?_:_';

/** What it costs to begin a path with what is none itself. */
export const beginning = (operand: Expression): number => (isPath(operand) || isChoice(operand) ? 0 : 1);

/** What is taken off for a path that is chosen by a condition, or that is the index of an item. */
export const asPart = (part: Expression): number => (isPath(part) && !(part.kind === 'select' && part.isTest) ? -1 : 0);

const CONVERSIONS = ['bool', 'bytes', 'double', 'duration', 'dyn', 'int', 'string', 'timestamp', 'type', 'uint'];

const constants = new WeakMap<Expression, boolean>();

/** What is the same whatever the variables are; it is made before anything is evaluated. */
export function isConstant(expression: Expression): boolean {
  const known = constants.get(expression);
  if (known !== undefined) return known;
  const found = isConstantNow(expression);
  constants.set(expression, found);
  return found;
}

function isConstantNow(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
      return true;
    case 'list':
      return expression.items.every(isConstant);
    case 'map':
      return expression.entries.flat().every(isConstant);
    case 'call':
      return isConversion(expression) && expression.args.every(isConstant);
    default:
      return false;
  }
}

const isConversion = ({ name, target, args }: Call): boolean =>
  !target && args.length === 1 && CONVERSIONS.includes(name);

export const makingCost = (made: List | Entries): number =>
  isConstant(made) ? 0 : made.kind === 'list' ? LIST_COST : MAP_COST;

/** Of constants, and of looking for something in a list of them. */
export const isFree = (call: Call): boolean => {
  const [, second] = call.args;
  return isConstant(call) || (call.name === '@in' && second?.kind === 'list' && isConstant(second));
};

/** What it costs to ask, before each round, whether there is to be one: `@not_strictly_false(@result)` and its like. */
export const roundCost = ({ endsWith }: Loop): number => (endsWith === undefined ? 0 : endsWith ? 3 : 2);
