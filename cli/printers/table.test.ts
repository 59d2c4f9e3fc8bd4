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

test('a cell is one line, and the next column stands where it would', () => {
  const text = formatTable(
    ['NAME', 'READY'],
    [
      ['a\nb   True', '\u001b[2J'],
      ['\u001bc', 'Unknown'],
    ],
  );
  expect(text).toBe('NAME          READY\na\\nb   True   ^[[2J\n^[c           Unknown\n');
});

test('a table without rows is its header', () => {
  expect(formatTable(['NAME', 'AGE'], [])).toBe('NAME   AGE\n');
});
