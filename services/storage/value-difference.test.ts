import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differenceOf, redone, undone } from './value-difference.ts';

const lease = (renewTime: string, resourceVersion: string) =>
  Buffer.from(
    `{"holder":"one","resourceVersion":"${resourceVersion}","kind":"Lease","renewTime":"${renewTime}","seconds":40}`,
  );

/** A value and one that was made out of it by taking bytes out and putting others in. */
const pairs = fc
  .tuple(
    fc.uint8Array({ minLength: 1, maxLength: 400 }),
    fc.array(fc.tuple(fc.nat(400), fc.nat(12), fc.uint8Array({ maxLength: 12 })), { maxLength: 80 }),
  )
  .map(([before, edits]) => {
    let after = Buffer.from(before);
    for (const [at, removed, added] of edits)
      after = Buffer.concat([after.subarray(0, at), added, after.subarray(at + removed)]);
    return { before: Buffer.from(before), after };
  });

describe('the difference of two values', () => {
  test('makes each out of the other, whatever was changed', () => {
    let made = 0;
    fc.assert(
      fc.property(pairs, ({ before, after }) => {
        const difference = differenceOf(before, after);
        if (!difference) return;
        made++;
        expect(Buffer.from(redone(Buffer.from(before), difference)).equals(after)).toBe(true);
        expect(Buffer.from(undone(Buffer.from(after), difference)).equals(before)).toBe(true);
      }),
      { seed: 1 },
    );
    expect(made).toBeGreaterThan(0);
  });

  test('is short where little differs, also where a number becomes longer', () => {
    const before = lease('2026-11-21T18:35:29.123456Z', '9999');
    expect(differenceOf(before, lease('2026-11-21T18:35:39.223456Z', '9998'))).toHaveLength(3 + 2 + 3 + 2 * 4);
    expect(differenceOf(before, lease('2026-11-21T18:35:29.123456Z', '10000'))).toHaveLength(3 + 4 + 5);
    expect(differenceOf(before, before)).toHaveLength(0);
  });

  test('is not made where much differs', () => {
    const before = Buffer.alloc(100, 'a');
    expect(differenceOf(before, Buffer.alloc(100, 'b'))).toBeUndefined();
    expect(differenceOf(Buffer.alloc(0), before)).toBeUndefined();
  });

  test('of values that differ all over is made of few stretches and a rest', () => {
    const before = Buffer.alloc(20_000, 'a');
    const after = Buffer.from(before);
    for (let at = 0; at < 3000; at += 30) after.write('b', at);
    const difference = differenceOf(before, after);
    expect(difference && Buffer.from(redone(Buffer.from(before), difference)).equals(after)).toBe(true);
  });

  test('is refused by a value that is too short for it', () => {
    const difference = differenceOf(lease('a', '1'), lease('b', '2'));
    expect(() => redone(Buffer.from('{}'), difference ?? Buffer.alloc(0))).toThrow(RangeError);
  });
});
