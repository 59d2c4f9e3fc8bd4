import type { CelType } from './cel-type.ts';
import { checkExpression } from './check-expression.ts';
import { constantError } from './constant-errors.ts';
import type { Expression, ExpressionError } from './expression.ts';
import { literalErrors } from './literal-errors.ts';
import { isMistake, parseExpression } from './parse-expression.ts';

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
}

export function compileExpression(text: string, variables: ReadonlyMap<string, CelType>): Compiled {
  const parsed = parseExpression(text);
  if (isMistake(parsed)) return { error: formatErrors([parsed], text) };
  const { type, errors, used, typeOf } = checkExpression(parsed, variables);
  const wrong = errors.length > 0 ? errors : literalErrors(parsed, typeOf);
  return wrong.length > 0
    ? { error: formatErrors(wrong, text) }
    : { expression: parsed, type, used, unready: constantError(parsed) };
}

function formatErrors(errors: readonly ExpressionError[], text: string): string {
  const inOrder = errors.toSorted((a, b) => a.at - b.at);
  return inOrder.map((error) => formatError(error, text)).join('\n');
}

function formatError({ at, text: what }: ExpressionError, text: string): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end < 0 ? undefined : end).replaceAll('\t', ' ');
  const before = [...line.slice(0, at - start)];
  const number = text.slice(0, start).split('\n').length;
  return [
    `ERROR: <input>:${number}:${before.length + 1}: ${what}`,
    ` | ${line}`,
    ` | ${markBelow(before, line, at - start)}`,
  ].join('\n');
}

/** Wide characters have wide marks. */
function markBelow(before: readonly string[], line: string, column: number): string {
  const isWide = (char: string): boolean => Buffer.byteLength(char) > 1;
  const dots = before.map((char) => (isWide(char) ? '\uff0e' : '.')).join('');
  const here = String.fromCodePoint(line.codePointAt(column) ?? 32);
  return `${dots}${isWide(here) ? '\uff3e' : '^'}`;
}
