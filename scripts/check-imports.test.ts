import { expect, test } from 'vitest';
import { checkImports, checkSignals } from './check-imports.ts';

test('every import stays within what its project references', () => {
  expect(checkImports()).toEqual([]);
});

test('no signal keeps memory for as long as another lives', () => {
  expect(checkSignals()).toEqual([]);
});
