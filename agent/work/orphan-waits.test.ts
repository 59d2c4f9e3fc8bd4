import { beforeEach, describe, expect, test } from 'vitest';
import { type FakeClock, newFakeClock } from './fake-world.ts';
import { type Decision, newOrphanWaits, type OrphanWaits } from './orphan-waits.ts';

const prune: Decision = { word: 'prune', uid: 'a' };
const adopt: Decision = { word: 'adopt', uid: 'a' };
const other: Decision = { word: 'prune', uid: 'b' };

let clock: FakeClock;
let waits: OrphanWaits;

beforeEach(() => {
  clock = newFakeClock();
  waits = newOrphanWaits(clock);
});

describe('a decision that could not be carried out', () => {
  test('is due again after half of two seconds at the earliest, and within a minute however often it failed', () => {
    waits.note(prune, 'no');
    expect(waits.isDue(prune)).toBe(false);
    clock.advance(999);
    expect(waits.isDue(prune)).toBe(false);
    for (let tries = 0; tries < 50; tries += 1) waits.note(prune, 'no');
    expect(waits.nextInMs()).toBeGreaterThan(4000);
    clock.advance(60_000);
    expect(waits.isDue(prune)).toBe(true);
    expect(waits.nextInMs()).toBe(0);
  });

  test('does not hold up another word about the same object, which begins anew', () => {
    for (let tries = 0; tries < 50; tries += 1) waits.note(prune, 'no');
    expect(waits.isDue(adopt)).toBe(true);
    expect(waits.note(adopt, 'no')).toBe(true);
    expect(waits.of('a')).toMatchObject({ word: 'adopt', why: 'no' });
    expect(waits.nextInMs()).toBeLessThanOrEqual(4000);
  });

  test('is told of when the reason is another', () => {
    expect([waits.note(prune, 'no'), waits.note(prune, 'no'), waits.note(prune, 'never')]).toEqual([true, false, true]);
    expect(waits.of('a')?.why).toBe('never');
  });

  test('is forgotten when nobody wants it any more, and no other', () => {
    for (const decision of [prune, other]) waits.note(decision, 'no');
    waits.keepOnly([adopt, other]);
    expect([waits.of('a'), waits.of('b')?.word]).toEqual([undefined, 'prune']);
    waits.keepOnly([]);
    expect(waits.nextInMs()).toBeUndefined();
  });
});

test('the next look is when the first of all is due', () => {
  for (let tries = 0; tries < 50; tries += 1) waits.note(prune, 'no');
  const alone = waits.nextInMs() ?? 0;
  waits.note(other, 'no');
  expect(waits.nextInMs()).toBeLessThan(alone);
});
