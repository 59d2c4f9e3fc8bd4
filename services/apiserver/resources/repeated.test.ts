import { expect, test } from 'vitest';
import { repeated, together } from './repeated.ts';

test.each<[string, unknown[], boolean[]]>([
  ['no value', [], []],
  ['each value once', ['a', 'b', ''], [false, false, false]],
  ['a value that comes again and again', ['a', 'b', 'a', 'a'], [false, false, true, true]],
  ['a value that is not there', [undefined, '', undefined], [false, false, true]],
  ['a number and its text', [1, '1'], [false, false]],
  ['several values', [together('a', 'b'), together('ab', ''), together('a', 'b')], [false, false, true]],
])('%s', (_what, values, expected) => {
  expect(repeated(values)).toEqual(expected);
});
