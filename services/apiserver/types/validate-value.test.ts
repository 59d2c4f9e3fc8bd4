import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { validateValue } from './validate-value.ts';

/** As many within each other as no doubling at each level gets through. */
const LEVELS = 60;

function nested(wrap: (inner: Schema) => Schema): Schema {
  let schema: Schema = { minimum: 3 };
  for (let level = 0; level < LEVELS; level++) schema = wrap(schema);
  return { type: 'integer', ...schema };
}

describe('alternatives within each other', () => {
  test.each<[string, (inner: Schema) => Schema]>([
    ['allOf', (inner) => ({ allOf: [inner] })],
    ['anyOf', (inner) => ({ anyOf: [inner] })],
    ['oneOf', (inner) => ({ oneOf: [inner] })],
  ])('%s: each is looked at once', (name, wrap) => {
    const messages = validateValue(1, nested(wrap), 'n').map(({ message }) => message);
    expect(messages).toHaveLength(LEVELS + 1);
    expect(messages.filter((message) => message?.includes(`(${name})`))).toHaveLength(LEVELS);
    expect(validateValue(3, nested(wrap), 'n')).toEqual([]);
  });

  test('not: each is looked at once', () => {
    const wrap = (inner: Schema): Schema => ({ not: inner });
    expect(validateValue(1, nested(wrap), 'n')).toHaveLength(1);
    expect(validateValue(3, nested(wrap), 'n')).toEqual([]);
  });
});

test.each([
  ['ab', 2, []],
  ['abc', 2, ['Too long: may not be more than 2 bytes']],
  ['\u{1f600}\u{1f600}', 2, []],
  ['\u{1f600}ab', 2, ['Too long: may not be more than 2 bytes']],
  ['\u{1f600}', 2, ['should be at least 2 chars long']],
])('a text is as long as it has characters: %s', (text, length, told) => {
  const messages = validateValue(text, { type: 'string', minLength: length, maxLength: length }, 'p');
  expect(messages).toHaveLength(told.length);
  for (const [index, words] of told.entries()) expect(messages[index]?.message).toContain(words);
});

test('below a name as long as a body wrong values are not told thousands of times', () => {
  const schema: Schema = { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } };
  const causes = validateValue({ ['n'.repeat(50_000)]: Array(20_000).fill(1) }, schema);
  expect(causes.length).toBeGreaterThan(5);
  expect(JSON.stringify(causes).length).toBeLessThan(2_000_000);
});
