import type { CelType } from './cel-type.ts';
import { checkExpression, MOST_ERRORS } from './check-expression.ts';
import { addStep, checkSteps, counting, ExpressionTooLarge } from './compile-steps.ts';
import { constantError } from './constant-errors.ts';
import type { DeclaredSize } from './estimate/declared-size.ts';
import { estimateCost } from './estimate/estimate-cost.ts';
import { type Expression, type ExpressionError, NOWHERE } from './expression.ts';
import type { Library } from './library.ts';
import { literalErrors } from './literal-errors.ts';
import { isMistake, isTooDeep, parseExpression, TOO_DEEP } from './parse-expression.ts';

/**
 * What an expression makes of the variables there are, or what is wrong with it, in cel-go's form: each error with its line and a mark below it.
 * `unready`: its types are right, and yet it can't be evaluated.
 */
export type Compiled = Ready | { error: string };

export interface Ready {
  expression: Expression;
  type: CelType;
  used: ReadonlySet<string>;
  unready?: string | undefined;
  /** What it may cost at most, where it is known how large `self` can be. */
  mostCost?: bigint;
}

type Variables = ReadonlyMap<string, CelType>;

/** To read a character. */
const READING_STEPS = 1;

interface Options {
  self?: DeclaredSize;
  hasBind?: boolean;
  library?: Library | undefined;
}

/** `self`: how large its values can be; with it is estimated what the expression may cost. `hasBind`: it may use `cel.bind`. `library`: what else it may name. */
export function compileExpression(
  text: string,
  variables: Variables,
  { self, hasBind = false, library }: Options = {},
): Compiled {
  try {
    return counting(() => {
      addStep(text.length * READING_STEPS);
      const parsed = parseExpression(text, { hasBind });
      if (isMistake(parsed)) return { error: formatErrors(parsed.mistakes, text) };
      return checked(parsed, text, { variables, self, library });
    });
  } catch (error) {
    return { error: formatErrors([limitError(error)], text) };
  }
}

interface Scope {
  variables: Variables;
  self: DeclaredSize | undefined;
  library: Library | undefined;
}

function checked(parsed: Expression, text: string, { variables, self, library }: Scope): Compiled {
  const found = checkExpression(parsed, variables, library);
  const { type, errors, more, used } = found;
  const wrong = errors.length > 0 ? errors : literalErrors(parsed, found.typeOf);
  checkSteps();
  if (wrong.length > 0) return { error: formatErrors(wrong, text, more) };
  const mostCost = self && estimateCost(parsed, found, self);
  return {
    expression: parsed,
    type,
    used,
    unready: constantError(parsed) ?? found.unready,
    ...(mostCost === undefined ? {} : { mostCost }),
  };
}

/** Whatever else it is goes up. */
function limitError(error: unknown): ExpressionError {
  if (error instanceof ExpressionTooLarge) return { at: NOWHERE, text: error.message };
  if (isTooDeep(error)) return TOO_DEEP;
  throw error;
}

/** `more`: how many there are besides. */
function formatErrors(errors: readonly ExpressionError[], text: string, more = 0): string {
  const first = errors.slice(0, MOST_ERRORS).sort((a, b) => a.at - b.at);
  const truncated = errors.length - first.length + more;
  return [
    ...first.map((error) => formatError(error, text)),
    ...(truncated > 0 ? [`${truncated} more errors were truncated`] : []),
  ].join('\n');
}

/** In bytes; of a longer line nothing is shown. */
const LONGEST_LINE = 16_384;

function formatError({ at, text: what }: ExpressionError, text: string): string {
  if (at === NOWHERE) return `ERROR: <input>:-1:0: ${what}`;
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end < 0 ? undefined : end).replaceAll('\t', ' ');
  const before = [...line.slice(0, at - start)];
  const number = text.slice(0, start).split('\n').length;
  const said = `ERROR: <input>:${number}:${before.length + 1}: ${what}`;
  if (Buffer.byteLength(line) > LONGEST_LINE) return said;
  return [said, ` | ${line}`, ` | ${markBelow(before, line, at - start)}`].join('\n');
}

/** Wide characters have wide marks. */
function markBelow(before: readonly string[], line: string, column: number): string {
  const isWide = (char: string): boolean => Buffer.byteLength(char) > 1;
  const dots = before.map((char) => (isWide(char) ? '\uff0e' : '.')).join('');
  const here = String.fromCodePoint(line.codePointAt(column) ?? 32);
  return `${dots}${isWide(here) ? '\uff3e' : '^'}`;
}
