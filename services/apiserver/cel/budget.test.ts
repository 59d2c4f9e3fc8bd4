import { describe, expect, test } from 'vitest';
import { MOST_OF_OBJECT } from './budget.ts';
import { newList, newMap } from './cel-value.ts';
import { evaluateExpression, type Outcome } from './evaluate.ts';
import { isMistake, parseExpression } from './parse-expression.ts';

/** test/conformance finds the same limits as a kube-apiserver; here is what it costs, and what no estimate lets one write there. */

const numbers = (count: number) => newList(Array.from({ length: count }, (_, index) => BigInt(index)));
const variables = { list: numbers(100), long: numbers(200_000), map: newMap([['a', 1n]]), s: 'abc', n: 2n };

function outcome(text: string): Outcome {
  const expression = parseExpression(text);
  if (isMistake(expression)) throw new Error(JSON.stringify(expression.mistakes));
  return evaluateExpression(expression, variables);
}

describe('the cost of', () => {
  test.each<[string, number]>([
    ['1 + 2', 1],
    ['n', 1],
    ['map.a', 2],
    ["map['a']", 2],
    ['list[0]', 2],
    ['list[n]', 2],
    ['list[n + 1]', 4],
    ['has(map.a)', 1],
    ['map.?a.orValue(0)', 2],
    ['map.?b.orValue(0)', 1],
    ['n == 2', 2],
    ['true ? n : 1', 0],
    ['true ? n + 1 : 1', 2],
    ['[1, 2, 3]', 0],
    ['[n]', 11],
    ["{'a': n}", 31],
    ['n in [1, 2]', 1],
    ['n in list', 102],
    ["s + 'defghijklmno'", 3],
    ["s.matches('^a+$')", 2],
    ["duration('1h') == duration('1h')", 1],
    ['[n][0]', 13],
    ['list.all(x, x >= 0)', 502],
    ['list.exists(x, x < 0)', 602],
    ['[1, 2].map(x, x)', 27],
    ['list.sum()', 101],
    ['list.distinct().size()', 20_013],
    ['sets.contains(list, list)', 10_003],
    ['lists.range(5).size()', 17],
  ])('%s is %i', (text, cost) => {
    expect(outcome(text).cost).toBe(cost);
  });
});

describe('an evaluation ends', () => {
  const ended = 'operation cancelled: actual cost limit exceeded';

  test.each([
    'long.distinct().size() > 0',
    'long.sort()[0] == 0',
    'sets.contains(long, long)',
    'long.all(x, x in long)',
    'lists.range(1000000000000).size() > 0',
    'false || long.all(x, long.all(y, true)) || true',
  ])('where it costs too much: %s', (text) => {
    expect(outcome(text)).toMatchObject({ error: ended });
  });

  test('with the list or map that it makes, of which each round knows as much as there was', () => {
    expect(outcome('lists.range(20000).map(x, x + 1)[19999] == 20000')).toMatchObject({ value: true });
    expect(outcome('lists.range(3).map(x, [x]).map(l, l + l)[2] == [2, 2]')).toMatchObject({ value: true });
    expect(outcome('[[1]].map(l, l + [2])[0] == [1, 2] && [[1]].map(l, l)[0] == [1]')).toMatchObject({ value: true });
    expect(outcome('lists.range(9).transformMap(i, x, x * 2)[8] == 16')).toMatchObject({ value: true });
  });
});

test('what costs little and takes long ends too', () => {
  const deep = newList([numbers(60_000)]);
  const expression = parseExpression('list.all(x, [deep] == [other])');
  if (isMistake(expression)) throw new Error(JSON.stringify(expression.mistakes));
  const before = { done: MOST_OF_OBJECT - 50_000_000 };
  const made = evaluateExpression(expression, { list: numbers(1000), deep, other: newList([numbers(60_000)]) }, before);
  expect(made).toMatchObject({ error: 'operation cancelled: actual cost limit exceeded' });
});
