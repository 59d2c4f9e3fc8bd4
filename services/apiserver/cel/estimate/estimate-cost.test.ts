import { expect, test } from 'vitest';
import type { Schema } from '../../../../shared/apis/schema.ts';
import { compileExpression } from '../compile-expression.ts';
import { schemaType } from '../schema-type.ts';
import { declaredSize, mostOften } from './declared-size.ts';

/** The numbers are those of a kube-apiserver 1.36 for the same schema and the same rule. */

const schema: Schema = {
  type: 'object',
  required: ['s'],
  properties: {
    s: { type: 'string', maxLength: 20 },
    open: { type: 'string' },
    n: { type: 'integer' },
    kind: { type: 'string', enum: ['a', 'abc'] },
    list: { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 5 } },
    texts: { type: 'array', items: { type: 'string' } },
    map: { type: 'object', maxProperties: 8, additionalProperties: { type: 'string', maxLength: 30 } },
    a: {
      type: 'object',
      properties: { m: { type: 'object', maxProperties: 4, additionalProperties: { type: 'string', maxLength: 100 } } },
    },
  },
};

const UNBOUNDED = 2n ** 64n - 1n;

const costs: [rule: string, cost: bigint][] = [
  ['self.n == 1', 2n],
  ["has(self.s) && self.s.startsWith('abc')", 4n],
  ["self.s.contains('abcdefghijklmno')", 18n],
  ["self.open.matches('^[a-z]+$')", 629148n],
  ["self.kind == 'abc'", 3n],
  ['self.list.all(x, x.size() > 2)', 63n],
  ['self.list.all(x, self.list.exists(y, x == y))', 863n],
  ["self.texts.all(x, x.matches('a+'))", 329857577778n],
  ['self.map.all(k, v, v.contains(k + v))', 1299n],
  ['self.a.m.all(k, v, v.contains(k))', 6424n],
  ["self.list.map(x, x + 'abc').join(', ').size() > 3", 1844674407370955439n],
  ["self.s.replace('a', 'bcd').split(',').size() > 1", 68n],
  ['self.list.sort() == self.list', 226n],
  ["sets.contains(self.list, ['a', 'b'])", 33n],
  ['[1, 2].slice(2, 1) == [1]', UNBOUNDED],
  ["['abc'].all(x, x == self.s)", 17n],
  ["self.?s.orValue('') == 'a'", 4n],
  ["self.?s.optMap(x, x.lowerAscii()).orValue('a') == 'b'", 1844674407370955284n],
  ["self.list.filter(x, x != '').sortBy(x, x).size() == 1", 529n],
  ["quantity(self.s) == quantity('1') && url(self.s) == url('a')", 24n],
  ['cidr(self.s).containsCIDR(self.s)', 27n],
  [
    '!format.named(self.s).hasValue() && format.dns1123Label().validate(self.s) == optional.none()',
    1844674407370955529n,
  ],
  ["type(self.n) == int ? self.s < 'b' : dyn(self.list) == [1]", 18n],
];

test.each(costs)('what it may cost: %s', (rule, cost) => {
  const self = schemaType(schema, { name: 'self', isResource: false });
  const size = declaredSize(schema, false);
  if (!self || !size) throw new Error('rules see nothing of the schema');
  expect(compileExpression(rule, new Map([['self', self]]), { self: size })).toMatchObject({ mostCost: cost });
});

test('how often a value can be in one object', () => {
  const size = declaredSize(schema, false);
  expect(size && mostOften(size)).toBe(314572n);
});
