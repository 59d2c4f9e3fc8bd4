/** What rules cost when they are evaluated: where they end, and what is said then. */

import type { Body } from './objects.ts';
import { post } from './requests.ts';
import { ruleEstimateGroups } from './rule-estimate-cases.ts';
import { definitions, things } from './settle-definition.ts';
import type { Case } from './single-changes.ts';
import { thing, thingDefinition } from './thing-definition.ts';

const numbers = { type: 'array', maxItems: 80, items: { type: 'integer' } };
const properties = { numbers, s: { type: 'string', maxLength: 10 } };

const withRules = (...rules: Body[]): Body =>
  thingDefinition({ spec: { type: 'object', properties, 'x-kubernetes-validations': rules } });

const thingOf = (count: number): Body =>
  thing({ spec: { numbers: Array.from({ length: count }, (_, index) => index), s: 'abc' } });

/** Three loops, one within the other, are a little more than a million for 48 numbers. */
const cubed = 'self.numbers.all(x, self.numbers.all(y, self.numbers.all(z, x + y + z >= 0)))';

const asked = (counts: readonly number[], ...rules: Body[]): Case['steps'] => [
  post(definitions, withRules(...rules), { settles: 'definition' }),
  ...counts.map((count) => post(things('v1'), thingOf(count), { query: { dryRun: 'All' } })),
];

/** Each with as many numbers as fit just so, and as do not. */
const LIMITS: [rule: string, counts: number[]][] = [
  [cubed, [10, 47, 48]],
  ['self.numbers.all(x, self.numbers.exists(y, self.numbers.exists_one(z, z == x)))', [54, 70]],
  ['self.numbers.map(x, self.numbers.map(y, self.numbers.map(z, z > y))).size() >= 0', [39, 40, 50]],
  ['self.numbers.all(x, self.numbers.all(y, [?optional.of(x), y, ?optional.none()].size() == 2))', [70, 80]],
  ["self.numbers.all(x, self.numbers.all(y, {?'x': optional.of(x), 'y': y}.size() == 2))", [70, 80]],
  ["self.numbers.all(x, self.numbers.all(y, 'abcdefghijklmno'.contains('cde') && x in self.numbers))", [70, 80]],
];

const cases: Case[] = [
  ...LIMITS.map(([rule, counts]): Case => ({ name: `how long it takes: ${rule}`, steps: asked(counts, { rule }) })),
  {
    name: 'a rule that takes too long, with a message',
    steps: asked([60], { rule: cubed, message: 'too long' }, { rule: "self.s == 'x'" }),
  },
  {
    name: 'a message that takes too long to make',
    steps: asked(
      [10, 60],
      { rule: "self.s == 'x'", messageExpression: `${cubed} ? 'a' : 'b'` },
      { rule: "self.s == 'y'" },
    ),
  },
];

export const ruleCostGroups: Readonly<Record<string, Case[]>> = { 'what rules cost': cases, ...ruleEstimateGroups };
