/**
 * How long it may take to check one expression. Types grow with each step that puts one into another twice, so that a line can have a type as large as memory;
 * some thousand steps are usual, and the longest expressions take a few hundred thousand.
 */
const MOST_STEPS = 1_000_000;

/** Ends the check of an expression. */
export class ExpressionTooLarge extends Error {}

let left = Number.POSITIVE_INFINITY;

/** Checks one expression. Throws ExpressionTooLarge. */
export function counting<Result>(check: () => Result): Result {
  const before = left;
  left = MOST_STEPS;
  try {
    return check();
  } finally {
    left = before;
  }
}

/** One part of an expression or of a type is looked at. */
export function addStep(): void {
  left--;
  if (left < 0) throw new ExpressionTooLarge('the types of the expression are too large to be checked');
}
