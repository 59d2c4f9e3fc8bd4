import { expect, test } from 'vitest';
import { settleEngine } from './engine-settings.ts';

const MIB = 1 << 20;

test.each([
  ['11.3.244.8-node.38', ['--heap-growing-percent=30', '--interrupt-budget=270336']],
  ['12.4.254.21-node.57', ['--heap-growing-percent=30']],
  ['13.6.233.17-node.53', ['--heap-growing-percent=30', '--no-turbofan']],
])('V8 %s is told what it knows', (version, expected) => {
  const flags: string[] = [];
  settleEngine({ version, set: (flag) => flags.push(flag), youngBytes: () => MIB, onCollected: () => {} });
  expect(flags).toEqual(expected);
});

test('the space of short-lived objects grows under load up to 4 MiB, and may grow again after it was made small', () => {
  let youngBytes = MIB;
  let collected = (): void => {};
  const flags: string[] = [];
  settleEngine({
    version: process.versions.v8,
    set: (flag) => flags.push(flag),
    youngBytes: () => youngBytes,
    onCollected: (listener) => {
      collected = listener;
    },
  });
  flags.splice(0);
  const setAt = [1, 2, 4, 4, 8, 2, 4].map((mib) => {
    youngBytes = mib * MIB;
    collected();
    return flags.splice(0).join(' ');
  });
  expect(setAt).toEqual([
    ...['', '', '--semi-space-growth-factor=1', '', ''],
    ...['--semi-space-growth-factor=2', '--semi-space-growth-factor=1'],
  ]);
});
