import { describe, expect, test } from 'vitest';
import { firstCauses, firstCausesIn } from './first-causes.ts';
import { newInvalid } from './status-error.ts';

const wrong = (field: string) => ({ reason: 'FieldValueInvalid', message: 'Invalid value', field });

describe('causes of an invalid object', () => {
  test('are told as far as somebody may read them', () => {
    const all = Array.from({ length: 50_000 }, (_, n) => wrong(`spec.list[${n}]`));
    const { status } = newInvalid({ resource: 'Thing', name: 'x' }, all);
    expect(status.details?.causes).toEqual(all.slice(0, 1000));
    expect(status.message).toContain('spec.list[999]');
    expect(status.message).not.toContain('spec.list[1000]');
  });

  test('are fewer where they are long, but one is told however long it is', () => {
    const long = wrong('n'.repeat(400_000));
    expect(newInvalid({ resource: 'Thing' }, Array(10).fill(long)).status.details?.causes).toHaveLength(2);
    const longer = wrong('n'.repeat(4_000_000));
    expect(firstCauses([longer, longer])).toEqual([longer]);
  });

  test('are looked for in no more parts than are needed', () => {
    let looked = 0;
    const causes = firstCausesIn(Array(50_000).fill('part'), (part, index) => {
      looked += 1;
      return index % 2 === 0 ? [] : [wrong(part)];
    });
    expect(causes).toHaveLength(1000);
    expect(looked).toBeLessThan(2100);
  });
});
