import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEqual } from '../merge/json-value.ts';
import { mergedTolerations } from './merged-tolerations.ts';
import type { Toleration } from './validate-pod-spec.ts';

/** What upstream does, each against each. */
function mergedOneByOne(all: readonly Toleration[]): Toleration[] {
  const kept: Toleration[] = [];
  for (const [index, one] of all.entries()) {
    const isNeedless =
      kept.some((other) => covers(other, one)) ||
      all.slice(index + 1).some((other) => !isEqual(other, one) && covers(other, one));
    if (!isNeedless) kept.push(one);
  }
  return kept;
}

function covers(other: Toleration, one: Toleration): boolean {
  if (isEqual(other, one)) return true;
  const { key = '', operator = '', effect = '', value = '', tolerationSeconds: seconds } = other;
  if (one.key !== other.key && (key !== '' || operator !== 'Exists')) return false;
  if (effect !== '' && one.effect !== effect) return false;
  const isShorter = seconds !== undefined && (one.tolerationSeconds === undefined || one.tolerationSeconds > seconds);
  if (effect === 'NoExecute' && isShorter) return false;
  return operator === 'Exists' || (one.operator === 'Equal' && (one.value ?? '') === value);
}

const toleration: fc.Arbitrary<Toleration> = fc.record(
  {
    key: fc.constantFrom('', 'a', 'b'),
    operator: fc.constantFrom('', 'Equal', 'Exists'),
    value: fc.constantFrom('', 'v', 'w'),
    effect: fc.constantFrom('', 'NoExecute', 'NoSchedule'),
    tolerationSeconds: fc.constantFrom(0, 1, 300),
  },
  { requiredKeys: [] },
);

test('tolerations that others cover go, as when each is held against each', () => {
  fc.assert(
    fc.property(fc.array(toleration, { maxLength: 8 }), (all) => {
      expect(mergedTolerations(all)).toEqual(mergedOneByOne(all));
    }),
    { numRuns: 3000, seed: 1 },
  );
});

test('there may be so many that each can not be held against each', () => {
  const seldom = (n: number): Toleration => ({ key: `k${n}`, operator: 'Exists', effect: 'NoSchedule' });
  const many = Array.from({ length: 40_000 }, (_, n) => seldom(n));
  expect(mergedTolerations([...many, ...many])).toEqual(many);
});
