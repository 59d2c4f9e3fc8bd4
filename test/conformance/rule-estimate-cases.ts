/** What rules may cost by what their schema says: which are too dear when they are written, by how much, and which just are not. */

import type { Body } from './objects.ts';
import { mergePatch, post } from './requests.ts';
import { definitionPath, definitions } from './settle-definition.ts';
import type { Case } from './single-changes.ts';
import { thingDefinition } from './thing-definition.ts';

const text = (maxLength: number): Body => ({ type: 'string', maxLength });
const list = (maxItems: number, items: Body): Body => ({ type: 'array', maxItems, items });
const map = (maxProperties: number, additionalProperties: Body): Body => ({
  type: 'object',
  maxProperties,
  additionalProperties,
});
const ruled = (schema: Body, ...rules: Body[]): Body => ({ ...schema, 'x-kubernetes-validations': rules });
const object = (properties: Body, ...rules: Body[]): Body => ruled({ type: 'object', properties }, ...rules);
const number = { type: 'integer' };

const written = (spec: Body): Case['steps'][number] =>
  post(definitions, thingDefinition({ spec }), { query: { dryRun: 'All' } });

/** What a schema is made of, with numbers that are just enough, a little too much, and too much. */
const bounded = (name: string, sizes: readonly number[], schema: (size: number) => Body): Case => ({
  name,
  steps: sizes.map((size) => written(schema(size))),
});

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
/** Each a little dearer than the one before, and none too dear by itself. */
const dear = (size: number): Body =>
  Object.fromEntries(names.map((name, at) => [name, ruled(text(size + at * 30), { rule: 'self.contains(self)' })]));

const within: Case[] = [
  bounded('loops', [816, 817, 1500, 10_000], (size) =>
    object({ list: list(size, text(10)) }, { rule: "self.list.all(x, self.list.exists(y, y == x + 'ab'))" }),
  ),
  bounded('three loops', [103, 104, 300], (size) =>
    object(
      { list: list(size, number) },
      { rule: 'self.list.all(x, self.list.all(y, self.list.all(z, x + y + z >= 0)))' },
    ),
  ),
  bounded('texts', [7905, 7906, 9685, 80_000], (size) =>
    object({ s: text(size) }, { rule: 'self.s.contains(self.s)' }),
  ),
  bounded('messages', [7905, 7906, 80_000], (size) =>
    object({ s: text(size) }, { rule: "self.s == 'a'", messageExpression: "self.s.contains(self.s) ? 'a' : 'b'" }),
  ),
  bounded('a rule within lists', [3333, 3334, 10_000], (size) => {
    const item = object({ s: text(20) }, { rule: "self.s.startsWith('a')" });
    return object({ l: list(1000, list(size, item)) });
  }),
  bounded('a rule within a map', [2409, 2410, 2_000_000], (size) =>
    object({ m: map(size, list(50, ruled(text(100), { rule: "self.matches('a+b+c')" }))) }),
  ),
  bounded('a message within lists costs as much as it does once', [7905, 7906], (size) => {
    const message = "self.contains(self) ? 'a' : 'b'";
    return object({ l: list(10, ruled(text(size), { rule: "self != ''", messageExpression: message })) });
  }),
  bounded('a rule in a list without a bound', [70, 71], (size) => {
    const item = { ...object({ s: text(size) }, { rule: "self.s.lowerAscii() == 'abc'" }), required: ['s'] };
    return object({ l: { type: 'array', items: item } });
  }),
  bounded('all rules together', [7049, 7050, 7600], (size) => object(dear(size))),
  bounded('just between two numbers', [2_500_000, 3_500_000], (size) =>
    object({ l: list(size, ruled(number, { rule: 'self + 1 + 1 + 1 + 1 + 1 + 1 + 1 > 0' })) }),
  ),
  bounded('just between two small numbers', [3_359_375], (size) =>
    object({ l: list(size, ruled(number, { rule: 'self + 1 > 0' })) }),
  ),
];

const open = { type: 'array', items: { type: 'string' } };

/** Without a bound. */
const RULES = [
  'self.l.all(x, self.l.exists(y, x == y))',
  "self.l.all(x, x.matches('^a+$'))",
  'self.l.size() > 1',
  "self.l.join(',') == ''",
  'self.l.sort() == self.l',
  'sets.contains(self.l, self.l)',
  "self.m.all(k, v, k != 'a' && v > 1)",
  "self.any == 'abc' || self.any == 1",
  "self.?s.orValue('').startsWith('a')",
  "self.?s.orValue('').contains('a')",
  'self.s == oldSelf.s',
  'oldSelf.l.all(x, x in self.l)',
  '[1, 2].slice(2, 1) == [1]',
  'lists.range(10000000).size() > 1',
  "quantity(self.s).isGreaterThan(quantity('1'))",
  "[?self.?s, 'a'].all(x, x.contains('ab'))",
  "{'a': 'b', ?'s': self.?s}.all(k, v, v.contains(k))",
  'self.l.map(x, [?optional.of(x)]).size() > 1',
];

const unbounded = RULES.map(
  (rule): Case => ({
    name: `without a bound: ${rule}`,
    steps: [
      written(
        object(
          {
            l: open,
            m: { type: 'object', additionalProperties: number },
            s: { type: 'string' },
            any: { 'x-kubernetes-int-or-string': true },
          },
          { rule },
        ),
      ),
    ],
  }),
);

const others: Case[] = [
  {
    name: 'a dear rule beside one that is none',
    steps: [
      written(object({ l: open }, { rule: 'self.l.all(x, self.l.exists(y, x == y))' }, { rule: 'self.x == 1' })),
      written(object({ l: open }, { rule: 'self.l.all(x, self.l.exists(y, x == y))', messageExpression: 'self.l' })),
    ],
  },
  {
    name: 'a dear rule about what may have been',
    steps: [
      written(object({ l: open }, { rule: 'oldSelf.optMap(o, o.l == self.l).orValue(true)', optionalOldSelf: true })),
      written(object({ l: open }, { rule: 'self.l.all(x, self.l.exists(y, x == y))', optionalOldSelf: true })),
    ],
  },
  {
    name: 'a rule of objects in objects, and of whole objects',
    steps: [
      written(
        object({
          l: list(100, {
            ...object({}, { rule: 'self.metadata.name.contains(self.kind)' }),
            'x-kubernetes-embedded-resource': true,
            'x-kubernetes-preserve-unknown-fields': true,
          }),
        }),
      ),
    ],
  },
  {
    name: 'a definition becomes dearer, and changes otherwise',
    steps: [
      post(definitions, thingDefinition({ spec: object(dear(7049)) }), { settles: 'definition' }),
      mergePatch(definitionPath, { metadata: { labels: { a: 'b' } } }),
      mergePatch(definitionPath, { spec: thingDefinition({ spec: object(dear(7050)) })['spec'] }),
      mergePatch(definitionPath, { spec: thingDefinition({ spec: object({ s: text(10) }) })['spec'] }),
    ],
  },
];

export const ruleEstimateGroups: Readonly<Record<string, Case[]>> = {
  'what rules may cost': [...within, ...unbounded, ...others],
};
