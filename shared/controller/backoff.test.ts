import { expect, test } from 'vitest';
import { backoffMs, newKeyedBackoff } from './backoff.ts';

test.each([
  [1, 5, 2.5],
  [2, 10, 5],
  [5, 80, 40],
  [17, 300_000, 150_000],
  [5000, 300_000, 150_000],
])('after %i failures it is at most %i ms and at least %i ms', (failures, most, least) => {
  const range = { baseMs: 5, maxMs: 300_000 };
  expect(backoffMs(failures, { ...range, random: () => 1 })).toBe(most);
  expect(backoffMs(failures, { ...range, random: () => 0 })).toBe(least);
});

test('each key has its own count, which is forgotten on success', () => {
  const backoff = newKeyedBackoff({ baseMs: 10, maxMs: 1000, random: () => 1 });
  expect([backoff.next('a'), backoff.next('a'), backoff.next('b')]).toEqual([10, 20, 10]);
  backoff.forget('a');
  expect(backoff.next('a')).toBe(10);
});

test('what was eased waits for about a second after its next failure, and ever longer after that', () => {
  const backoff = newKeyedBackoff({ baseMs: 20, maxMs: 30_000, random: () => 1 });
  for (let failures = 0; failures < 20; failures += 1) backoff.next('long');
  backoff.next('short');
  expect(backoff.ease()).toEqual(['long', 'short']);
  expect([backoff.next('long'), backoff.next('long'), backoff.next('short')]).toEqual([640, 1280, 40]);
});
