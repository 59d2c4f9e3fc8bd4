import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { validateLists } from './validate-lists.ts';

const set: Schema = { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } };

describe('duplicates in lists', () => {
  test('are told at their second place, of sets and of maps', () => {
    const map: Schema = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['a'] };
    expect(validateLists(['x', 'y', 'x', 'x'], set, 'p').map(({ field }) => field)).toEqual(['p[2]']);
    expect(validateLists([{ a: 1 }, { a: 2 }, { a: 1, b: 2 }], map, 'p').map(({ field }) => field)).toEqual(['p[2]']);
  });

  test('are told whatever the order of the keys', () => {
    const ofMaps: Schema = { ...set, items: { type: 'object' } };
    expect(
      validateLists(
        [
          { a: 1, b: { c: 1, d: 2 } },
          { b: { d: 2, c: 1 }, a: 1 },
        ],
        ofMaps,
        'p',
      ),
    ).toHaveLength(1);
  });

  test('below a name as long as a body are not told thousands of times', () => {
    const twice = Array.from({ length: 20_000 }, (_, n) => String(n >> 1));
    const schema: Schema = { type: 'object', additionalProperties: set };
    const causes = validateLists({ ['n'.repeat(50_000)]: twice }, schema);
    expect(causes.length).toBeGreaterThan(10);
    expect(JSON.stringify(causes).length).toBeLessThan(2_000_000);
  });
});
