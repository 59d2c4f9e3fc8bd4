import { expect, test } from 'vitest';
import { shownTerms } from './affinity.ts';

test('terms of nodes are shown as Go has them, with what is not set', () => {
  const nothing = { Key: '', Operator: '', Values: null };
  expect(shownTerms(undefined)).toBe(null);
  expect(
    shownTerms([{}, { matchExpressions: [{}], matchFields: [{ key: 'a', operator: 'In', values: ['b'] }] }]),
  ).toEqual([
    { MatchExpressions: null, MatchFields: null },
    { MatchExpressions: [nothing], MatchFields: [{ Key: 'a', Operator: 'In', Values: ['b'] }] },
  ]);
});
