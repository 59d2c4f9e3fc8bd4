import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limitHeapGrowth } from './heap-growth.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const YOUNG = { bytes: () => 32 << 20, onCollected: (listener: () => void) => listener() };

test.each([
  [[], ['--heap-growing-percent=60', '--semi-space-growth-factor=1']],
  [['--max-old-space-size=512'], ['--heap-growing-percent=60', '--semi-space-growth-factor=1']],
  [['--heap-growing-percent=200'], ['--semi-space-growth-factor=1']],
  [['--heap_growing_percent=200'], ['--semi-space-growth-factor=1']],
  [['--max-semi-space-size=64'], ['--heap-growing-percent=60']],
  [['--semi_space_growth_factor=4'], ['--heap-growing-percent=60']],
  [[], ['--heap-growing-percent=60'], '--trace-warnings --max-semi-space-size=64'],
])('a process started with %j sets %j, with NODE_OPTIONS %s', (execArgv, expected, nodeOptions?: string) => {
  const sets: string[] = [];
  const set = (flag: string): number => sets.push(flag);
  limitHeapGrowth(
    { execArgv, env: { NODE_OPTIONS: nodeOptions } },
    { set, usedBytes: () => 40 << 20 },
    { ...YOUNG, set },
  );
  vi.advanceTimersByTime(60_000);
  expect(sets).toEqual(expected);
});

test('the larger a heap is, the less it grows before it is collected: by a fifth at least', () => {
  const sets: string[] = [];
  let usedMib = 40;
  const old = {
    set: (flag: string) => sets.push(flag.replace('--heap-growing-percent=', '')),
    usedBytes: () => usedMib << 20,
  };
  limitHeapGrowth({ execArgv: [], env: {} }, old, { ...YOUNG, set: () => {} });
  for (usedMib of [150, 192, 400, 1500, 100]) vi.advanceTimersByTime(10_000);
  expect(sets).toEqual(['60', '50', '24', '20', '60']);
});
