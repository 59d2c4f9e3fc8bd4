import { describe, expect, test } from 'vitest';
import {
  addQuantities,
  canonicalQuantity,
  formatQuantity,
  milliQuantity,
  parseQuantity,
  wholeQuantity,
  ZERO,
} from './quantity.ts';

describe('a quantity in canonical form', () => {
  test.each([
    ['0', '0'],
    ['1', '1'],
    ['100m', '100m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    ['1.5Gi', '1536Mi'],
    ['1024Ki', '1Mi'],
    ['1023Ki', '1023Ki'],
    ['512', '512'],
    ['1000', '1k'],
    ['12e6', '12e6'],
    ['1e3', '1e3'],
    ['1e30', '1e30'],
    ['1e-3', '1e-3'],
    ['1e-100000000', '1e-9'],
    ['-1.5e-2147483647', '-1e-9'],
    ['0e100000000', '0'],
    [`1${'0'.repeat(999)}e-990`, '1e9'],
    ['250E', '250E'],
    ['0.1n', '1n'],
    ['-500m', '-500m'],
    [3, '3'],
  ])('%s is written %s', (text, expected) => {
    const quantity = parseQuantity(text);
    expect(quantity && formatQuantity(quantity)).toBe(expected);
  });

  test.each(['', 'x', '1.2.3', '1kb', 'Ki', '.'])('%j is no quantity', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  test.each([
    ['an exponent that takes minutes', '1e100000000'],
    ['an exponent beyond all numbers', '1e9999999999'],
    ['one that no number holds', `1e${'9'.repeat(1000)}`],
    ['one below all numbers', '1e-9999999999'],
    ['a thousand digits, and one more', '9'.repeat(1001)],
    ['as many in its fraction', `0.${'9'.repeat(1001)}`],
    ['a million digits and a letter', `${'1'.repeat(1_000_000)}x`],
  ])('%s is no quantity', (_, text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  test('a million digits are canonical of nothing', () => {
    expect(canonicalQuantity('9'.repeat(1_000_000))).toBeUndefined();
  });
});

describe('a sum of quantities', () => {
  test.each([
    [['4', '500m'], '4500m'],
    [['16391780Ki', '16391780Ki'], '32783560Ki'],
    [['1Gi', '1G'], '2073741824'],
    [['100m', '900m'], '1'],
  ])('of %j is %s', (texts, expected) => {
    const sum = texts.map((text) => parseQuantity(text) ?? ZERO).reduce(addQuantities, ZERO);
    expect(formatQuantity(sum)).toBe(expected);
  });
});

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
  [2, '2'],
  ...['2e0', '2E0', '1e+3', '1E3', '1024e0', '5.', '+1', '+3M', '01', '-2e0', '1.00e2', '1.500k', '+1Ki', '01Ki'].map(
    (text): [string, string] => [text, text],
  ),
  ['1.0', '1'],
  ['1.000', '1'],
  ['1e1', '10'],
  ['00.5', '500m'],
  ['+8Ki', '8Ki'],
  ['+1.5Ki', '1536'],
  ['+99999999999Ki', '+99999999999Ki'],
  ['+999999999999Ki', '999999999999Ki'],
  ['+1Ei', '1Ei'],
  ['+123456789012345678', '+123456789012345678'],
  ['+1234567890123456789', '1234567890123456789'],
  ['+1e-9', '+1e-9'],
  ['+1e-12', '1e-9'],
])('the quantity %s is answered as %s', (written, canonical) => {
  expect(canonicalQuantity(written)).toBe(canonical);
});

test.each([
  ['1', 1n, 1000n],
  ['1.5', 2n, 1500n],
  ['-1.5', -2n, -1500n],
  ['1Gi', 1073741824n, 1073741824000n],
  ['1n', 1n, 1n],
  [undefined, 0n, 0n],
])('%s is %i, in thousandths %i', (quantity, whole, milli) => {
  expect([wholeQuantity(quantity), milliQuantity(quantity)]).toEqual([whole, milli]);
});

test('the end of 64-bit integers without quotes is what it was before it was rounded', () => {
  expect(canonicalQuantity(JSON.parse('9223372036854775807'))).toBe('9223372036854775807');
});

test.each(['', 'abc', '1x', '1.2.3', 'Ki', '1 Gi'])('%j has no canonical text', (text) => {
  expect(canonicalQuantity(text)).toBeUndefined();
});
