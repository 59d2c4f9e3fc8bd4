import { beforeEach, expect, test } from 'vitest';
import { type FakeClock, newFakeClock } from '../../../shared/controller/fake-clock.ts';
import { newOverdueQueue, type OverdueQueue } from './overdue-queue.ts';

let clock: FakeClock;
let overdue: string[];
let queue: OverdueQueue;

beforeEach(() => {
  clock = newFakeClock();
  overdue = [];
  queue = newOverdueQueue({ clock, onOverdue: (member) => overdue.push(member) });
});

test('tells of each member exactly when its grace is over, in order', async () => {
  queue.touch('a', 40_000);
  queue.touch('b', 60_000);
  await clock.advance(1000);
  queue.touch('c', 40_000);
  await clock.advance(38_999);
  expect(overdue).toEqual([]);
  await clock.advance(1);
  expect(overdue).toEqual(['a']);
  await clock.advance(1000);
  expect(overdue).toEqual(['a', 'c']);
  await clock.advance(20_000);
  expect(overdue).toEqual(['a', 'c', 'b']);
});

test('a sign of life starts the grace anew, and a new length counts from then', async () => {
  queue.touch('a', 60_000);
  await clock.advance(30_000);
  queue.touch('a', 40_000);
  await clock.advance(39_999);
  expect(overdue).toEqual([]);
  await clock.advance(1);
  expect(overdue).toEqual(['a']);
  expect(queue.isOverdue('a')).toBe(true);
  queue.touch('a', 40_000);
  expect(queue.isOverdue('a')).toBe(false);
});

test('ten thousand members have one timer', () => {
  for (let i = 0; i < 10_000; i++) queue.touch(`m${i}`, 40_000);
  for (let i = 0; i < 10_000; i++) queue.touch(`m${i}`, 40_000);
  expect(clock.pending()).toBe(1);
});

test('who is forgotten is not told of', async () => {
  queue.touch('a', 40_000);
  queue.forget('a');
  await clock.advance(100_000);
  expect(overdue).toEqual([]);
});

test('everybody has a full grace after a restart of all', async () => {
  queue.touch('a', 40_000);
  await clock.advance(40_000);
  queue.touch('b', 40_000);
  await clock.advance(30_000);
  queue.restartAll();
  expect(queue.isOverdue('a')).toBe(false);
  await clock.advance(39_999);
  expect(overdue).toEqual(['a']);
  await clock.advance(1);
  expect(overdue.sort()).toEqual(['a', 'a', 'b']);
});

test('a process that was asleep judges nobody by that', async () => {
  let now = 0;
  let fire: () => void = () => undefined;
  const keep = (task: () => void) => {
    fire = task;
    return () => undefined;
  };
  const sleeping = { now: () => now, monotonic: () => now, setTimeout: keep };
  const slept: string[] = [];
  const held = newOverdueQueue({ clock: sleeping, onOverdue: (member) => slept.push(member) });
  held.touch('a', 40_000);
  now = 3_600_000;
  fire();
  expect(slept).toEqual([]);
  now += 40_000;
  fire();
  expect(slept).toEqual(['a']);
});

test.each([-3_600_000, 3_600_000])('a clock that is set by %i ms moves nobody’s time', async (ms) => {
  queue.touch('a', 40_000);
  await clock.advance(10_000);
  clock.set(ms);
  queue.touch('b', 40_000);
  await clock.advance(29_999);
  expect(overdue).toEqual([]);
  await clock.advance(1);
  expect(overdue).toEqual(['a']);
  await clock.advance(10_000);
  expect(overdue).toEqual(['a', 'b']);
});

test('stopping leaves no timer', () => {
  queue.touch('a', 40_000);
  queue.stop();
  expect(clock.pending()).toBe(0);
});
