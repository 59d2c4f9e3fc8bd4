import { beforeEach, describe, expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { configMap, deployment, putWork, settle } from './delivery-fixture.ts';
import { begin, memberRequests, world } from './delivery-scene.ts';

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
});
