import { expect, test } from 'vitest';
import { duplicateKeys } from './yaml-duplicates.ts';

test('text as deep as may be is looked through', () => {
  expect(duplicateKeys(`${'['.repeat(400)}${']'.repeat(400)}`)).toEqual([]);
});

test('a long text is gone through once, also where every key comes twice', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `a${index % 10_000}: 1`);
  const found = [duplicateKeys(lines.join('\n')), duplicateKeys(`{${lines.join(', ')}}`)];
  expect(found.map((each) => [each.length, each.at(-1)])).toEqual([
    [10_000, 'line 20000: key "a9999" already set in map'],
    [10_000, 'line 1: key "a9999" already set in map'],
  ]);
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

test('what has too many values is not looked through', () => {
  expect(() => duplicateKeys(`{"a": 1, "a": [${'1,'.repeat(300_000)}1]}`)).toThrow(
    expect.objectContaining({ code: 413 }),
  );
});
