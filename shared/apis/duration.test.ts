import { describe, expect, test } from 'vitest';
import { parseDuration, shortHumanDuration } from './duration.ts';

describe('parseDuration reads what Go writes', () => {
  test.each([
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['300ms', 300],
    ['0', 0],
    ['-2m', -120_000],
    ['5', undefined],
    ['1d', undefined],
    ['', undefined],
  ])('%s is %s ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });
});

describe('shortHumanDuration prints one unit', () => {
  test.each([
    [59_999, '59s'],
    [60_000, '1m'],
    [86_399_000, '23h'],
    [86_400_000, '1d'],
    [366 * 86_400_000, '1y'],
    [-5000, '<invalid>'],
    [-500, '0s'],
  ])('%s ms is %s', (ms, expected) => {
    expect(shortHumanDuration(ms)).toBe(expected);
  });
});
