import { expect, test } from 'vitest';
import { age, humanDuration } from './human-duration.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [-5 * second, '<invalid>'],
  [-1 * second, '0s'],
  [0, '0s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [5 * minute + 12 * second, '5m12s'],
  [10 * minute + 12 * second, '10m'],
  [179 * minute, '179m'],
  [3 * hour, '3h'],
  [7 * hour + 59 * minute, '7h59m'],
  [47 * hour, '47h'],
  [3 * day + 4 * hour, '3d4h'],
  [8 * day + 4 * hour, '8d'],
  [729 * day, '729d'],
  [730 * day, '2y'],
  [760 * day, '2y30d'],
  [9 * 365 * day + 40 * day, '9y'],
])('%d ms is %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

test('an object without a time is of unknown age', () => {
  expect(age(undefined, 0)).toBe('<unknown>');
  expect(age('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:05:12Z'))).toBe('5m12s');
});
