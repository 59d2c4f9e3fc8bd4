/** Rules when objects change: about what was, about what stays as it was, and what they say of it. */

import type { Body } from './objects.ts';
import { mergePatch, post } from './requests.ts';
import { definitionPath, definitions, things } from './settle-definition.ts';
import type { Case } from './single-changes.ts';
import { thing, thingDefinition } from './thing-definition.ts';

const text = { type: 'string', maxLength: 20 };
const number = { type: 'integer' };
const ruled = (schema: Body, ...rules: Body[]): Body => ({ ...schema, 'x-kubernetes-validations': rules });
const entry = { type: 'object', required: ['k'], properties: { k: text, v: number } };

const spec = (more: Body): Body => ({ type: 'object', properties: more });

const definition = (schema: Body): Body => thingDefinition({ spec: schema });

const thingWith = (spec: Body): Body => thing({ spec });

/** An object and what becomes of it. */
const changes = (name: string, schema: Body, first: Body, ...later: Body[]): Case => ({
  name,
  steps: [
    post(definitions, definition(schema), { settles: 'definition' }),
    post(things('v1'), thingWith(first)),
    ...later.map((value) => mergePatch(`${things('v1')}/a`, { spec: value })),
  ],
});

const cases: Case[] = [
  changes(
    'what may only grow',
    spec({
      n: ruled(number, { rule: 'self >= oldSelf', messageExpression: "'was %d'.format([oldSelf])" }),
      s: ruled(text, { rule: 'self == oldSelf', message: 'stays', reason: 'FieldValueForbidden' }),
    }),
    { n: 2 },
    { n: 1 },
    { n: 3, s: 'a' },
    { s: 'b' },
    { n: 1, s: 'b' },
    { n: null, s: null },
    { n: 1, s: 'c' },
  ),
  changes(
    'what was, if it was',
    ruled(
      spec({
        n: ruled(
          number,
          {
            rule: '!oldSelf.hasValue() || self >= oldSelf.value()',
            optionalOldSelf: true,
            messageExpression: "'was %d'.format([oldSelf.value()])",
            message: 'smaller',
          },
          { rule: 'oldSelf.orValue(5) < 9', optionalOldSelf: true, messageExpression: "'is %d'.format([self])" },
        ),
        m: number,
      }),
      { rule: 'oldSelf.hasValue() ? has(self.n) : self.m != 4', optionalOldSelf: true, fieldPath: '.n' },
      { rule: 'oldSelf.?n.orValue(0) < 8', optionalOldSelf: true, fieldPath: '.n', reason: 'FieldValueDuplicate' },
    ),
    { m: 1 },
    { n: 3 },
    { n: 2 },
    { n: 8 },
    { n: 9 },
    { n: null },
  ),
  changes(
    'items of lists by their keys, and of others not',
    spec({
      keyed: {
        type: 'array',
        maxItems: 5,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: ruled(entry, { rule: '!has(oldSelf.v) || self.v >= oldSelf.v', message: 'shrinks', fieldPath: '.v' }),
      },
      list: ruled(
        { type: 'array', maxItems: 5, items: entry },
        { rule: 'self.size() >= oldSelf.size()', reason: 'FieldValueInvalid' },
      ),
      set: ruled(
        { type: 'array', maxItems: 5, 'x-kubernetes-list-type': 'set', items: text },
        { rule: 'self == oldSelf', message: 'the same' },
        { rule: "self.all(x, x in oldSelf || x.startsWith('a'))" },
      ),
    }),
    {
      keyed: [
        { k: 'a', v: 1 },
        { k: 'b', v: 5 },
      ],
      list: [{ k: 'a' }],
      set: ['a', 'b'],
    },
    {
      keyed: [
        { k: 'b', v: 4 },
        { k: 'a', v: 1 },
      ],
    },
    {
      keyed: [
        { k: 'b', v: 6 },
        { k: 'c', v: 1 },
      ],
    },
    { list: [] },
    { set: ['b', 'a'] },
    { set: ['b', 'c'] },
  ),
  changes(
    'maps that are one value, and maps whose entries are known',
    spec({
      one: {
        type: 'object',
        'x-kubernetes-map-type': 'atomic',
        properties: { n: ruled(number, { rule: 'self < 5', message: 'too much' }) },
      },
      entries: {
        type: 'object',
        maxProperties: 5,
        additionalProperties: ruled(number, { rule: 'self >= oldSelf', message: 'shrinks' }),
      },
    }),
    { one: { n: 1 }, entries: { a: 1 } },
    { one: { n: 6 } },
    { entries: { a: 0 } },
    { entries: { b: 1 } },
    { entries: { a: null, b: 0 } },
  ),
  changes(
    'messages that come to nothing',
    spec({
      a: ruled(
        number,
        { rule: 'self > 1', messageExpression: "'a\\nb'" },
        { rule: 'self > 2', messageExpression: "' '", message: ' own ' },
        { rule: 'self > 3', messageExpression: "'%d'.format([1 / (self - 1)])", reason: 'FieldValueRequired' },
        { rule: 'self > 4', messageExpression: "' made '", reason: 'FieldValueForbidden' },
        { rule: 'self > 5\n|| self > 6', message: 'two\tlines' },
        { rule: 'self / (self - 1) > 100', message: 'no number' },
      ),
    }),
    { a: 200 },
    { a: 1 },
    { a: 2 },
    { a: 5 },
  ),
  {
    name: 'what was so may stay',
    steps: [
      post(definitions, definition(spec({ a: number, s: text, list: { type: 'array', maxItems: 5, items: number } })), {
        settles: 'definition',
      }),
      post(things('v1'), thingWith({ a: 1, s: 'x', list: [2, 3] })),
      mergePatch(
        definitionPath,
        {
          spec: definition(
            ruled(
              spec({
                a: ruled(number, { rule: 'self > 5', message: 'small' }),
                s: ruled(text, { rule: "self != 'x' && oldSelf != 'x'", message: 'x' }),
                list: { type: 'array', maxItems: 5, items: ruled(number, { rule: 'self > 1' }) },
              }),
              { rule: 'self.a > 5 || self.list.size() > 3', messageExpression: "'few of %d'.format([self.a])" },
            ),
          )['spec'],
        },
        { settles: 'definition' },
      ),
      ...[{ s: 'x' }, { a: 1, s: 'y' }, { list: [2, 3, 4] }, { list: [0] }, { a: 2 }, { a: 6 }].map((value) =>
        mergePatch(`${things('v1')}/a`, { spec: value }),
      ),
      mergePatch(`${things('v1')}/a`, { metadata: { labels: { l: '1' } } }),
    ],
  },
];

export const ruleChangeGroups: Readonly<Record<string, Case[]>> = { 'rules and changes': cases };
