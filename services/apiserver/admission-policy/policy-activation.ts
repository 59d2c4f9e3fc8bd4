import type { Work } from '../cel/budget.ts';
import { CelError, type CelMap, type CelValue, type Opaque } from '../cel/cel-value.ts';
import { evaluateExpression, type Outcome } from '../cel/evaluate.ts';
import type { Expression } from '../cel/expression.ts';
import { goQuoted } from '../types/go-quoted.ts';
import type { Prepared } from './compile-policy.ts';

/** What expressions are evaluated with, by the names of their variables. */
export interface Known {
  object: CelValue;
  oldObject: CelValue;
  namespaceObject: CelValue;
  request: CelValue;
  params: CelValue;
  /** Absent where nobody may be asked about rights. */
  authorizer?: Opaque;
}

export type Result = { value: CelValue } | { error: string };

/** Ends all expressions of a policy under one binding. */
export class PolicyBudgetError extends Error {}

export const NO_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** Several expressions about one write, which share the policy's variables and what may be spent. */
export interface Activation {
  /** Throws a PolicyBudgetError. */
  evaluate: (prepared: Prepared) => Result;
  left: () => number;
}

export function newActivation(variables: ReadonlyMap<string, Prepared>, known: Known, limit: number): Activation {
  let left = limit;
  const pay = (cost: number): void => {
    if (!(cost <= left)) throw new PolicyBudgetError(NO_BUDGET);
    left -= cost;
  };
  let spentOnVariables = 0;
  const work: Work = { done: 0 };
  const scope: Record<string, CelValue> = Object.fromEntries(Object.entries(known));
  const evaluate: Evaluate = (expression) => evaluateExpression(expression, scope, work);
  scope['variables'] = lazyVariables(variables, evaluate, (cost) => {
    spentOnVariables += cost;
    if (!(spentOnVariables <= left)) throw new PolicyBudgetError(NO_BUDGET);
  });
  return {
    left: () => left,
    evaluate: ({ text, outcome }) => {
      if ('error' in outcome) return { error: `compilation error: ${outcome.error}` };
      spentOnVariables = 0;
      const made = evaluate(outcome.expression);
      pay(spentOnVariables);
      pay(made.cost);
      return 'value' in made ? made : { error: `expression '${text}' resulted in error: ${made.error}` };
    },
  };
}

type Evaluate = (expression: Expression) => Outcome;

/** Each is evaluated once, when it is first named; those before it can be named in it. */
function lazyVariables(
  variables: ReadonlyMap<string, Prepared>,
  evaluate: Evaluate,
  spent: (cost: number) => void,
): CelMap {
  const known = new Map<string, CelValue | CelError>();
  const valueOfVariable = (name: string): CelValue | CelError | undefined => {
    const prepared = variables.get(name);
    if (prepared && !known.has(name)) known.set(name, variableValue(name, prepared, evaluate, spent));
    return known.get(name);
  };
  return {
    size: variables.size,
    keys: () => [...variables.keys()],
    find: (key) => {
      const found = typeof key === 'string' ? valueOfVariable(key) : undefined;
      if (found instanceof CelError) throw found;
      return found;
    },
  };
}

function variableValue(
  name: string,
  { outcome }: Prepared,
  evaluate: Evaluate,
  spent: (cost: number) => void,
): CelValue | CelError {
  const composited = `composited variable ${goQuoted(name)}`;
  if ('error' in outcome) return new CelError(`${composited} fails to compile: ${outcome.error}`);
  const made = evaluate(outcome.expression);
  spent(made.cost);
  return 'value' in made ? made.value : new CelError(`${composited} fails to evaluate: ${made.error}`);
}
