import { expect, test } from 'vitest';
import { int64Of, isInt64 } from './number-range.ts';

test.each([
  [2 ** 63, true, 9_223_372_036_854_775_807n],
  [-(2 ** 63), true, -9_223_372_036_854_775_808n],
  [2 ** 63 + 2048, false, 9_223_372_036_854_777_856n],
  [5, true, 5n],
])('%s as an integer of 64 bits', (value, isOne, integer) => {
  expect([isInt64(value), int64Of(value)]).toEqual([isOne, integer]);
});
