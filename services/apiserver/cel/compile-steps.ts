import type { Work } from './budget.ts';

/**
 * How long it may take to check one expression. Types grow with each step that puts one into another twice, so that a line can have a type as large as memory;
 * some thousand steps are usual, and the longest expressions take a few hundred thousand.
 */
const MOST_STEPS = 1_000_000;

/** All expressions and patterns of one definition, policy or claim of devices, which are half a second's work then, or a whole one. Published ones take less than 300,000. */
const MOST_OF_DEFINITION = 3_000_000;

/** A step of a pattern takes as long as so many of an expression's. All patterns of a definition can be remembered at once, or each of an object's values would make them anew. */
const PATTERN_STEP = 10;

/** Ends the check of an expression. */
export class ExpressionTooLarge extends Error {}

const TYPES_TOO_LARGE = 'the types of the expression are too large to be checked';
export const TOO_MUCH_OF_ALL = 'its rules, expressions and patterns together take too long to be checked';

/** What an evaluation does in the time of a step. */
const STEP_WORK = 30;

export const stepsOf = ({ done }: Work): number => Math.ceil(done / STEP_WORK);

let left = Number.POSITIVE_INFINITY;
let most = Number.POSITIVE_INFINITY;
/** By all that has been checked, and at which of it the definition has had too many. */
let spent = 0;
let end = Number.POSITIVE_INFINITY;
/** Of a definition, those that have been counted. */
let patterns: Set<string> | undefined;

/** Checks one expression. Throws ExpressionTooLarge. */
export function counting<Result>(check: () => Result): Result {
  const before = { left, most };
  most = Math.min(MOST_STEPS, end - spent);
  left = most;
  try {
    return check();
  } finally {
    spent += most - left;
    ({ left, most } = before);
  }
}

/** One part of an expression or of a type is looked at, or what takes as long as some of these. */
export function addStep(count = 1): void {
  left -= count;
  if (left < 0) throw new ExpressionTooLarge(most < MOST_STEPS ? TOO_MUCH_OF_ALL : TYPES_TOO_LARGE);
}

/** Checks all that a definition has. Within it `isOutOfSteps` says whether that was too much. */
export function countingDefinition<Result>(check: () => Result): Result {
  const before = { end, patterns };
  end = spent + MOST_OF_DEFINITION;
  patterns = new Set();
  try {
    return check();
  } finally {
    ({ end, patterns } = before);
  }
}

export const isOutOfSteps = (): boolean => spent > end;

/** Ends the check of an expression where the definition has had too many. */
export function checkSteps(): void {
  if (isOutOfSteps()) throw new ExpressionTooLarge(TOO_MUCH_OF_ALL);
}

/**
 * Checks a part of a definition, of which it is remembered what was found, and tells how many steps it takes: as many wherever it stands, so that whether a definition takes
 * too many does not depend on what is remembered.
 */
export function countingPart<Result>(check: () => Result): { found: Result; steps: number } {
  const before = { spent, patterns };
  patterns = patterns && new Set();
  try {
    return { found: check(), steps: spent - before.spent };
  } finally {
    patterns = before.patterns;
  }
}

/** Counts a part that need not be checked again, unless the definition has not that many left. */
export function takeSteps(steps: number): boolean {
  if (spent + steps > end) return false;
  spent += steps;
  return true;
}

/** Counts what has been done for a definition, which took as long as so many steps; whether it has not had too many. */
export function spendSteps(steps: number): boolean {
  spent += steps;
  return !isOutOfSteps();
}

/** Whether a pattern of so many steps may still be made ready, if it is not: it is counted once, whether it is or not. Only definitions have an end of them here. */
export function takePattern(source: string, steps: number): boolean {
  const isCounted = patterns?.has(source);
  patterns?.add(source);
  return spendSteps(isCounted ? 0 : steps * PATTERN_STEP);
}
