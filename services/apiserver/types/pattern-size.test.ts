import { expect, test } from 'vitest';
import { patternSize, setsSize } from './pattern-size.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['a{3}', 3],
  ['(ab){1000}', 4000],
  ['(?:a{10}){20}', 240],
  ['(?P<n>a)', 3],
  ['(?i)ab', 3],
  ['a{2,5}b', 6],
  ['a{2,}', 2],
  ['[a-z]{10}', 10],
  ['[](]{2}', 2],
  ['\\({3}', 3],
  ['\\Q({9}\\E', 4],
  ['\\pL\\x{41}', 2],
])('%s has a size of %i', (source, size) => {
  expect(patternSize(source)).toBe(size);
});

test.each([
  ['abc', 0],
  ['[a-z]', 10],
  ['\\p{L}', 100],
  ['[\\x{e0}-\\x{ffff}]', 20],
  ['(?i)[a-z]', 10],
  ['(?i)[\\x{e0}-\\x{ffff}]', 1653],
  ['(?si:[\\x00-\\x{FFFF}])', 1649],
  ['(?i)[a-\uffff]', 1649],
  ['(?i)[\u4e00-\u4e01]', 21],
  ['(?i)[\\x{0}-\\x{10ffff}]', 3152],
  ['(?i)[--\\x{ffff}]', 1649],
  ['(?P<i>[a-\uffff])', 10],
])('the sets of %s take %i', (source, size) => {
  expect(setsSize(source)).toBe(size);
});

test('sets that do not end because of what comes last are read once', () => {
  expect(patternSize(`${'['.repeat(300_000)}\\`)).toBeGreaterThanOrEqual(0);
});

test.each([')(', '(', '[', '\\p{', '\\Q', '[[:a', '{1', '(?<a'])(
  'a pattern that is none for its %s has one too',
  (part) => {
    expect(patternSize(part.repeat(100_000))).toBeGreaterThanOrEqual(0);
  },
);
