import { expect, test } from 'vitest';
import { evaluateExpression, type Outcome } from './evaluate.ts';
import { isMistake, namesIn, parseExpression } from './parse-expression.ts';

function evaluated(text: string): Outcome {
  const parsed = parseExpression(text);
  if (isMistake(parsed)) throw new Error(JSON.stringify(parsed.mistakes));
  return evaluateExpression(parsed, {});
}

test.each([
  ['&& that hold', `true${' && true'.repeat(10_000)}`, true],
  ['&& that do not', `true${' && true'.repeat(10_000)} && false`, false],
  ['|| of which the last holds', `${'false || '.repeat(10_000)}true`, true],
  ['errors before what decides', `${'1/0 == 1 || '.repeat(1_000)}true`, true],
  ['sums', `1${' + 1'.repeat(240)} == 241`, true],
  ['conditions within each other', `${'false ? false : '.repeat(100)}true`, true],
  ['conditions that are closed', `${'true ? ('.repeat(100)}true${') : false'.repeat(100)}`, true],
  ['loops within each other', `${'[1].all(x, '.repeat(60)}true${')'.repeat(60)}`, true],
])('a long chain of %s is evaluated', (_, text, value) => {
  expect(evaluated(text)).toMatchObject({ value });
});

test('the names in a macro that uses its target twice, time and again', () => {
  const parsed = parseExpression(`self.?a${'.optMap(v, v)'.repeat(100)}.hasValue() && other`);
  expect(!isMistake(parsed) && [...namesIn(parsed)].sort()).toEqual(['other', 'self', 'v']);
});

test.each<[string, unknown]>([
  ['1 - 2 - 3 * 4 % 5', -3n],
  ['-(1) + --2 - -3', 4n],
  ['!!true && !false', true],
  ['true == 1 < 2', 'no such overload'],
  ['1 < 2 == true', true],
  ['1in[1]', true],
  ['0x1F + 007', 38n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['-0x8000000000000000', -(2n ** 63n)],
  ['.5 + 1e1', 10.5],
  ['r\'\\\' + R"\\n"', '\\\\n'],
  ["'\\x41\\u00e4\\U0001F600\\101\\a\\`'", 'Aä😀A\x07`'],
  ['"""a"b\r\nc""" + \'\'\'d\'\'\'', 'a"b\ncd'],
  ["b'ä\\xff\\377' == bytes('ä') + b'\\xff\\xff'", true],
  ["br'\\x' == b'\\\\x'", true],
  ['1 // a comment " of one line\n\f+ 1', 2n],
  ['[?optional.none(), ?optional.of(2), 3,] == [2, 3]', true],
  ["{'a': 1, ?'a': optional.none(), ?'b': optional.of(2)} == {'b': 2}", true],
  ['[?dyn(1)]', 'cannot initialize optional list element from non-optional value 1'],
  ["{?'a': dyn('b')}", "cannot initialize optional entry 'a' from non-optional value b"],
  ['[?optional.of(1)].map(x, [?optional.of(x), ?optional.none()])[0] == [1]', true],
])('%s comes to %s', (text, value) => {
  const outcome = evaluated(text);
  expect('value' in outcome ? outcome.value : outcome.error).toEqual(value);
});
