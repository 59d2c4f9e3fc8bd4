import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import type { WriteContext } from '../../registry/strategy.ts';
import { resourceSliceStrategy } from './resource-slices.ts';

/** What a slice may be at all; test/conformance compares each of the rules with upstream's. */

const base = { driver: 'a.b', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, allNodes: true };
const slice = (spec: object): Unstructured => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceSlice',
  metadata: { name: 's' },
  spec: { ...base, ...spec },
});
const fields = (spec: object, old?: object): (string | undefined)[] => {
  const causes = old
    ? resourceSliceStrategy.validateUpdate?.(slice(spec), slice(old))
    : resourceSliceStrategy.validateCreate?.(slice(spec));
  return (causes ?? []).map(({ field }) => field);
};
const many = <T>(length: number, item: (n: number) => T): T[] => Array.from({ length }, (_, n) => item(n));
const named = (n: number) => ({ name: `d${n}` });
const taint = { key: 'a', effect: 'NoSchedule' };

describe('a slice', () => {
  test('has fewer devices where one of them says more of itself', () => {
    expect(fields({ devices: many(128, named) })).toEqual([]);
    expect(fields({ devices: many(129, named) })).toEqual(['spec.devices']);
    expect(fields({ devices: [{ name: 'x', taints: [taint] }, ...many(64, named)] })).toEqual(['spec.devices']);
  });

  test('of attributes by the thousand is told of their number, and of few of them', () => {
    const attributes = Object.fromEntries(many(200_000, (n) => [`-${n}`, {}]));
    const told = fields({ devices: [{ name: 'd', attributes }] });
    expect(told).toContain('spec.devices[0]');
    expect(told.length).toBeLessThan(1000);
  });

  test('stays that of its driver, its pool and its node', () => {
    const other = { driver: 'c.d', pool: { ...base.pool, name: 'q' }, allNodes: undefined, nodeName: 'n' };
    expect(fields(other, {})).toEqual(['spec.pool.name', 'spec.driver', 'spec.nodeName']);
  });

  test('may keep taints that would not be taken now', () => {
    const odd = { name: 'd', taints: [{ ...taint, effect: 'Odd' }] };
    expect(fields({ devices: [odd] })).toEqual(['spec.devices[0].taints[0].effect']);
    expect(fields({ devices: [odd, { name: 'e' }] }, { devices: [odd] })).toEqual([]);
    expect(fields({ devices: [{ ...odd, name: 'e' }] }, { devices: [odd] })).toHaveLength(1);
  });

  test('of many devices and long names is looked through once', () => {
    const long = 'x'.repeat(500_000);
    expect(fields({ devices: many(100_000, named) })).toEqual(['spec.devices']);
    expect(fields({ pool: { ...base.pool, name: '/'.repeat(500_000) } })).toHaveLength(255);
    const attributes = { [long]: { version: `1.2.3-${long}!` } };
    const at = `spec.devices[0].attributes`;
    const shown = `${at}[${'x'.repeat(47)}...${'x'.repeat(46)}].version`;
    expect(fields({ devices: [{ name: 'd', attributes }] })).toEqual([at, shown, shown]);
  });

  test('loses what is behind features that are off, and has the time of its taints', () => {
    const object = slice({
      devices: [
        {
          name: 'd',
          attributes: { a: { strings: ['x'], int: 1 } },
          nodeAllocatableResourceMappings: { cpu: {} },
          taints: [taint, { ...taint, timeAdded: '2020-01-01T00:00:00Z' }],
        },
      ],
    });
    resourceSliceStrategy.prepareForCreate?.(object, { nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678) } as WriteContext);
    expect(object['spec']).toMatchObject({
      devices: [
        {
          name: 'd',
          attributes: { a: { int: 1 } },
          taints: [{ timeAdded: '2026-01-02T03:04:05Z' }, { timeAdded: '2020-01-01T00:00:00Z' }],
        },
      ],
    });
    expect(JSON.stringify(object)).not.toMatch(/strings|nodeAllocatable/);
  });
});
