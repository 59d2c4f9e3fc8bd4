import { expect, test } from 'vitest';
import { evaluateExpression, type Outcome } from './evaluate.ts';
import { isMistake, namesIn, parseExpression } from './parse-expression.ts';

function evaluated(text: string): Outcome {
  const parsed = parseExpression(text);
  if (isMistake(parsed)) throw new Error(parsed.text);
  return evaluateExpression(parsed, {});
}

test.each([
  ['&& that hold', `true${' && true'.repeat(10_000)}`, true],
  ['&& that do not', `true${' && true'.repeat(10_000)} && false`, false],
  ['|| of which the last holds', `${'false || '.repeat(10_000)}true`, true],
  ['errors before what decides', `${'1/0 == 1 || '.repeat(1_000)}true`, true],
  ['sums', `1${' + 1'.repeat(240)} == 241`, true],
  ['conditions within each other', `${'true ? '.repeat(100)}true${' : false'.repeat(100)}`, true],
  ['loops within each other', `${'[1].all(x, '.repeat(60)}true${')'.repeat(60)}`, true],
])('a long chain of %s is evaluated', (_, text, value) => {
  expect(evaluated(text)).toMatchObject({ value });
});

test('the names in a macro that uses its target twice, time and again', () => {
  const parsed = parseExpression(`self.?a${'.optMap(v, v)'.repeat(100)}.hasValue() && other`);
  expect(!isMistake(parsed) && [...namesIn(parsed)].sort()).toEqual(['other', 'self', 'v']);
});
