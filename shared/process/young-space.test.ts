import { expect, test } from 'vitest';
import { limitYoungSpace } from './young-space.ts';

test('the space of short-lived objects grows under load up to its bound, and may grow again after it was made small', () => {
  let bytes = 1;
  let collected = (): void => {};
  const sets: string[] = [];
  limitYoungSpace(4, {
    set: (flag) => sets.push(flag),
    bytes: () => bytes,
    onCollected: (listener) => {
      collected = listener;
    },
  });
  const setAt = [1, 2, 4, 4, 8, 2, 4].map((now) => {
    bytes = now;
    collected();
    return sets.splice(0).join(' ');
  });
  expect(setAt).toEqual([
    ...['', '', '--semi-space-growth-factor=1', '', ''],
    ...['--semi-space-growth-factor=2', '--semi-space-growth-factor=1'],
  ]);
});
