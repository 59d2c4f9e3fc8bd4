import { childrenOf, depthOf, type Expression, type ExpressionError, NOWHERE } from './expression.ts';
import { type Macros, parseTokens, TooDeep } from './expression-grammar.ts';
import { SyntaxMistake } from './expression-tokens.ts';

/** In characters, as cel-go has it. */
const LONGEST = 100_000;
/** Levels of parts within parts, once macros are expanded: what is as deep as the grammar lets it be, and has hardly been written by hand, would not fit the stack everywhere. */
const DEEPEST = 500;

export const TOO_DEEP: ExpressionError = { at: NOWHERE, text: `expression recursion limit exceeded: ${DEEPEST}` };

/** Why a text is no expression. */
export interface Mistakes {
  mistakes: ExpressionError[];
}

/** An expression as a tree, its macros expanded. */
export function parseExpression(text: string, macros: Macros = { hasBind: false }): Expression | Mistakes {
  const size = text.length > LONGEST ? [...text].length : 0;
  if (size > LONGEST) return nowhere(`expression code point size exceeds limit: size: ${size}, limit ${LONGEST}`);
  try {
    const { expression, mistakes } = parseTokens(text, macros);
    if (mistakes.length > 0) return { mistakes };
    return depthOf(expression) > DEEPEST ? { mistakes: [TOO_DEEP] } : expression;
  } catch (error) {
    if (error instanceof SyntaxMistake) return { mistakes: [{ at: error.at, text: `Syntax error: ${error.message}` }] };
    if (error instanceof TooDeep) return nowhere(error.message);
    if (isTooDeep(error)) return { mistakes: [TOO_DEEP] };
    throw error;
  }
}

const nowhere = (text: string): Mistakes => ({ mistakes: [{ at: NOWHERE, text }] });

/** Whether the stack did not hold what is within itself. */
export const isTooDeep = (error: unknown): boolean =>
  error instanceof RangeError && error.message.includes('call stack');

export const isMistake = (outcome: Expression | Mistakes): outcome is Mistakes => 'mistakes' in outcome;

/** The names that an expression uses, variables of its own among them. */
export function namesIn(expression: Expression): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<Expression>();
  const visit = (part: Expression): void => {
    if (seen.has(part)) return;
    seen.add(part);
    if (part.kind === 'ident') names.add(part.name);
    childrenOf(part).forEach(visit);
  };
  visit(expression);
  return names;
}
