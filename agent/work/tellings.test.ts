import { expect, test } from 'vitest';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { newTellings } from './tellings.ts';

function newWorld({ waiting = 0, urgent = [] as string[], eachMs = 0 } = {}) {
  const clock = newFakeClock();
  const written: string[] = [];
  const ends: (() => void)[] = [];
  const world = { waiting };
  const stop = new AbortController();
  const tellings = newTellings(
    {
      ...{ clock, eachMs },
      waiting: () => world.waiting,
      isUrgent: (key) => urgent.includes(key),
      write: (key) => written.push(key),
    },
    stop.signal,
  );
  const deliver = (count: number): void => {
    for (let one = 0; one < count; one += 1)
      void tellings.during(`work-${one}`, () => new Promise<void>((resolve) => ends.push(resolve)));
  };
  const end = async (count: number): Promise<void> => {
    for (const resolve of ends.splice(0, count)) resolve();
    await clock.advance(0);
  };
  return { clock, written, world, tellings, deliver, end, stop };
}

test('where few Works are under way, what is to be told is told at once', () => {
  const { tellings, deliver, written } = newWorld();
  deliver(3);
  tellings.tell('a');
  expect(written).toEqual(['a']);
});

test('while many are under way it waits until no longer many are, and is told once', async () => {
  const { tellings, deliver, end, written, clock } = newWorld();
  deliver(6);
  for (const key of ['a', 'b', 'a']) tellings.tell(key);
  await end(2);
  expect(written).toEqual([]);
  await end(1);
  expect(written).toEqual(['a', 'b']);
  expect(clock.pending()).toBe(0);
});

test('Works that wait for a worker count like those under way', async () => {
  const { tellings, deliver, end, written, world } = newWorld({ waiting: 50 });
  deliver(1);
  tellings.tell('a');
  await end(1);
  expect(written).toEqual([]);
  world.waiting = 0;
  deliver(1);
  await end(1);
  expect(written).toEqual(['a']);
});

test('nothing waits for longer than fifteen seconds, however many are under way', async () => {
  const { tellings, deliver, written, clock } = newWorld({ waiting: 50 });
  deliver(6);
  tellings.tell('a');
  await clock.advance(14_000);
  for (const key of ['b', 'a']) tellings.tell(key);
  expect(written).toEqual([]);
  await clock.advance(1000);
  expect(written).toEqual(['a']);
  await clock.advance(13_999);
  expect(written).toEqual(['a']);
  await clock.advance(1);
  expect(written).toEqual(['a', 'b']);
  expect(clock.pending()).toBe(0);
});

test('what became urgent while it was held is told once', async () => {
  const urgent: string[] = [];
  const { tellings, deliver, end, written } = newWorld({ urgent });
  deliver(6);
  tellings.tell('a');
  urgent.push('a');
  tellings.tell('a');
  expect(written).toEqual(['a']);
  await end(6);
  expect(written).toEqual(['a']);
});

test('what is not in a hurry goes one after the other, and waits again when many are under way again', async () => {
  const { tellings, deliver, end, written, clock } = newWorld({ eachMs: 50 });
  deliver(6);
  for (const key of ['a', 'b', 'c', 'd']) tellings.tell(key);
  await end(6);
  expect(written).toEqual(['a']);
  await clock.advance(49);
  deliver(1);
  await end(1);
  expect(written).toEqual(['a']);
  await clock.advance(1);
  expect(written).toEqual(['a', 'b']);
  deliver(6);
  await clock.advance(500);
  expect(written).toEqual(['a', 'b']);
  await end(6);
  await clock.advance(100);
  expect(written).toEqual(['a', 'b', 'c', 'd']);
  expect(clock.pending()).toBe(0);
});

test('deliveries that take long hold nobody up', async () => {
  const { tellings, deliver, written, clock } = newWorld();
  deliver(6);
  await clock.advance(2000);
  tellings.tell('a');
  expect(written).toEqual(['a']);
});

test('those that took long are tried again without holding anybody up, until they are quick', async () => {
  const { tellings, deliver, end, written, clock } = newWorld();
  deliver(6);
  await clock.advance(2000);
  await end(6);
  deliver(6);
  tellings.tell('a');
  expect(written).toEqual(['a']);
  await end(6);
  deliver(6);
  tellings.tell('b');
  expect(written).toEqual(['a']);
});

test('what is urgent does not wait', () => {
  const { tellings, deliver, written } = newWorld({ urgent: ['failed'] });
  deliver(6);
  for (const key of ['a', 'failed']) tellings.tell(key);
  expect(written).toEqual(['failed']);
});

test('a delivery that fails counts no longer, and at the end nothing is left waiting', async () => {
  const { tellings, written, clock, stop, world } = newWorld({ waiting: 4 });
  tellings.tell('a');
  world.waiting = 0;
  await expect(tellings.during('work', () => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
  expect(written).toEqual(['a']);
  world.waiting = 4;
  tellings.tell('b');
  stop.abort();
  expect(clock.pending()).toBe(0);
});
