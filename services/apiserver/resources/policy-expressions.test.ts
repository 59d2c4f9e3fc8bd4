import { expect, test } from 'vitest';
import { conditionCauses, policyExpressionCauses } from './policy-expressions.ts';

test('of more conditions than there may be the rest is not compiled, and still must be there', () => {
  const conditions = Array.from({ length: 66 }, (_, n) => ({ name: `c${n}`, expression: 'nobody' }));
  conditions[65] = { name: 'c65', expression: ' ' };
  const causes = conditionCauses(conditions, 'matchConditions', false);
  expect(causes.map(({ field }) => field)).toEqual([
    ...conditions.slice(0, 64).map((_, n) => `matchConditions[${n}].expression`),
    'matchConditions[65].expression',
  ]);
  expect(causes.at(-1)?.reason).toBe('FieldValueRequired');
});

test('of more annotations than there may be the rest is not compiled', () => {
  const auditAnnotations = Array.from({ length: 30 }, (_, n) => ({ key: `k${n}`, valueExpression: 'nobody' }));
  const policy = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'p' }, spec: { auditAnnotations } };
  expect(policyExpressionCauses(policy).map(({ field }) => field)).toEqual(
    auditAnnotations.slice(0, 20).map((_, n) => `spec.auditAnnotations[${n}].valueExpression`),
  );
});

test('a policy that takes too long to be checked is refused', () => {
  const expression = `[1]${'.map(a, {a: a})'.repeat(30)}.size() > 1`;
  const validations = Array.from({ length: 8 }, () => ({ expression }));
  const policy = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'p' }, spec: { validations } };
  const messages = policyExpressionCauses(policy).map(({ message = '' }) => message.replace(/.*: /s, ''));
  expect(messages.at(0)).toBe('the types of the expression are too large to be checked');
  expect(messages.at(-1)).toMatch(/take too long to be checked$/);
});
