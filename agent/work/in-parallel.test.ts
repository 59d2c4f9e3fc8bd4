import { expect, test } from 'vitest';
import { inParallel } from './in-parallel.ts';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('so many tasks run at the same time and no more, and their results come in order', async () => {
  let [running, most] = [0, 0];
  const items = Array.from({ length: 100 }, (_, index) => index);
  const results = await inParallel(
    items,
    async (item) => {
      running += 1;
      most = Math.max(most, running);
      for (let ticks = item % 3; ticks >= 0; ticks -= 1) await tick();
      running -= 1;
      return item * 2;
    },
    7,
  );
  expect(most).toBe(7);
  expect(results).toEqual(items.map((item) => item * 2));
});

test('after a failure nothing more is begun', async () => {
  const begun: number[] = [];
  const failing = inParallel(
    [0, 1, 2, 3, 4, 5],
    async (item) => {
      begun.push(item);
      await tick();
      if (item === 1) throw new Error('no');
    },
    2,
  );
  await expect(failing).rejects.toThrow('no');
  await tick();
  expect(begun).toEqual([0, 1, 2]);
});

test('nothing to do is done at once', async () => {
  expect(await inParallel([], async () => 1)).toEqual([]);
});
