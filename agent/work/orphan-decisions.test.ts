import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { configMap, loseWork, putWork, SPACE, settle, workOf } from './delivery-fixture.ts';
import {
  beginDelivered,
  isThere,
  justBefore,
  LONG_MS,
  orphans,
  orphansCondition,
  remake,
  world,
} from './delivery-scene.ts';

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

beforeEach(beginDelivered);

describe("a person's word", () => {
  const uidOf = (name: string): string => world.member.get('configmaps', `default/${name}`)?.metadata.uid ?? '';
  const decide = (annotations: Record<string, string>): void => {
    const work = workOf(world, 'pullet-orphans') as unknown as Unstructured;
    world.hub.put('works', { ...work, metadata: { ...work.metadata, annotations } });
  };

  beforeEach(async () => {
    loseWork(world);
    await settle(world, LONG_MS);
  });

  test('to prune deletes the object that it names by uid, and no other', async () => {
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
    expect(orphans()).toEqual(['a: WorkMissing']);
    expect(workOf(world, 'pullet-orphans')?.metadata.annotations).toEqual({});
  });

  test('to adopt leaves the object in the member, without our marks', async () => {
    decide({ 'pullet.io/adopt': `${uidOf('a')},${uidOf('b')}` });
    await settle(world, LONG_MS);
    expect(world.member.get('configmaps', 'default/a')?.metadata.labels).toEqual({});
    expect(workOf(world, 'pullet-orphans')).toBeUndefined();
    expect(orphansCondition()).toMatchObject({ status: 'False' });
  });

  test('is waited on until the object is really gone', async () => {
    const held = world.member.get('configmaps', 'default/b')!;
    world.member.put('configmaps', { ...held, metadata: { ...held.metadata, finalizers: ['hold'] } });
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, LONG_MS);
    expect(orphans()).toHaveLength(2);
    expect(workOf(world, 'pullet-orphans')?.metadata.annotations).toEqual({ 'pullet.io/prune': uidOf('b') });
    const live = world.member.get('configmaps', 'default/b')!;
    world.member.put('configmaps', { ...live, metadata: { ...live.metadata, finalizers: [] } });
    await settle(world, LONG_MS);
    expect(orphans()).toEqual(['a: WorkMissing']);
  });

  test.each<[string, () => void]>([
    ['somebody else made', () => void world.member.put('configmaps', configMap('c'))],
    ['another Work delivers', () => void putWork(world, [configMap('c')], { metadata: { uid: 'another' } })],
  ])('about an object that %s does nothing', async (_name, make) => {
    make();
    await settle(world, LONG_MS);
    const before = uidOf('c');
    decide({ 'pullet.io/prune': before });
    await settle(world, LONG_MS);
    expect([uidOf('c'), before === '']).toEqual([before, false]);
  });

  test('to adopt counts more than one to prune', async () => {
    decide({ 'pullet.io/adopt': uidOf('a'), 'pullet.io/prune': `${uidOf('a')},${uidOf('b')}` });
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
  });

  test('counts as it stands on the hub at the moment', async () => {
    justBefore(world.hub, `get works ${SPACE}/pullet-orphans`, () => decide({}));
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
  });

  test('does not reach what somebody made in its place the moment before', async () => {
    justBefore(world.member, 'delete configmaps default/b', () => remake('b'));
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
  });

  test('does not reach what a backup brought back in its place: our marks and our fields, and another object', async () => {
    const { uid, ...metadata } = world.member.get('configmaps', 'default/b')?.metadata ?? {};
    justBefore(world.hub, `get works ${SPACE}/pullet-orphans`, () => {
      world.member.remove('configmaps', 'default/b');
      world.member.put('configmaps', { ...configMap('b'), metadata });
    });
    decide({ 'pullet.io/prune': uid ?? '' });
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
  });

  test('given while another is being done is heard next', async () => {
    const uids = { a: uidOf('a'), b: uidOf('b') };
    justBefore(world.hub, `update works ${SPACE}/pullet-orphans`, () => decide({ 'pullet.io/prune': uids.a }));
    decide({ 'pullet.io/prune': uids.b });
    expect(await settle(world, LONG_MS)).toEqual([]);
    expect([isThere('a'), isThere('b')]).toEqual([false, false]);
  });
});
