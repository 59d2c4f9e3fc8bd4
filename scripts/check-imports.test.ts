import { expect, test } from 'vitest';
import { checkImports } from './check-imports.ts';

test('every import stays within what its project references', () => {
  expect(checkImports()).toEqual([]);
});
