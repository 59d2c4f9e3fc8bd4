import { beforeEach, describe, expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { Delivery } from './delivery.ts';
import { configMap, deployment, putWork, settle } from './delivery-fixture.ts';
import { begin, memberRequests, world } from './delivery-scene.ts';
import { decideApply, withCorrection } from './drift.ts';
import type { Manifest } from './manifest.ts';
import type { Observed } from './observed.ts';

beforeEach(begin);

describe('drift in the member', () => {
  beforeEach(async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    world.member.requests.length = 0;
    world.hub.requests.length = 0;
  });

  test.each<[string, (live: Unstructured) => void]>([
    ['a changed value', (live) => Object.assign(live, { data: { a: '2' } })],
    ['a stripped label', (live) => Object.assign(live.metadata, { labels: {} })],
    ['a stripped annotation', (live) => Object.assign(live.metadata, { annotations: {} })],
  ])('is undone: %s', async (_name, change) => {
    const live = world.member.get('configmaps', 'default/a')!;
    const before = structuredClone(live);
    change(live);
    world.member.put('configmaps', live);
    await settle(world);
    const { data, metadata } = world.member.get('configmaps', 'default/a')!;
    expect({ data, labels: metadata.labels, annotations: metadata.annotations }).toEqual({
      data: before['data'],
      labels: before.metadata.labels,
      annotations: before.metadata.annotations,
    });
    expect(memberRequests().filter((request) => request.startsWith('apply'))).toHaveLength(1);
    expect(world.hub.requests).toEqual([]);
  });

  test('is undone though it happens while the Work is being delivered', async () => {
    putWork(world, [configMap('a'), deployment('d')]);
    await settle(world);
    let isChanged = false;
    world.member.intercept((request) => {
      if (isChanged || request !== 'apply deployments default/d') return;
      isChanged = true;
      world.member.put('configmaps', { ...world.member.get('configmaps', 'default/a')!, data: { a: 'theirs' } });
    });
    putWork(world, [configMap('a'), { ...deployment('d'), spec: { replicas: 3 } }]);
    await settle(world);
    expect(isChanged).toBe(true);
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ a: '1' });
  });

  test('is undone: a deleted object', async () => {
    world.member.remove('configmaps', 'default/a');
    await settle(world);
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ a: '1' });
  });

  test('is none in what others own', async () => {
    const live = world.member.get('configmaps', 'default/a')!;
    live['data'] = { a: '1', theirs: '1' };
    live.metadata.labels = { ...live.metadata.labels, theirs: '1' };
    world.member.put('configmaps', live);
    await settle(world);
    expect(memberRequests()).toEqual([]);
  });

  test('is answered ever more slowly when somebody keeps changing it back', async () => {
    for (let round = 0; round < 20; round += 1) {
      const live = world.member.get('configmaps', 'default/a')!;
      world.member.put('configmaps', { ...live, data: { a: String(round) } });
      await settle(world, 250);
    }
    const applies = memberRequests().filter((request) => request.startsWith('apply'));
    expect(applies.length).toBeGreaterThan(3);
    expect(applies.length).toBeLessThan(8);
  });

  test('is answered, and told of, in time also when the clock is set back', async () => {
    const change = async (value: string): Promise<void> => {
      const live = world.member.get('configmaps', 'default/a')!;
      world.member.put('configmaps', { ...live, data: { a: value } });
      await settle(world, 250);
    };
    for (const value of ['x', 'y', 'z']) await change(value);
    world.clock.set(-3_600_000);
    await change('again');
    putWork(world, [configMap('a'), configMap('b')]);
    await settle(world, 5000);
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ a: '1' });
    const { status } = world.hub.get('works', 'karmada-es-m1/w') as unknown as Work;
    expect(status?.manifestStatuses).toHaveLength(2);
  });
});

const MINUTE_MS = 60_000;
const NOW_MS = 100 * MINUTE_MS;

test.each<[string, number[], object]>([
  ['the first at once', [], { apply: 'drift' }],
  ['so the second', [0], { apply: 'drift' }],
  ['and the third', [1, 0], { apply: 'drift' }],
  ['the fourth a second after the last', [3, 2, 0], { apply: 'later', inMs: 1000 }],
  ['the sixth after four', [5, 4, 3, 2, 0], { apply: 'later', inMs: 4000 }],
  ['none later than after a minute', [9, 8, 7, 6, 5, 4, 3, 2, 1, 0], { apply: 'later', inMs: MINUTE_MS }],
  ['at once where that time has passed', [9, 8, 7, 6, 5, 4, 3, 2, 1.5, 1], { apply: 'drift' }],
  ['at once again where most were more than ten minutes ago', [13, 12, 11, 0], { apply: 'drift' }],
])('of corrections, so many minutes ago each: %s', (_name, minutesAgo, expected) => {
  const applied = { metadata: { resourceVersion: '1' }, digest: 'as applied' } as Observed;
  const seen = { metadata: { resourceVersion: '2' }, digest: 'drifted' } as Observed;
  const corrections = minutesAgo.map((minutes) => NOW_MS - minutes * MINUTE_MS);
  const previous = { applied, hash: 'h', isGone: false, corrections } as unknown as Delivery;
  expect(decideApply(previous, { hash: 'h' } as Manifest, { object: seen, upTo: '2' }, NOW_MS)).toEqual(expected);
});

test('of corrections only those of the last ten minutes are kept', () => {
  const before = [NOW_MS - 11 * MINUTE_MS, NOW_MS - MINUTE_MS];
  expect(withCorrection(before, NOW_MS)).toEqual([NOW_MS - MINUTE_MS, NOW_MS]);
});
