import { expect, test } from 'vitest';
import { engineFlags } from './engine-settings.ts';

test.each([
  ['11.3.244.8-node.38', ['--heap-growing-percent=30', '--interrupt-budget=270336']],
  ['12.4.254.21-node.57', ['--heap-growing-percent=30']],
  ['13.6.233.17-node.53', ['--heap-growing-percent=30', '--no-turbofan']],
])('V8 %s is told what it knows', (version, expected) => {
  expect(engineFlags(version)).toEqual(expected);
});
