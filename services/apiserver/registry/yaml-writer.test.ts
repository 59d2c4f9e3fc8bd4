import fc from 'fast-check';
import { dump, load } from 'js-yaml';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { toYaml } from './yaml-writer.ts';

/** As the answers were written by the library. */
const YAML = { sortKeys: true, quoteStyle: 'double', seqNoIndent: true, noRefs: true, lineWidth: -1 } as const;

const texts = [
  ...[
    '',
    ' ',
    'a',
    'yes',
    'No',
    'n',
    '~',
    'null',
    'a b',
    'a: b',
    'a #b',
    '#',
    '-',
    '-x',
    '- x',
    '?x',
    '.5',
    '1e3',
    '0x1',
  ],
  ...[
    '2026-01-01',
    '12:30:45',
    '=',
    '<<',
    '@x',
    '`x',
    '%x',
    '!x',
    '&x',
    '*x',
    "it's",
    '"q"',
    'ü',
    '日本',
    '\u0001',
    '\u2028',
  ],
  ...[
    'a\nb',
    'a\nb\n',
    'a\n\n',
    '\n',
    ' a\nb',
    '\n a',
    'a\n b\n\n c',
    'a \nb',
    'a\tb',
    '\t',
    'x ',
    'a\r\nb',
    '---',
    '...',
    '--- a',
  ],
  ...[
    '[]',
    '{}',
    '[a',
    'a,b',
    '|',
    '>',
    'Infinity',
    'NaN',
    '.inf',
    '+1',
    '1_000',
    '0o7',
    'x:',
    ':x',
    '://',
    '\u{1f600}',
    '\ud800',
  ],
];

test('is what the library writes, at every place of a text', () => {
  for (const text of texts) {
    const value = { [text]: text, list: [text, [text], { k: text }], map: { deep: { [text]: text } } };
    expect(toYaml(value), JSON.stringify(text)).toBe(dump(value, YAML).replace(/(?<=\n)\.\.\.\n$/, ''));
  }
});

test.each([
  [[]],
  [{}],
  [{ a: [], b: {}, c: [[], {}], d: [[[1, 2], 3], { e: [4] }] }],
  [[{ a: 1, b: [{ c: null, d: true }] }, [1.5, 1e21, -0, 1e-7]]],
  ['text'],
  ['a\nb'],
  [null],
  [7],
])('is what the library writes: %j', (value) => {
  expect(toYaml(value)).toBe(dump(value, YAML));
});

test('what is written is what was meant, to two libraries', () => {
  const text = fc.oneof(fc.constantFrom(...texts), fc.string({ unit: 'binary', maxLength: 12 }));
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      ...[text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)],
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(text, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const written = toYaml(value);
      expect(load(written)).toEqual(value);
      expect(parseDocument(written).toJS()).toEqual(value);
    }),
    { numRuns: 150, seed: 7 },
  );
});

test('keys that are too long for their line are written for themselves', () => {
  const value = { a: { ['k'.repeat(2000)]: { b: 1 }, [`${'k'.repeat(2000)}l`]: 'x' } };
  expect(load(toYaml(value))).toEqual(value);
});

test('what would be very long, or take very long, stays JSON, which is YAML too', () => {
  const values = (count: number): [unknown, unknown] => [
    Array.from({ length: 100 }).reduce(
      (nested) => [nested],
      Array.from({ length: count }, () => 1),
    ),
    Array.from({ length: count }, (_, index) => `#${index}`),
  ];
  for (const value of values(1000)) expect(toYaml(value, 100_000)).toBe(`${JSON.stringify(value)}\n`);
  for (const value of values(100)) expect(toYaml(value, 100_000)).toBe(dump(value, YAML));
});

test('a text that comes very many times costs as much as one', () => {
  const value = Array.from({ length: 70_000 }, (_, index) => (index % 7 === 0 ? ['a\nb', 0.5] : '#'));
  expect(toYaml(value)).toBe(dump(value, YAML));
});

test('long texts are written', () => {
  for (const text of ['x', ': ', 'x y\n', '\u0001']) {
    const value = { a: { b: text.repeat(70_000) } };
    expect(load(toYaml(value))).toEqual(value);
  }
});
