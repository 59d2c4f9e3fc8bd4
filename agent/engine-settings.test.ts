import { expect, test } from 'vitest';
import { settleEngine } from './engine-settings.ts';

const MIB = 1 << 20;

test('the space of short-lived objects grows under load up to 4 MiB, and may grow again after it was made small', () => {
  let youngBytes = MIB;
  let collected = (): void => {};
  const flags: string[] = [];
  settleEngine({
    set: (flag) => flags.push(flag),
    youngBytes: () => youngBytes,
    onCollected: (listener) => {
      collected = listener;
    },
  });
  const atStart = flags.splice(0);
  const setAt = [1, 2, 4, 4, 8, 2, 4].map((mib) => {
    youngBytes = mib * MIB;
    collected();
    return flags.splice(0).join(' ');
  });
  expect(atStart).toEqual(['--heap-growing-percent=30', '--interrupt-budget=270336']);
  expect(setAt).toEqual([
    ...['', '', '--semi-space-growth-factor=1', '', ''],
    ...['--semi-space-growth-factor=2', '--semi-space-growth-factor=1'],
  ]);
});
