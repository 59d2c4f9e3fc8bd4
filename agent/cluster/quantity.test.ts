import { describe, expect, test } from 'vitest';
import { addQuantities, formatQuantity, parseQuantity, ZERO } from './quantity.ts';

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
