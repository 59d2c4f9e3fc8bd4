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

/** What is about to be done, before it is: one call can cost more than all that is left. */
export function charge(budget: Budget, cost: number): void {
  budget.spent += cost;
  if (budget.spent > budget.limit) throw new OutOfBudget('operation cancelled: actual cost limit exceeded');
}

/** Work that costs nothing, or little, and yet takes as long as values are large: comparing what is deep, counting characters and entries. In some nanoseconds. */
const MOST_WORK = 200_000_000;
let work = 0;

export function beginWork(): void {
  work = 0;
}

/** Ends an evaluation that has more to do than anybody waits for; no rule of a sensible object comes near it. */
export function addWork(units: number): void {
  work += units;
  if (work > MOST_WORK) throw new OutOfBudget('operation cancelled: actual cost limit exceeded');
}
