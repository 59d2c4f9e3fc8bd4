import { expect, test, vi } from 'vitest';
import { checkExpanded, jsonInYaml, numberTooLarge, parseJson, parseYaml } from './parse-text.ts';

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}"]}{["${'}'.repeat(depth)}`;

test.each([
  ['brackets in strings are no depth', JSON.stringify({ text: '[{'.repeat(5000), escaped: '\\"[[[' })],
  ['what is as deep as may be', nested(499)],
])('JSON is read: %s', (_what, text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

test.each([501, 5000, 100_000])('JSON %i levels deep is refused', (depth) => {
  expect(() => parseJson(nested(depth))).toThrow('exceeded max depth');
});

test.each([
  ['{"a":1e308,"b":"1e999","c":[0.5e-400]}', undefined],
  ['{"a":"\\\\","b":[-1e400]}', '-1e400'],
  [`[1${'0'.repeat(400)}]`, `1${'0'.repeat(400)}`],
])('numbers that no float can hold: %s', (text, number) => {
  const told = number && `json: cannot unmarshal number ${number} into Go value of type float64`;
  expect(numberTooLarge(text)).toBe(told);
});

test('numbers are not looked for in a text without an end, from each of its quotes anew', () => {
  expect(numberTooLarge('{"a":"\\" :1e999')).toBeUndefined();
  expect(jsonInYaml(`{"a":1e999,"b":"${'\\"'.repeat(1_000_000)}`)).toBeUndefined();
});

test.each(['', ' ', '\n\n', '# nothing\n  # at all'])('YAML that says nothing is null: %j', (text) => {
  expect(parseYaml(text)).toBeNull();
});

test('half a character is no YAML', () => {
  expect(() => parseYaml('a: "\\ud800"')).toThrow('invalid Unicode character');
  expect(parseYaml('a: "\\ud83d\\ude00"')).toEqual({ a: '\u{1f600}' });
  expect(parseYaml("a: '\\ud800'")).toEqual({ a: '\\ud800' });
});

test('YAML is read to the same depth', () => {
  expect(parseYaml(nested(499))).toEqual(JSON.parse(nested(499)));
  expect(() => parseYaml(nested(501))).toThrow('depth');
});

test('YAML with a few aliases is read', () => {
  expect(parseYaml('a: &a {b: 1, c: 2}\nd: *a\ne: *a\n')).toEqual({
    a: { b: 1, c: 2 },
    d: { b: 1, c: 2 },
    e: { b: 1, c: 2 },
  });
});

test('YAML whose aliases stand for each other, or for themselves, is refused at once', () => {
  const lines = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n},*a${n},*a${n}]`);
  expect(() => parseYaml(['a0: &a0 [x]', ...lines].join('\n'))).toThrow('excessive aliasing');
  expect(() => parseYaml('a: &a [*a, *a]')).toThrow();
  expect(() => parseYaml(`${'['.repeat(2000)}${']'.repeat(2000)}`)).toThrow();
});

/** A thousand values, and as many of them again for each alias, in a text so long that it could have many more values. */
const repeating = (aliases: number): string =>
  `${`# ${'x'.repeat(1_000_000)}\n`}a: &a [${'1,'.repeat(1000)}]\nb: [${'*a,'.repeat(aliases)}]\n`;

test('aliases in a long text make no more of it than an object may need', () => {
  expect(parseYaml(repeating(900))).toMatchObject({ b: { length: 900 } });
  expect(() => parseYaml(repeating(1100))).toThrow('yaml: document contains excessive aliasing');
});

test('what is not repeated is not counted', () => {
  const shared = [1, 2];
  expect(() => checkExpanded([[1, 2], [3, 4], shared, shared], 2)).not.toThrow();
  expect(() => checkExpanded([shared, shared, shared], 3)).toThrow('excessive aliasing');
});

test.each(['{"a": [1, "b\\/\\ud83d\\ude00"], "c": {"d": null}, "c": -1.5e3}', ' \n{}\n', nested(499)])(
  'JSON is told apart from other YAML, and says the same: %j',
  (text) => {
    expect(jsonInYaml(text)).toEqual(parseYaml(text));
  },
);

test.each(['a: 1', '[1]', '{a: 1}', '{"a":1} # b', '{"a":"\u0085"}', '{"<<":{}}', '{"a"\n:1}', '{"a":1e999}'])(
  'what may mean something else in YAML is left to it: %j',
  (text) => {
    expect(jsonInYaml(text)).toBeUndefined();
  },
);

test('JSON in place of YAML has its bounds', () => {
  expect(() => jsonInYaml(nested(501))).toThrow('exceeded max depth');
  expect(() => jsonInYaml('{"a":"\\ud800"}')).toThrow('invalid Unicode character');
});

test('YAML as large as definitions are is read', () => {
  const property = (index: number): string =>
    `        p${index}:\n          type: string\n          description: A word, or two.\n`;
  const text = `spec:\n  schema:\n    properties:\n${Array.from({ length: 17_000 }, (_, index) => property(index)).join('')}`;
  expect(text.length).toBeGreaterThan(1 << 20);
  expect(
    Object.keys((parseYaml(text) as { spec: { schema: { properties: object } } }).spec.schema.properties),
  ).toHaveLength(17_000);
});

test.each(['1,', '[],', '- 1\n', '? a\n', '- - - -\n', 'a: b\n'])(
  'YAML of more values than that is refused: %j',
  (value) => {
    expect(() => parseYaml(`a: [${value.repeat(300_000)}]`)).toThrow(expect.objectContaining({ code: 413 }));
  },
);

test.each([
  ['{"a":"\\ud800x","b":["\\udc00\\ud800"],"\\udfff":1}', { a: '\ufffdx', b: ['\ufffd\ufffd'], '\ufffd': 1 }],
  ['{"a":"\\ud83d\\ude00","b":"\\\\ud800"}', { a: '\u{1f600}', b: '\\ud800' }],
])('halves of characters in JSON become U+FFFD: %s', (text, value) => {
  expect(parseJson(text)).toEqual(value);
});

test('whole characters are not written anew for the sake of halves that could be among them', () => {
  const text = `["\\ud83d\\ude00",${'"a",'.repeat(1000)}{"\\ud83d\\ude00":"b"}]`;
  const writing = vi.spyOn(Buffer, 'from');
  const value = parseJson(text);
  const { length } = writing.mock.calls;
  writing.mockRestore();
  expect([length, value]).toEqual([0, JSON.parse(text)]);
});
