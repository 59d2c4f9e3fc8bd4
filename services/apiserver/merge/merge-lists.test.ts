import { expect, test } from 'vitest';
import type { ListAtom } from './atom.ts';
import { mergeLists } from './merge-lists.ts';

const set = { keys: [], atomic: false } as unknown as ListAtom;
const merged = (live: unknown[], applied: unknown[]): unknown[] =>
  mergeLists(set, { live, applied }, (mine, theirs) => theirs ?? mine);

test.each<[unknown[], unknown[], unknown[]]>([
  [
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ],
  [
    ['a', 'b', 'c'],
    ['c', 'a'],
    ['b', 'c', 'a'],
  ],
  [
    ['a', 'x', 'b'],
    ['b', 'n', 'a'],
    ['x', 'b', 'n', 'a'],
  ],
  [
    ['x', 'a', 'y', 'b', 'z'],
    ['a', 'n', 'b'],
    ['x', 'a', 'y', 'n', 'b', 'z'],
  ],
])('%j and %j are %j', (live, applied, both) => {
  expect(merged(live, applied)).toEqual(both);
});

test('no item is taken from the start of a list, which moves all after it', () => {
  const items = Array.from({ length: 1000 }, (_, n) => n);
  const { shift } = Array.prototype;
  let moved = 0;
  Array.prototype.shift = function (this: unknown[]) {
    moved += this.length;
    return shift.call(this);
  };
  try {
    expect([merged(items, items).length, moved]).toEqual([1000, 0]);
  } finally {
    Array.prototype.shift = shift;
  }
});
