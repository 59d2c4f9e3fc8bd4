/** What is compared again. */

import { expect, test } from 'vitest';
import { lastDifferences } from './sent-again.ts';

test.each([
  ['at once', [[], ['late']], []],
  ['at the second time', [['lost'], [], ['late']], []],
  ['never', [['one'], ['two'], ['three'], []], ['three']],
])('the answers are the same %s', async (_when, found, told) => {
  const left = [...found];
  expect(await lastDifferences(async () => left.shift() ?? [])).toEqual(told);
});
