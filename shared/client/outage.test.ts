import { expect, test } from 'vitest';
import { newFakeClock } from '../controller/fake-clock.ts';
import { newOutage, type Outage } from './outage.ts';

type Step = [afterMs: number, what: keyof Outage];

test.each<[string, Step[], number]>([
  [
    'a server that always answers',
    [
      [0, 'answered'],
      [60_000, 'answered'],
    ],
    0,
  ],
  [
    'one that fails now and then between answers',
    [
      [0, 'failed'],
      [1000, 'answered'],
      [5000, 'failed'],
      [100, 'answered'],
    ],
    0,
  ],
  [
    'one that failed for a while',
    [
      [0, 'failed'],
      [2000, 'failed'],
      [2000, 'answered'],
      [0, 'answered'],
    ],
    1,
  ],
  [
    'one that failed for a while, twice',
    [
      [0, 'failed'],
      [4000, 'answered'],
      [0, 'failed'],
      [4000, 'answered'],
    ],
    2,
  ],
])('%s: so many outages that are over', async (_name, steps, times) => {
  const clock = newFakeClock();
  let ended = 0;
  const outage = newOutage(clock, () => {
    ended += 1;
  });
  for (const [afterMs, what] of steps) {
    await clock.advance(afterMs);
    outage[what]();
  }
  expect(ended).toBe(times);
});
