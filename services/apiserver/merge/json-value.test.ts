import { expect, test } from 'vitest';
import { isEqual } from './json-value.ts';

const parsed = (text: string): unknown => JSON.parse(text);

test.each([
  ['{"__proto__":{}}', '{"x":{}}', false],
  ['{"x":{}}', '{"__proto__":{}}', false],
  ['{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}', true],
  ['{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}', false],
  ['{"constructor":"a","b":1}', '{"b":1,"constructor":"a"}', true],
  ['{"a":1}', '{"a":1,"toString":null}', false],
])('%s and %s are equal: %s', (one, other, expected) => {
  expect(isEqual(parsed(one), parsed(other))).toBe(expected);
});
