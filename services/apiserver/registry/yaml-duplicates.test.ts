import { expect, test } from 'vitest';
import { duplicateKeys } from './yaml-duplicates.ts';

test('text as deep as may be is looked through', () => {
  expect(duplicateKeys(`${'['.repeat(400)}${']'.repeat(400)}`)).toEqual([]);
});

test.each([
  ['a: 1\nb: 2\n', []],
  ['', []],
  ['a: 1\nb:\n  c: 1\n  c: 2\na: 2\n', ['line 4: key "c" already set in map', 'line 5: key "a" already set in map']],
  ['- a: 1\n- a: 1\n', []],
  ['{"a": 1, "a": [{"b": 1, b: 2}]}', ['line 1: key "b" already set in map', 'line 1: key "a" already set in map']],
  ['? {x: 1}\n: 2\nd: &q [1]\ne: *q\n', []],
])('%j', (text, lines) => {
  expect(duplicateKeys(text)).toEqual(lines);
});
