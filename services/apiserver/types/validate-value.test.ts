import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { MOST_OF_OBJECT } from '../cel/budget.ts';
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
    const messages = validateValue(1, nested(wrap), { path: 'n' }).map(({ message }) => message);
    expect(messages).toHaveLength(LEVELS + 1);
    expect(messages.filter((message) => message?.includes(`(${name})`))).toHaveLength(LEVELS);
    expect(validateValue(3, nested(wrap), { path: 'n' })).toEqual([]);
  });

  test('not: each is looked at once', () => {
    const wrap = (inner: Schema): Schema => ({ not: inner });
    expect(validateValue(1, nested(wrap), { path: 'n' })).toHaveLength(1);
    expect(validateValue(3, nested(wrap), { path: 'n' })).toEqual([]);
  });
});

test.each([
  ['ab', 2, []],
  ['abc', 2, ['Too long: may not be more than 2 bytes']],
  ['\u{1f600}\u{1f600}', 2, []],
  ['\u{1f600}ab', 2, ['Too long: may not be more than 2 bytes']],
  ['\u{1f600}', 2, ['should be at least 2 chars long']],
])('a text is as long as it has characters: %s', (text, length, told) => {
  const messages = validateValue(text, { type: 'string', minLength: length, maxLength: length }, { path: 'p' });
  expect(messages).toHaveLength(told.length);
  for (const [index, words] of told.entries()) expect(messages[index]?.message).toContain(words);
});

test.each<[number | string | boolean, Schema, string[]]>([
  [2 ** 31 - 1, { type: 'integer', format: 'int32' }, []],
  [2 ** 31, { type: 'integer', format: 'int32' }, ['Checked value must be of type integer with format int32 in p']],
  [-(2 ** 31), { type: 'integer', format: 'int32' }, []],
  [2 ** 31, { type: 'integer', format: 'int64' }, []],
  [2 ** 63, { type: 'integer' }, []],
  [
    1e19,
    { type: 'integer' },
    ['must be of type integer: "number"', 'Checked value must be of type integer (default format) in p'],
  ],
  [
    0.5,
    { type: 'integer', format: 'int64' },
    ['must be of type int64: "float64"', 'Checked value must be of type integer with format int64 in p'],
  ],
  [1e39, { type: 'number', format: 'float' }, ['Checked value must be of type number with format float in p']],
  [1e39, { type: 'number', format: 'double' }, []],
  [true, { type: 'integer', format: 'int32' }, ['must be of type int32: ""']],
  [5, { type: 'string', format: 'date' }, ['must be of type date: "int64"']],
  ['x', { type: 'integer', format: 'int32' }, ['must be of type integer: "string"']],
  [5, { type: 'integer', format: 'uint8', maximum: 1e19 }, ['Maximum boundary value must be of type integer (default']],
])('%s is what its type and format can hold, or is refused: %j', (value, schema, told) => {
  const messages = validateValue(value, schema, { path: 'p' }).map(({ message }) => message);
  expect(messages).toHaveLength(told.length);
  for (const [index, words] of told.entries()) expect(messages[index]).toContain(words);
});

test('below a name as long as a body wrong values are not told thousands of times', () => {
  const schema: Schema = { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } };
  const causes = validateValue({ ['n'.repeat(50_000)]: Array(20_000).fill(1) }, schema);
  expect(causes.length).toBeGreaterThan(5);
  expect(JSON.stringify(causes).length).toBeLessThan(2_000_000);
});

describe('texts and a pattern of very many states', () => {
  const text: Schema = { type: 'string', pattern: '(a|aa|aaa|aaaa|b){900}[cd]' };
  const schema: Schema = {
    type: 'object',
    properties: {
      one: text,
      many: { type: 'array', items: text },
      named: { type: 'object', additionalProperties: text },
      not: { type: 'string', not: { pattern: text.pattern ?? '' } },
      plain: { type: 'string' },
    },
  };
  /** No two of them lead to the same states. */
  const long = (length: number, from = 1): string => {
    let state = from;
    const next = (): string => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state < 2 ** 30 ? 'a' : 'b';
    };
    return Array.from({ length }, next).join('');
  };
  const short = Array.from({ length: 1000 }, (_, at) => long(140, at + 1));

  /** Little more may be done. */
  const fieldsOf = (value: unknown, old?: unknown): (string | undefined)[] =>
    validateValue(value, schema, { old, work: { done: MOST_OF_OBJECT - 5_000_000 } }).map(({ field }) => field);

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['one long text', { one: long(200_000) }, /^one$/],
    ['many short ones', { many: short }, /^many\[\d+\]$/],
    ['those of a map', { named: Object.fromEntries(short.map((one, at) => [`k${at}`, one])) }, /^named\.k\d+$/],
    ['one that must not match', { not: long(200_000) }, /^not$/],
  ])('%s: the check ends, and that is what is wrong', (_, value, field) => {
    expect(fieldsOf({ plain: 'a', ...value })).toEqual([expect.stringMatching(field)]);
  });

  test('what is stored stays, and what is beside it is checked', () => {
    const stored = { one: long(200_000), many: short, not: long(200_000) };
    expect(fieldsOf({ ...stored, plain: 'a' }, stored)).toEqual([]);
    expect(fieldsOf({ ...stored, plain: 1 }, stored)).toEqual(['plain']);
    expect(fieldsOf({ ...stored, one: long(200_000, 2) }, stored)).toEqual(['one']);
  });

  test('what is said names the pattern, and not the text', () => {
    const [cause] = validateValue({ one: long(200_000) }, schema, { work: { done: MOST_OF_OBJECT - 5_000_000 } });
    expect(cause).toEqual({
      reason: 'FieldValueInvalid',
      field: 'one',
      message: `Invalid value: "string": one in body takes too long to be matched with '${text.pattern}', with all that is matched before it`,
    });
  });

  test('many texts that have little in common are matched with a pattern of a usual size', () => {
    const usual: Schema = { type: 'string', pattern: '^[ab]([-ab]{0,253}[ab])?$' };
    const items = Array.from({ length: 2000 }, (_, at) => long(100, at + 1));
    expect(validateValue(items, { type: 'array', items: usual })).toEqual([]);
  });
});
