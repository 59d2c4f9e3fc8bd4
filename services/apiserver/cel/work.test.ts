import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { MOST_OF_OBJECT, type Work } from './budget.ts';
import { newList, newMap } from './cel-value.ts';
import { evaluateExpression, type Outcome } from './evaluate.ts';
import { jsonValue } from './json-value.ts';
import { isMistake, parseExpression } from './parse-expression.ts';
import { plainValue } from './plain-value.ts';

/** What costs little, or nothing, or is said to give something back, and takes minutes: it ends, and what only looks like it comes to a value. */

const ENDED = 'operation cancelled: actual cost limit exceeded';

const count = (length: number): number[] => Array.from({ length }, (_, index) => index);
const object = {
  l: count(60_000),
  long: count(100_000),
  m: Object.fromEntries(count(20_000).map((n) => [`k${n}`, n])),
  raw: 'QUJD'.repeat(100_000),
  wait: '1h'.repeat(200_000),
};
const schema: Schema = {
  type: 'object',
  properties: {
    l: { type: 'array', items: { type: 'integer' } },
    long: { type: 'array', items: { type: 'integer' } },
    m: { type: 'object', additionalProperties: { type: 'integer' } },
    raw: { type: 'string', format: 'byte' },
    wait: { type: 'string', format: 'duration' },
  },
};

function deepList(depth: number): unknown {
  let list: unknown[] = [];
  for (let level = 0; level < depth; level++) list = [list];
  return list;
}

const variables = {
  object: plainValue(object),
  self: jsonValue(object, schema),
  made: newMap(count(20_000).map((n) => [`k${n}`, BigInt(n)])),
  list: newList(count(20_000).map(BigInt)),
  a: 'a'.repeat(1000),
  address: `https://${'a'.repeat(400_000)}`,
  digits: '1'.repeat(400_000),
  hours: '1h'.repeat(200_000),
  version: `1.2.3-${'a.'.repeat(200_000)}b`,
  big: 'b'.repeat(400_000),
  deep: plainValue(deepList(200_000)),
  other: plainValue(deepList(200_000)),
};

function outcome(text: string, work: Work = { done: 0 }): Outcome {
  const expression = parseExpression(text);
  if (isMistake(expression)) throw new Error(JSON.stringify(expression.mistakes));
  return evaluateExpression(expression, variables, work);
}

/** What is to be ended need not take long before. */
const nearlyEnough = (): Work => ({ done: MOST_OF_OBJECT - 20_000_000 });

/** One list of ten, whose items are one list of ten, and so on. */
const shared = `[1]${'.map(a, [a, a, a, a, a, a, a, a, a, a])'.repeat(11)}`;

describe('an evaluation ends', () => {
  test.each([
    '([[1]].flatten(-9000000000000000) == [] || true) && lists.range(1000).all(i, lists.range(1000).all(j, true))',
    "([1].slice(dyn('x'), dyn(0)) == [] || true) && lists.range(1000).all(i, lists.range(1000).all(j, true))",
    '[lists.range(100000)].all(l, l.exists_one(i, l.exists_one(j, false)))',
    `${shared}.indexOf(dyn(0)) == 0`,
    `${shared}.flatten(12).size() > 0`,
    `'%s'.format([${shared}]) == ''`,
    'object.long.all(x, object.m.exists(k, true))',
    'object.long.all(x, object.m.size() > 0)',
    'self.long.all(x, self.m.exists(k, true))',
    'self.long.all(x, made.exists(k, true))',
    'list.all(x, size(list + [x]) > 0)',
    "size(a.replace('a', big)) > 0",
    'list.all(x, list.all(y, isURL(address)))',
    "[url(address)].all(u, list.all(x, list.all(y, u.getHostname() != '')))",
    'list.all(x, list.all(y, int(digits) > 0 || true))',
    'list.all(x, list.all(y, double(digits) > 0.0 || true))',
    "list.all(x, list.all(y, duration(hours) > duration('1s') || true))",
    'self.l.all(x, self.l.all(y, self.raw.size() > 0))',
    'self.l.all(x, self.l.all(y, self.wait.getHours() > 0))',
    '[semver(version)].all(v, list.all(x, list.all(y, !v.isLessThan(v))))',
    "list.all(x, list.all(y, ip('1.1.1.1').isGlobalUnicast()))",
    "'%.900000000f'.format([1e21]) == ''",
    `'${'%s'.repeat(200)}'.format(lists.range(200).map(x, big)) == ''`,
  ])('%s', (text) => {
    expect(outcome(text, nearlyEnough())).toMatchObject({ error: ENDED });
  });

  test('where the expressions before it about the same object have done much', () => {
    expect(outcome('list.all(x, x >= 0)')).toMatchObject({ value: true });
    expect(outcome('list.all(x, x >= 0)', { done: MOST_OF_OBJECT - 1000 })).toMatchObject({ error: ENDED });
  });

  test('where values are deeper than can be walked through', () => {
    expect(outcome('deep == other')).toHaveProperty('error');
  });
});

describe('an evaluation comes to a value', () => {
  test.each([
    'object.l.all(x, object.l.size() >= 0)',
    'self.l.all(x, self.l.size() >= 0)',
    "a.replace('a', 'bc').size() == 2000",
    'self.l.all(x, x in [0, 1, 2] || x > 2)',
    'lists.range(44).all(x, lists.range(44).all(y, lists.range(44).all(z, x + y + z >= 0)))',
    'lists.range(490).all(x, x in lists.range(490)) && list.sum() > 0 && list == list',
  ])('%s', (text) => {
    expect(outcome(text)).toMatchObject({ value: true });
  });

  test.each([
    ["[1].slice(dyn('x'), dyn(0))", 'no such overload'],
    ["lists.range(dyn('x'))", 'no such overload'],
    ["[[1]].flatten(dyn('x'))", 'no such overload'],
    ['[[1]].flatten(-1)', 'level must be non-negative'],
  ])('or to an error that is no end: %s', (text, error) => {
    const made = outcome(text);
    expect(made).toMatchObject({ error });
    expect(made.cost).toBeGreaterThanOrEqual(0);
  });
});
