import { expect, test } from 'vitest';
import { jsonEqual } from './json-equal.ts';

test.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: [1, 2] }, { a: [2, 1] }, false],
  [{ a: [1] }, { a: [1, 2] }, false],
  [{}, { a: undefined, b: null, c: [], d: {} }, true],
  [{ a: '' }, {}, false],
  [{ a: 0 }, {}, false],
  [{ a: false }, {}, false],
  [{ a: { b: {} } }, {}, false],
  [{ a: null }, { a: {} }, true],
  [[], {}, true],
  [[1], { 0: 1 }, false],
  ['1', 1, false],
  [{ a: 1 }, { a: 1, b: 'x' }, false],
  [{ a: 1, b: 'x' }, { a: 1 }, false],
])('%j and %j: %s', (a, b, expected) => {
  expect(jsonEqual(a, b)).toBe(expected);
  expect(jsonEqual(b, a)).toBe(expected);
});
