import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { type Asker, authorizerValue } from './authorizer-functions.ts';
import { Optional } from './cel-value.ts';
import { evaluateExpression } from './evaluate.ts';
import { jsonValue } from './json-value.ts';
import { isMistake, parseExpression } from './parse-expression.ts';

/** test/conformance compares what rules come to with a kube-apiserver; here is what it can't ask. */

const schema: Schema = {
  type: 'object',
  properties: {
    a: { type: 'integer' },
    q: { type: 'number' },
    n: { type: 'integer', nullable: true },
    wait: { type: 'string', format: 'duration' },
    set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    keyed: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: { type: 'object', properties: { k: { type: 'string' }, v: { type: 'integer' } } },
    },
    map: { type: 'object', additionalProperties: { type: 'integer' } },
  },
};

const object = {
  a: 5,
  q: 2,
  n: null,
  wait: '1d2h',
  set: ['a', 'b'],
  keyed: [
    { k: 'a', v: 1 },
    { k: 'b', v: 2 },
  ],
  map: { x: 1, y: 2 },
};

const asker: Asker = {
  may: () => ({ allowed: true, reason: '' }),
  mayVisit: () => ({ allowed: true, reason: '' }),
  serviceAccount: () => asker,
};
const request = { group: '', resource: 'pods', subresource: '', namespace: '', name: '' };
const authorizer = authorizerValue(asker, request);

function outcome(rule: string): unknown {
  const expression = parseExpression(rule);
  if (isMistake(expression)) throw new Error(JSON.stringify(expression.mistakes));
  const self = jsonValue(object, schema);
  const made = evaluateExpression(expression, { self, oldSelf: new Optional(), authorizer });
  return 'value' in made ? made.value : made.error;
}

describe('an expression', () => {
  test.each<[string, unknown]>([
    ['self.a / 2', 2n],
    ['self.q / 4.0', 0.5],
    ['has(self.n)', false],
    ['self.n', 'no such key: n'],
    ['self.wait.getHours()', 26n],
    ["self.set == ['b', 'a']", true],
    ["self.set + ['b', 'c'] == ['a', 'b', 'c']", true],
    ["(self.keyed + [{'k': 'b', 'v': 3}])[1].v", 3n],
    ['self.map.map(k, self.map[k])[1]', 2n],
    ['self.map.transformMapEntry(k, v, {v: k})[2]', 'y'],
    ['self.nope.all(x, true)', 'no such key: nope'],
    ['[1, 0].exists(x, 1 / x == 1)', true],
    ['[0, 1].all(x, 1 / x == 2)', false],
    ['[0, 1].all(x, 1 / x == 1)', 'division by zero'],
    ['oldSelf.hasValue()', false],
    ['oldSelf.orValue(self).a', 5n],
    ['dyn(1) == 1.0 && 2u > 1 && 1u in [1u]', true],
    ['9223372036854775807 + 1', 'integer overflow'],
    ["'%s %d %.1f %x %b'.format(['a', 1, 2.55, 255, 5])", 'a 1 2.5 ff 101'],
    [
      "'%s'.format([[1.5, 'a\"', b'a', 1u, null, int, duration('90s'), timestamp('2020-01-01T00:00:00Z'), {'b': 1, 'a': [true]}]])",
      '[1.500000, "a\\"", b"a", 1, null, int, duration("90s"), timestamp("2020-01-01T00:00:00Z"), {"a":[true], "b":1}]',
    ],
    ["'%s %s %s'.format([1.5, 'a', 1.0 / 0.0])", '1.5 a +Inf'],
    [
      "'%f %.0f %.2f %f'.format([1234567.891, 2.5, -1234.0, 1e21])",
      '1,234,567.891000 2 -1,234.00 1,000,000,000,000,000,000,000.000000',
    ],
    [
      "'%e|%e|%f|%.20e'.format([-1.2345e-7, 1.0 / 0.0, 'NaN', 15.0])",
      '-1.234500×10⁻⁰⁷|     ∞|NaN|       1.500000×10⁰¹',
    ],
    [
      "'%d'.format([dyn('a')])",
      'error during formatting: decimal clause can only be used on integers, was given string',
    ],
    ["string(b'\\xff') == ''", 'invalid UTF-8 in bytes, cannot convert to string'],
    ['type(self.a) == int && type(type(1)) == type', true],
    ["['b', 'a'].sortBy(x, x).join(',')", 'a,b'],
    ['lists.range(3).transformList(i, v, i * v).sum()', 5n],
    ["cidr('fd00::/8').containsIP(ip('fd12::1')) && string(cidr('10.1.2.3/8').masked()) == '10.0.0.0/8'", true],
    ["semver('v1.2', true).compareTo(semver('1.2.0-rc.1'))", 1n],
    ["timestamp('2024-01-01T00:00:00Z').getHours('America/New_York')", 19n],
    ['optional.of(1).optFlatMap(x, optional.of(x + 1)).value()', 2n],
    ['dyn(1.5).orValue(2) == 1.5 && dyn(1).or(optional.of(2)) == 1', true],
    ["dyn(1)[?'a'].hasValue() || self.?a[?'a'].hasValue()", false],
    ["dyn([1])[?'a']", "unsupported index type 'string' in list"],
    ['dyn([1])[?1.5]', 'unsupported index value 1.5 in list'],
    ['{1: 2}[1] + {true: 3}[true]', 5n],
    ['string(timestamp(9000000000000000000))', 'timestamp overflow'],
    ['timestamp(9000000000000000000).getFullYear() > 0 || true', true],
    ["timestamp('9999-12-31T23:59:59Z').getFullYear('Asia/Tokyo')", 10_000n],
    ["timestamp('9999-12-31T23:59:59Z') + duration('1s')", 'timestamp overflow'],
    ["string(timestamp('9999-12-31T23:59:59.999Z'))", '9999-12-31T23:59:59.999Z'],
    ["timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", 'duration overflow'],
    ["'%.200f'.format([1.0])", 'toFixed() digits argument must be between 0 and 100'],
    ["'%.200f'.format([1.0]) == '' || true", true],
    ["url('https://a/?b=1&c=2&b=3').getQuery()['b'] == ['1', '3']", true],
    ['dyn(authorizer).constructor', 'no such key: constructor'],
    ['has(authorizer.requestResource) && !has(authorizer.toString)', true],
  ])('%s', (rule, value) => {
    expect(outcome(rule)).toEqual(value);
  });

  test('ends when it costs too much', () => {
    expect(outcome('lists.range(2000000).size() > 0')).toBe('operation cancelled: actual cost limit exceeded');
  });
});
