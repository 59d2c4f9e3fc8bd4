/**
 * What an evaluation costs, in the units of cel-go (`interpreter/runtimecost.go`), and what it may cost: whoever writes a rule or a policy can make this one
 * thread work no longer than that.
 */
export interface Budget {
  spent: number;
  readonly limit: number;
}

/** Of one expression. Source: k8s.io/apiserver, `pkg/apis/cel/config.go`. */
export const CALL_LIMIT = 1_000_000;
/** Of all expressions about one object: the rules of a custom resource, or a policy under one binding. */
export const OBJECT_LIMIT = 10_000_000;
/** Of the conditions that decide whether a policy is asked at all. */
export const CONDITIONS_LIMIT = 2_500_000;

/** Ends an evaluation, whatever it is within; no error that another operand can make up for. */
export class OutOfBudget extends Error {}

const newOutOfBudget = (): OutOfBudget => new OutOfBudget('operation cancelled: actual cost limit exceeded');

/** What is about to be done, before it is: one call can cost more than all that is left. Nothing gives back more than 1, which is for parts of paths. */
export function charge(budget: Budget, cost: number): void {
  const spent = budget.spent + cost;
  const isCost = cost >= -1;
  if (isCost) budget.spent = spent;
  if (!isCost || spent > budget.limit) throw newOutOfBudget();
}

/**
 * What the expressions about one object have done so far, in units of some ten nanoseconds. Beside their cost, since much costs nothing, or little, and takes as long as
 * values are large: comparing what is deep, copying lists, counting characters, rounds about nothing.
 */
export interface Work {
  done: number;
  /** What is counted once. */
  met?: Set<string>;
}

/** A part of an expression, each time that it is evaluated. */
export const PART_WORK = 50;
/** An item or an entry that is read, copied or made. */
export const ITEM_WORK = 50;
/** The name of a field or an entry, where all of an object's are listed. */
export const NAME_WORK = 200;
/** A character of a text that is made: it takes memory too. */
export const CHARACTER_WORK = 10;

/** Expressions that cost all they may do less than half of this, unless they were made to take long. */
const MOST_OF_EXPRESSION = 250_000_000;
export const MOST_OF_OBJECT = 1_250_000_000;

let work: Work = { done: 0 };
let most = Number.POSITIVE_INFINITY;

/** Evaluates one expression, within another where that names a variable: what the inner one does is not held against the outer one alone. */
export function working<Result>(shared: Work, evaluate: () => Result): Result {
  const outer = { work, most };
  const begun = shared.done;
  [work, most] = [shared, Math.min(MOST_OF_OBJECT, begun + MOST_OF_EXPRESSION)];
  try {
    return evaluate();
  } finally {
    const isWithin = outer.work === shared;
    const ofOuter = isWithin ? Math.min(MOST_OF_OBJECT, outer.most + shared.done - begun) : outer.most;
    [work, most] = [outer.work, ofOuter];
  }
}

/**
 * Whether what is evaluated has not met this before: what has been made ready for others counts as if it had not, so that no outcome depends on what is remembered.
 */
export function isNew(what: string): boolean {
  if (most === Number.POSITIVE_INFINITY) return false;
  work.met ??= new Set();
  const isKnown = work.met.has(what);
  work.met.add(what);
  return !isKnown;
}

/** Does what is counted elsewhere, or has an end of its own. */
export function uncounted<Result>(run: () => Result): Result {
  const outer = { work, most };
  [work, most] = [{ done: 0 }, Number.POSITIVE_INFINITY];
  try {
    return run();
  } finally {
    ({ work, most } = outer);
  }
}

/** Ends an evaluation that has more to do than anybody waits for; no rule of a sensible object comes near it. */
export function addWork(units: number): void {
  work.done += units;
  if (!(work.done <= most)) throw newOutOfBudget();
}
