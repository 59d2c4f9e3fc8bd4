import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limitHeapGrowth } from './heap-growth.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  [[], ['--heap-growing-percent=60']],
  [['--max-old-space-size=512'], ['--heap-growing-percent=60']],
  [['--heap-growing-percent=200'], []],
  [['--heap_growing_percent=200'], []],
])('a process started with %j sets %j', (nodeFlags, expected) => {
  const sets: string[] = [];
  limitHeapGrowth(nodeFlags, { set: (flag) => sets.push(flag), usedBytes: () => 40 << 20 });
  vi.advanceTimersByTime(60_000);
  expect(sets).toEqual(expected);
});

test('the larger a heap is, the less it grows before it is collected: by a fifth at least', () => {
  const sets: string[] = [];
  let usedMib = 40;
  limitHeapGrowth([], {
    set: (flag) => sets.push(flag.replace('--heap-growing-percent=', '')),
    usedBytes: () => usedMib << 20,
  });
  for (usedMib of [150, 192, 400, 1500, 100]) vi.advanceTimersByTime(10_000);
  expect(sets).toEqual(['60', '50', '24', '20', '60']);
});
