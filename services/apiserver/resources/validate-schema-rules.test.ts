import { expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { validateSchemaRules } from './validate-schema-rules.ts';

test('a rule that can not be evaluated is refused', () => {
  const schema: Schema = {
    type: 'object',
    properties: { a: { type: 'integer' } },
    'x-kubernetes-validations': [
      { rule: '[?self.?a].size() == 1' },
      { rule: 'self.a > 1', messageExpression: "{?'a': self.?a}.size() > 0 ? 'x' : 'y'" },
      { rule: 'self.a > 2' },
    ],
  };
  const causes = validateSchemaRules(schema, 'spec', { isStructural: true });
  const why =
    /compilation failed: lists and maps with optional entries \(\[\?a\], \{\?k: v\}\) can not be evaluated here: write the rule without them$/;
  expect(causes).toMatchObject([
    { field: 'spec.x-kubernetes-validations[0].rule', message: expect.stringMatching(why) as string },
    { field: 'spec.x-kubernetes-validations[1].messageExpression', message: expect.stringMatching(why) as string },
  ]);
});
