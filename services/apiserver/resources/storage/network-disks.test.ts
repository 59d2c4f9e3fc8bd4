import { expect, test } from 'vitest';
import { validateIscsi } from './network-disks.ts';

const texts = (iqn: string): string[] =>
  validateIscsi({ targetPortal: 'a:1', iqn }, 'f', 'otherwise').map(({ message }) => message ?? '');

test.each([
  ['iqn.2001-04.com.example:storage', []],
  ['iqn.2001-04.com.example', [expect.stringContaining('must be valid format')]],
  ['eui.0123456789ABCDEF', []],
])('the name %s of a target', (iqn, expected) => {
  expect(texts(iqn)).toEqual(expected);
});

test('a name is read once, however often it seems to begin anew', () => {
  expect(texts(`${'iqn.2001-04.a:'.repeat(100_000)}|`)).toHaveLength(1);
});
