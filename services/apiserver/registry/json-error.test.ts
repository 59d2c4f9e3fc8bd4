import { expect, test } from 'vitest';
import { jsonErrorText } from './json-error.ts';

const told = (text: string): string => {
  try {
    JSON.parse(text);
  } catch (error) {
    return jsonErrorText(error, text);
  }
  throw new Error('valid JSON');
};

test.each([
  ['', 'unexpected end of JSON input'],
  ['{"a":', 'unexpected end of JSON input'],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['[1 2]', "invalid character '2' after array element"],
  ['tru', 'unexpected end of JSON input'],
  ['trux', "invalid character 'x' in literal true (expecting 'e')"],
  ['1 1', "invalid character '1' after top-level value"],
])('%j is refused with: %s', (text, expected) => {
  expect(told(text)).toBe(expected);
});

test.each(['[', '{"a":'])('%s without end is refused, whatever the depth', (opening) => {
  expect(told(opening.repeat(200_000))).toBe('exceeded max depth');
});
