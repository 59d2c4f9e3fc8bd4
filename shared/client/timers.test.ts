import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemTimers } from './timers.ts';

const DAY_MS = 24 * 3600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a delay of sixty days takes sixty days', () => {
  const task = vi.fn();
  systemTimers.setTimeout(task, 60 * DAY_MS);
  vi.advanceTimersByTime(60 * DAY_MS - 1);
  expect(task).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(task).toHaveBeenCalledOnce();
});

test('such a delay can be cancelled at any time of it', () => {
  const task = vi.fn();
  const cancel = systemTimers.setTimeout(task, 60 * DAY_MS);
  vi.advanceTimersByTime(30 * DAY_MS);
  cancel();
  vi.advanceTimersByTime(60 * DAY_MS);
  expect(task).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
