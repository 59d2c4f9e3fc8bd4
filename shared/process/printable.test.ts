import { expect, test } from 'vitest';
import { printable, printableLine } from './printable.ts';

test.each([
  ['colours and titles of terminals', '\u001b[31mred\u001b]0;title\u0007', '^[[31mred^[]0;title\\u0007'],
  ['what goes back over the line', 'gone\rhere\b', 'gone\\rhere\\u0008'],
  ['the controls of eight bits', '\u009b2J\u007f', '\\u009b2J\\u007f'],
  ['what turns the direction of writing', 'a\u202eb\u2066c\u200f', 'a\\u202eb\\u2066c\\u200f'],
])('%s are written out', (_name, text, expected) => {
  expect(printable(text)).toBe(expected);
  expect(printable(expected)).toBe(expected);
});

test('letters of any language, signs, tabs and newlines stay', () => {
  const text = 'größer\t数値 🚀👩‍🚀 עברית …\nnext';
  expect(printable(text)).toBe(text);
});

test('JSON means the same', () => {
  const value = { a: '\u001b\r\u0000\u007f\u009b\u202e\u2028\n"\\' };
  expect(JSON.parse(printable(JSON.stringify(value, null, 2)))).toEqual(value);
});

test('a line stays one', () => {
  expect(printableLine('one\ntwo\tthree\u2028four')).toBe('one\\ntwo three\\u2028four');
});
