import { patternError } from '../types/go-pattern.ts';
import { addStep, stepsOf } from './compile-steps.ts';
import { evaluateExpression } from './evaluate.ts';
import { childrenOf, type Expression } from './expression.ts';
import { isConstant } from './expression-cost.ts';

/**
 * Why a checked expression can't be made ready: patterns and conversions of constants are worked out before anything is evaluated. The first of them, in the
 * order in which cel-go plans (`interpreter/decorators.go`): what something is made of comes before it.
 */
export function constantError(expression: Expression): string | undefined {
  for (const part of childrenOf(expression)) {
    const why = constantError(part);
    if (why !== undefined) return why;
  }
  return ownError(expression);
}

/** To work out a constant, beside what is done for it: those within it are worked out again. */
const CONSTANT_STEPS = 20;

const MATCHING = ['matches', 'find', 'findAll'];

function ownError(part: Expression): string | undefined {
  if (part.kind !== 'call') return undefined;
  if (isConstant(part)) {
    const work = { done: 0 };
    const outcome = evaluateExpression(part, {}, work);
    addStep(CONSTANT_STEPS + stepsOf(work));
    return 'error' in outcome ? outcome.error : undefined;
  }
  const pattern = MATCHING.includes(part.name) ? part.args[part.target ? 0 : 1] : undefined;
  return pattern?.kind === 'literal' ? patternError(String(pattern.value)) : undefined;
}
