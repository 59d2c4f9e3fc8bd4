import { expect, test } from 'vitest';
import { newPathSet } from './path-set.ts';

const isWithin = newPathSet(['spec.foo', 'spec.list[0].bar', 'a.b']);

test.each([
  ['spec.foo', true],
  ['spec.foo.x', true],
  ['spec.foo[1]', true],
  ['spec.fooo', false],
  ['spec', false],
  ['spec.list[0]', false],
  ['spec.list[0].bar.x', true],
  ['spec.list[01].bar', false],
  ['a.b', true],
  ['', false],
])('%j is one of the paths, or within one: %s', (path, expected) => {
  expect(isWithin(path)).toBe(expected);
});
