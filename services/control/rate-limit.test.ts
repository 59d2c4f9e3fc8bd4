import { expect, test } from 'vitest';
import { newRateLimit } from './rate-limit.ts';

function newTimed(options: { perSecond: number; burst: number; maxKeys?: number }) {
  let now = 0;
  const limit = newRateLimit({ ...options, now: () => now });
  return { limit, pass: (ms: number) => (now += ms) };
}

test('lets a burst through, then says how long to wait, then goes on at the average', () => {
  const { limit, pass } = newTimed({ perSecond: 2, burst: 3 });
  expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 500]);
  pass(499);
  expect(limit.take('a')).toBe(1);
  pass(1);
  expect([limit.take('a'), limit.take('a')]).toEqual([0, 500]);
});

test('to be refused costs nothing, and nobody saves up more than a burst', () => {
  const { limit, pass } = newTimed({ perSecond: 1, burst: 2 });
  for (let i = 0; i < 50; i++) limit.take('a');
  expect(limit.waitMs('a')).toBe(1000);
  pass(3600_000);
  expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 1000]);
});

test('counts each key for itself, and forgets the one that has been quiet the longest', () => {
  const { limit } = newTimed({ perSecond: 1, burst: 1, maxKeys: 2 });
  expect([limit.take('a'), limit.take('b'), limit.take('a')]).toEqual([0, 0, 1000]);
  limit.take('c');
  expect([limit.waitMs('a'), limit.waitMs('b'), limit.waitMs('c')]).toEqual([1000, 0, 1000]);
});
