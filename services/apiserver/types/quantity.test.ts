import { expect, test } from 'vitest';
import { canonicalQuantity } from './quantity.ts';

test.each([
  ['1', '1'],
  ['0', '0'],
  ['0.5', '500m'],
  ['1500m', '1500m'],
  ['1000m', '1'],
  ['2000', '2k'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['512Ki', '512Ki'],
  ['100Ki', '100Ki'],
  ['0.5Ki', '512'],
  ['1e3', '1e3'],
  ['12e6', '12e6'],
  ['-1.5', '-1500m'],
  ['0.0000000001', '1n'],
  ['1E', '1E'],
  ['+3M', '3M'],
  [2, '2'],
])('the quantity %s is written %s', (written, canonical) => {
  expect(canonicalQuantity(written)).toBe(canonical);
});

test.each(['', 'abc', '1x', '1.2.3', 'Ki', '1 Gi'])('%j is no quantity', (text) => {
  expect(canonicalQuantity(text)).toBeUndefined();
});
