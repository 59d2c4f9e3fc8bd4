import { expect, test } from 'vitest';
import { durationNanos } from './time-texts.ts';

const HOUR = 3_600_000_000_000n;

test.each([
  ['1h', HOUR],
  ['2d', 48n * HOUR],
  ['1 day', 24n * HOUR],
  ['1w2d', 216n * HOUR],
  ['1 week 1h', 169n * HOUR],
])('%s is %s nanoseconds', (text, nanos) => {
  expect(durationNanos(text)).toBe(nanos);
});

test.each([
  ['a million digits', `${'1'.repeat(1_000_000)}s`],
  ['as many blanks', `1${' '.repeat(1_000_000)}x`],
  ['as many numbers', '1 '.repeat(500_000)],
])('%s are no duration', (_, text) => {
  expect(() => durationNanos(text)).toThrow(/^time: /);
});
