import { expect, test } from 'vitest';
import { objectJson } from './object-json.ts';

test.each([
  '{"a":9223372036854775807,"b":[-9223372036854775808]}',
  '{"a":"9223372036854776000","b":"\\"9223372036854776000"}',
  '{"a":9007199254740991,"b":0.5}',
])('%s is written as it was read', (text) => {
  expect(objectJson(JSON.parse(text))).toBe(text);
});

test('also where it is indented', () => {
  expect(objectJson({ a: 2 ** 63 }, 1)).toBe('{\n "a": 9223372036854775807\n}');
});
