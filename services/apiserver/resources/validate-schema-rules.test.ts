import { expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { countingDefinition, takePattern } from '../cel/compile-steps.ts';
import { validateSchemaRules } from './validate-schema-rules.ts';

test('rules may have lists and maps with optional entries', () => {
  const schema: Schema = {
    type: 'object',
    properties: { a: { type: 'integer' } },
    'x-kubernetes-validations': [
      { rule: '[?self.?a].size() == 1' },
      { rule: 'self.a > 1', messageExpression: "{?'a': self.?a}.size() > 0 ? 'x' : 'y'" },
    ],
  };
  expect(validateSchemaRules(schema, 'spec', { isStructural: true })).toEqual([]);
});

const text: Schema = { type: 'string', maxLength: 20_000 };
const dear: Schema = {
  type: 'object',
  properties: { s: text },
  'x-kubernetes-validations': [{ rule: 'self.s.contains(self.s)', messageExpression: 'self.s' }],
};

test('a rule that may cost too much is refused, unless its schema is stored as it is', () => {
  expect(validateSchemaRules(dear, 'spec', { isStructural: true })).toEqual([
    {
      reason: 'FieldValueForbidden',
      field: 'spec.x-kubernetes-validations[0].rule',
      message:
        'Forbidden: estimated rule cost exceeds budget by factor of 6.4x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
    },
  ]);
  expect(validateSchemaRules(dear, 'spec', { isStructural: true, isStored: true })).toEqual([]);
});

test('all rules together may not cost too much, wherever they are stored', () => {
  const rules = Array.from({ length: 6 }, (_, at) => ({ rule: `self.s.contains(self.s + '${'x'.repeat(at * 100)}')` }));
  const schema: Schema = {
    ...dear,
    properties: { s: { ...text, maxLength: 30_000 } },
    'x-kubernetes-validations': rules,
  };
  const causes = validateSchemaRules(schema, 'spec', { isStructural: true, isStored: true });
  expect(causes.map(({ field }) => field)).toEqual([
    ...[5, 4, 3, 2].map((at) => `spec.x-kubernetes-validations[${at}].rule`),
    'spec',
  ]);
});

test('a definition that takes too long to be checked is refused, and what is said of it then is not remembered', () => {
  const schema: Schema = { type: 'object', 'x-kubernetes-validations': [{ rule: 'has(self.metadata.name)' }] };
  const causes = countingDefinition(() => {
    takePattern('a', 100_000_000);
    return validateSchemaRules(schema, 'spec', { isStructural: true });
  });
  expect(causes).toMatchObject([{ message: expect.stringMatching(/take too long to be checked$/) as string }]);
  expect(validateSchemaRules(schema, 'spec', { isStructural: true })).toEqual([]);
});

/** Each rule takes as long as one may, and has a pattern. */
const largeSchema = (name: string): Schema => {
  const rule = `[1]${'.map(a, {a: a})'.repeat(30)}.size() > 1 || '${name}'.matches('${name}{900}')`;
  const rules = Array.from({ length: 3 }, (_, at) => ({ rule: `${rule} || ${at} == 0` }));
  return { type: 'object', 'x-kubernetes-validations': rules };
};

test('what a definition takes to be checked does not depend on what was checked before', () => {
  const versions = [largeSchema('a'), largeSchema('b')];
  const check = (): string[] =>
    countingDefinition(() =>
      versions.flatMap((schema, at) => validateSchemaRules(schema, `spec[${at}]`, { isStructural: true })),
    ).map(({ message = '' }) => message.replace(/.*: /s, ''));
  const before = check();
  expect([before.length > 0, before.at(-1)]).toEqual([true, expect.stringMatching(/take too long to be checked$/)]);
  expect(check()).toEqual(before);
});

test('of rules with a hundred mistakes each, shown with their lines, the first are told', () => {
  const rules = Array.from({ length: 90 }, (_, at) => ({ rule: `[${'a,'.repeat(8_000)}a] == ${at}` }));
  const schema: Schema = { type: 'object', 'x-kubernetes-validations': rules };
  const causes = validateSchemaRules(schema, 'spec', { isStructural: true });
  expect(causes.length).toBeGreaterThan(0);
  expect(JSON.stringify(causes).length).toBeLessThan(10_000_000);
});
