import { afterEach, expect, test, vi } from 'vitest';
import { sortedPathElements } from './path-element.ts';

afterEach(() => void vi.restoreAllMocks());

test('steps are in the order of fieldsV1', () => {
  const inOrder = [
    'f:a',
    'f:b',
    'k:{"n":1}',
    'k:{"n":2,"p":"x"}',
    'k:{"n":"1"}',
    'v:1',
    'v:"a"',
    'v:"b"',
    'v:true',
    'i:2',
    'i:10',
  ];
  expect(sortedPathElements(inOrder.toReversed())).toEqual(inOrder);
});

test('each is parsed once, however many are sorted', () => {
  const items = Array.from({ length: 1000 }, (_, n) => `k:{"name":"${(n * 7919) % 1000}"}`);
  const parse = vi.spyOn(JSON, 'parse');
  sortedPathElements(items);
  expect(parse).toHaveBeenCalledTimes(1000);
});
