import { expect, test } from 'vitest';
import { goQuoted } from './go-quoted.ts';

test.each([
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['\0\x1f', '"\\x00\\x1f"'],
  ['\n\t\r', '"\\n\\t\\r"'],
  ['\x07\b\f\v', '"\\a\\b\\f\\v"'],
  ['\\u0000', '"\\\\u0000"'],
  ['ü', '"ü"'],
  ['\x7f\u200b\u{e0001}', '"\\x7f\\u200b\\U000e0001"'],
])('%j is quoted as Go quotes it', (text, quoted) => {
  expect(goQuoted(text)).toBe(quoted);
});
