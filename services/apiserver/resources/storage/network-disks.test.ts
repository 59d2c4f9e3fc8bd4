import { expect, test } from 'vitest';
import { validateIscsi } from './network-disks.ts';

const texts = (iqn: string): string[] =>
  validateIscsi({ targetPortal: 'a:1', iqn }, 'f', 'otherwise').map(({ message }) => message ?? '');

test.each([
  ['iqn.2001-04.com.example:storage', []],
  ['iqn.2001-04.com.example', [expect.stringContaining('must be valid format')]],
  ['iqn of iqn.2001-04.com.example:storage', []],
  ['iqn.2001-04.:iqn.2001-04.a:b:', []],
  ['iqn.2001-04.a:', [expect.stringContaining('must be valid format')]],
  ['iqn.2001-04.a_b:c', [expect.stringContaining('must be valid format')]],
  ['iqn.2001-04.a b:c', [expect.stringContaining('must be valid format')]],
  ['iqn.2001-04.a:b\u00a0\v', []],
  ['iqn.2001-04.a:b c', [expect.stringContaining('must be valid format')]],
  ['x iqn.2001-04.a:b', ['Invalid value: "x iqn.2001-04.a:b": otherwise']],
  ['eui.0123456789ABCDEF', []],
])('the name %s of a target', (iqn, expected) => {
  expect(texts(iqn)).toEqual(expected);
});

test('a name is read once, however often it seems to begin anew', () => {
  for (const part of ['iqn.2001-04.a:', 'iqn.2001-04.a', 'iqn', ':', '|'])
    expect(texts(`iqn${part.repeat(100_000)}|`)).toHaveLength(1);
});
