import { expect, test } from 'vitest';
import { parseDuration } from './parse-duration.ts';

test.each([
  ['0', 0],
  ['-0', -0],
  ['1s', 1000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['1.s', 1000],
  ['-2m', -120_000],
  ['+1h30m', 5_400_000],
  ['250µs', 0.25],
])('%s is read', (text, ms) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 6);
});

test.each([
  ['', 'time: invalid duration ""'],
  ['-', 'time: invalid duration "-"'],
  ['s', 'time: invalid duration "s"'],
  ['.s', 'time: invalid duration ".s"'],
  ['-1', 'time: missing unit in duration "-1"'],
  ['1.5', 'time: missing unit in duration "1.5"'],
  ['1s2', 'time: missing unit in duration "1s2"'],
  ['1x', 'time: unknown unit "x" in duration "1x"'],
  ['1toString', 'time: unknown unit "toString" in duration "1toString"'],
  ['3ü', 'time: unknown unit "\\xc3\\xbc" in duration "3\\xc3\\xbc"'],
  ['a"b', 'time: invalid duration "a\\"b"'],
  ['99999999999999999999', 'time: invalid duration "99999999999999999999"'],
  ['9999999h', 'time: invalid duration "9999999h"'],
])('%j is refused as Go refuses it', (text, message) => {
  expect(() => parseDuration(text)).toThrow(new Error(message));
});
