/**
 * How long it may take to check one expression. Types grow with each step that puts one into another twice, so that a line can have a type as large as memory;
 * some thousand steps are usual, and the longest expressions take a few hundred thousand.
 */
const MOST_STEPS = 1_000_000;

/** All expressions and patterns of one definition or of one claim of devices, which are some seconds' work then. Published ones take less than 300,000. */
const MOST_OF_DEFINITION = 10_000_000;

/** A step of a pattern takes as long as so many of an expression's. */
const PATTERN_STEP = 5;

/** Ends the check of an expression. */
export class ExpressionTooLarge extends Error {}

const TYPES_TOO_LARGE = 'the types of the expression are too large to be checked';
export const TOO_MUCH_OF_ALL = 'its rules, expressions and patterns together take too long to be checked';

let left = Number.POSITIVE_INFINITY;
let most = Number.POSITIVE_INFINITY;
let leftOfAll = Number.POSITIVE_INFINITY;

/** Checks one expression. Throws ExpressionTooLarge. */
export function counting<Result>(check: () => Result): Result {
  const before = { left, most };
  most = Math.min(MOST_STEPS, leftOfAll);
  left = most;
  try {
    return check();
  } finally {
    leftOfAll -= most - left;
    ({ left, most } = before);
  }
}

/** One part of an expression or of a type is looked at. */
export function addStep(): void {
  left--;
  if (left < 0) throw new ExpressionTooLarge(most < MOST_STEPS ? TOO_MUCH_OF_ALL : TYPES_TOO_LARGE);
}

/** Checks all that a definition has. Within it `isOutOfSteps` says whether that was too much. */
export function countingDefinition<Result>(check: () => Result): Result {
  const before = leftOfAll;
  leftOfAll = MOST_OF_DEFINITION;
  try {
    return check();
  } finally {
    leftOfAll = before;
  }
}

export const isOutOfSteps = (): boolean => leftOfAll < 0;

/** Ends the check of an expression where the definition has had too many. */
export function checkSteps(): void {
  if (isOutOfSteps()) throw new ExpressionTooLarge(TOO_MUCH_OF_ALL);
}

/** Whether a pattern of so many steps may still be made ready. Only definitions have an end of them here. */
export function takePattern(steps: number): boolean {
  leftOfAll -= steps * PATTERN_STEP;
  return leftOfAll >= 0;
}
