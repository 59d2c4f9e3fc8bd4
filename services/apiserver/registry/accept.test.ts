import { describe, expect, test } from 'vitest';
import { parseAccept, parseMediaType } from './accept.ts';

describe('a content type', () => {
  test.each([
    ['application/json', 'application/json'],
    [' Application/JSON ; charset=utf-8 ; ', 'application/json'],
    ['json', 'json'],
    ['a/b; c="d;\\"e"; f=g', 'a/b'],
    ['a/b; c=d; C=d', 'a/b'],
    ['a/b; c=d; C=e', undefined],
    ['a/b;;', undefined],
    ['a/b; c', undefined],
    ['a/b c', undefined],
    ['', undefined],
  ])('%s', (header, mediaType) => {
    expect(parseMediaType(header)).toBe(mediaType);
  });

  test.each([
    ['white space', `a${' '.repeat(60_000)}x`],
    ['parameters', `a/b${'; a=b'.repeat(12_000)} x`],
    ['an open quote', `a/b; c="${'\\"'.repeat(30_000)}`],
  ])('of nothing but %s is read in no time', (_, header) => {
    expect(parseMediaType(header)).toBeUndefined();
  });
});

test('of the types that would be accepted the most wanted is first, and only the first hundred are looked at', () => {
  const types = (header: string) => parseAccept(header).map(({ type, subtype }) => `${type}/${subtype}`);
  expect(types('a/b;q=0.2, c/d;q=0.9, nonsense')).toEqual(['c/d', 'a/b']);
  expect(types(Array.from({ length: 16_000 }, () => 'a/b').join())).toHaveLength(100);
});
