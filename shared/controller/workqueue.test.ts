import { expect, test } from 'vitest';
import { newFakeClock } from './fake-clock.ts';
import { newWorkqueue } from './workqueue.ts';

test('a key is in the queue once, and the order is that of the first adding', async () => {
  const queue = newWorkqueue(newFakeClock());
  for (const key of ['a', 'b', 'a']) queue.add(key);
  expect(queue.length()).toBe(2);
  expect([await queue.next(), await queue.next()]).toEqual(['a', 'b']);
});

test('a key that is added while it is worked on comes back afterwards, and to nobody before', async () => {
  const queue = newWorkqueue(newFakeClock());
  queue.add('a');
  await queue.next();
  queue.add('a');
  queue.add('a');
  expect(queue.length()).toBe(0);
  queue.done('a');
  expect(await queue.next()).toBe('a');
  queue.done('a');
  expect(queue.length()).toBe(0);
});

test('whoever waits gets the next key', async () => {
  const queue = newWorkqueue(newFakeClock());
  const first = queue.next();
  const second = queue.next();
  queue.add('a');
  queue.add('a');
  queue.add('b');
  expect([await first, await second]).toEqual(['a', 'b']);
});

test('of several delays for one key the earliest counts', async () => {
  const clock = newFakeClock();
  const queue = newWorkqueue(clock);
  queue.addAfter('a', 50);
  queue.addAfter('a', 20);
  queue.addAfter('a', 90);
  await clock.advance(19);
  expect(queue.length()).toBe(0);
  await clock.advance(1);
  expect(queue.length()).toBe(1);
  expect(clock.pending()).toBe(0);
});

test('of several delays the earliest counts also when the clock was set back in between', async () => {
  const clock = newFakeClock();
  const queue = newWorkqueue(clock);
  queue.addAfter('a', 20);
  clock.set(-3_600_000);
  queue.addAfter('a', 90);
  await clock.advance(20);
  expect(queue.length()).toBe(1);
});

test('shut down, it ends every wait, cancels every delay and takes nothing more', async () => {
  const clock = newFakeClock();
  const queue = newWorkqueue(clock);
  const waiting = queue.next();
  queue.addAfter('a', 50);
  queue.shutDown();
  queue.add('b');
  queue.addAfter('c', 1);
  expect(await waiting).toBeUndefined();
  expect(await queue.next()).toBeUndefined();
  expect(clock.pending()).toBe(0);
});
