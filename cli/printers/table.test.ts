import { expect, test } from 'vitest';
import { formatTable } from './table.ts';

test('columns are as wide as their widest cell plus three blanks', () => {
  const text = formatTable(
    ['NAME', 'READY'],
    [
      ['member1', 'True'],
      ['m2', 'Unknown'],
    ],
  );
  expect(text).toBe('NAME      READY\nmember1   True\nm2        Unknown\n');
});

test('a table without rows is its header', () => {
  expect(formatTable(['NAME', 'AGE'], [])).toBe('NAME   AGE\n');
});
