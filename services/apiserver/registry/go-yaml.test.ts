import { expect, test, vi } from 'vitest';
import { parseYaml } from './parse-text.ts';

test.each<[string, unknown]>([
  ['yes', true],
  ['On', true],
  ['y', true],
  ['off', false],
  ['N', false],
  ['yEs', 'yEs'],
  ['"yes"', 'yes'],
  ['~', null],
  ['', null],
  ['nULL', 'nULL'],
  ['017', 15],
  ['0o17', 15],
  ['08', 8],
  ['0x1F', 31],
  ['-0b11', -3],
  ['1_000', 1000],
  ['+12', 12],
  ['1:30', '1:30'],
  ['1e3', 1000],
  ['1e400', '1e400'],
  ['.5', 0.5],
  ['1.', 1],
  ['1_0.5', 10.5],
  ['36893488147419103232', 2 ** 65],
  ['2001-01-01', '2001-01-01'],
  ['2001-01-01T00:00:00Z', '2001-01-01T00:00:00Z'],
  ['0x', '0x'],
  ['_1', '_1'],
  ['!!str 5', '5'],
])('%s', (text, value) => {
  expect(parseYaml(`a: ${text}\n`)).toEqual({ a: value });
});

test('of a number with very many digits none is reckoned with', () => {
  const reckon = vi.spyOn(globalThis, 'BigInt');
  try {
    const digits = '9'.repeat(100_000);
    expect(parseYaml(`a: ${digits}\nb: -${digits}\nc: ${'9'.repeat(20)}`)).toEqual({
      a: digits,
      b: `-${digits}`,
      c: 1e20,
    });
    expect(Math.max(...reckon.mock.calls.map(([text]) => String(text).length))).toBe(20);
  } finally {
    reckon.mockRestore();
  }
});

test('keys are texts, and << takes in another mapping', () => {
  expect(parseYaml('yes: 1\n017: 2\n')).toEqual({ true: 1, 15: 2 });
  expect(parseYaml('a: &a {b: 1}\nc: {<<: *a, d: 2}\n')).toEqual({ a: { b: 1 }, c: { b: 1, d: 2 } });
});
