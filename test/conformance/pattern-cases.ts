/** Regular expressions in schemas (`pattern`) and rules (`matches` and its like): which are none, and what the others match. */

import type { Body } from './objects.ts';
import { post } from './requests.ts';
import { definitions, things } from './settle-definition.ts';
import type { Case } from './single-changes.ts';
import { thing, thingDefinition } from './thing-definition.ts';

const WRONG = [
  '(',
  'a)',
  '[a',
  '[b-a]',
  '[[:no:]]',
  '\\p{No such}',
  '\\pQ',
  'a**',
  '*',
  '+a',
  'a{1001}',
  'a{2,1}',
  '(a{500}){500}',
  '\\',
  'a\\y',
  '\\1',
  '\\8',
  '\\C',
  '\\x{110000}',
  '\\u0041',
  '\\Z',
  '(?=a)',
  '(?!a)',
  '(?<!a)',
  '(?z)',
  '(?i',
  '(?P<a',
  '(?P<a->x)',
  '(?P=a)',
  '(?>a)',
  'a++',
  'a{1}{2}{3}**',
];

/** With what they are asked about. */
const RIGHT: [pattern: string, values: string[]][] = [
  ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', ['a.b-c', 'a..b', 'A', '']],
  ['^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE])?$', ['1.5Gi', '.5m', '1x']],
  ['(?i)^(k|s)+$', ['\u212a\u017f', 'Ks', 'x']],
  ['^(?i:a)b$', ['Ab', 'aB']],
  ['(?s)^a.b$', ['a\nb', 'ab']],
  ['^a.b$', ['a\nb', 'a\rb', 'a\u{1f600}b']],
  ['(?m)^b$', ['a\nb', 'a\r\nb', 'ab']],
  ['\\Aab\\z', ['ab', 'ab\n']],
  ['^ab$', ['ab', 'ab\n']],
  ['(?U)^a+$', ['aa', 'b']],
  ['^(?P<n>a)(?<m>b)$', ['ab', 'a']],
  ['^(?P<n>a)(?<n>b)$', ['ab', 'a']],
  ['^[[:alpha:][:^ascii:]]+$', ['a\u00e9', '1']],
  ['^\\pL\\p{Greek}\\P{Lu}\\p{^Nd}$', ['\u00e9\u03b1ax', '\u00e9\u03b1Ax', '\u00e9\u03b1a1']],
  ['^\\w\\d\\s$', ['a1 ', '\u00e91 ', 'a\u0661 ', 'a1\u00a0']],
  ['\\bfoo\\B', ['food', 'foo', 'a foox']],
  ['^\\Qa.b\\E+$', ['a.bb', 'axb']],
  ['^[]a-]+$', [']-a', 'b']],
  ['^\\x41\\x{1F600}\\052\\a$', ['A\u{1f600}*\u0007', 'A']],
  ['^a{,2}$', ['a{,2}', 'aa']],
  ['^.{3}$', ['\u{1f600}\u{1f600}\u{1f600}', 'abcd']],
  ['^(a+)+$', [`${'a'.repeat(2000)}!`, 'aa']],
  ['^(a|aa)+$', [`${'a'.repeat(2000)}!`]],
  ['x*', ['']],
];

const RULES = [
  "self.s.find('(') == ''",
  "self.s.findAll('[b-a]').size() == 0",
  "self.s.findAll('[b-a]', 1).size() == 0",
  "self.s.matches('a++')",
  "matches(self.s, '\\\\y')",
  "self.s.find('[b-a]') == '' || int('x') == 1",
  "int('x') == 1 || self.s.find('[b-a]') == ''",
  "int(double('1e30')) == 1",
  "[int('x')].size() == 1",
  "uint('-1') == 1u || bool('x')",
];

const definition = (schema: Body): Body => thingDefinition({ spec: schema });

const fieldOf = (index: number): string => `p${index}`;
const withPatterns = (patterns: readonly string[]): Body => ({
  type: 'object',
  properties: Object.fromEntries(
    patterns.map((pattern, index) => [fieldOf(index), { type: 'string', maxLength: 3000, pattern }]),
  ),
});
const thingWith = (spec: Body): Body => thing({ spec });
const dryRun = { query: { dryRun: 'All' } };

const wrong: Case[] = WRONG.map((pattern) => ({
  name: `the pattern ${pattern}`,
  steps: [post(definitions, definition(withPatterns([pattern])), dryRun)],
}));

const matched: Case = {
  name: 'patterns and values',
  steps: [
    post(definitions, definition(withPatterns(RIGHT.map(([pattern]) => pattern))), { settles: 'definition' }),
    ...RIGHT.flatMap(([, values], index) =>
      values.map((value) => post(things('v1'), thingWith({ [fieldOf(index)]: value }), dryRun)),
    ),
  ],
};

const text = { type: 'string', maxLength: 60 };
const inRules: Case[] = RULES.map((rule) => ({
  name: `a rule with a wrong pattern: ${rule}`,
  steps: [
    post(
      definitions,
      definition({ type: 'object', properties: { s: text }, 'x-kubernetes-validations': [{ rule }] }),
      dryRun,
    ),
  ],
}));

/** Patterns that come with the object. */
const made: Case = {
  name: 'patterns that objects bring',
  steps: [
    post(
      definitions,
      definition({
        type: 'object',
        properties: { s: text, t: text },
        'x-kubernetes-validations': [
          { rule: 'self.s.matches(self.t)' },
          { rule: "self.s.find(self.t) == 'a'" },
          { rule: 'self.s.findAll(self.t).size() == 3' },
          { rule: 'self.s.findAll(self.t, 2).size() == 2' },
        ],
      }),
      { settles: 'definition' },
    ),
    ...['(', 'a', 'a*', '[a-c]', '(?i)A', '\\', 'b|'].map((t) =>
      post(things('v1'), thingWith({ s: 'abacad', t }), dryRun),
    ),
  ],
};

export const patternGroups: Readonly<Record<string, Case[]>> = {
  'patterns that are none': wrong,
  'patterns in rules': [...inRules, made],
  'patterns and values': [matched],
};
