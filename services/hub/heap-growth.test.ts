import { expect, test, vi } from 'vitest';
import { limitHeapGrowth } from './heap-growth.ts';

test.each([
  [[], [['--heap-growing-percent=60']]],
  [['--max-old-space-size=512'], [['--heap-growing-percent=60']]],
  [['--heap-growing-percent=200'], []],
])('a process started with %j sets %j', (nodeFlags, sets) => {
  const set = vi.fn();
  limitHeapGrowth(nodeFlags, set);
  expect(set.mock.calls).toEqual(sets);
});
