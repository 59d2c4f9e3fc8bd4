import { beforeEach, describe, expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { configMap, putWork, SPACE, settle } from './delivery-fixture.ts';
import { begin, condition, forgetSecrets, justBefore, LONG_MS, restart, work, world } from './delivery-scene.ts';
import { noteExisting } from './existed-before.ts';
import { newFakeApi } from './fake-world.ts';
import { observe } from './observed.ts';

/** A Namespace that was there before the Work that takes it over is not deleted with it: what others have put into it would go too. */

const OVERWRITE = { 'work.karmada.io/conflict-resolution': 'overwrite' };

function namespace(name: string, metadata: Unstructured['metadata'] = {}): Unstructured {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...metadata } };
}

const live = (name = 'shop'): Unstructured | undefined => world.member.get('namespaces', name);

/** The Work, with Namespace `shop` and a config map, has taken over that Namespace. */
async function takeOver(): Promise<void> {
  world.member.put('namespaces', namespace('shop', { labels: { theirs: '1' } }));
  putWork(world, [namespace('shop'), configMap('a')], { metadata: { annotations: OVERWRITE } });
  await settle(world, LONG_MS);
  expect(live()?.metadata.labels).toMatchObject({ theirs: '1', 'karmada.io/managed': 'true' });
}

async function deleteWork(): Promise<void> {
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world, LONG_MS);
  expect(work()).toBeUndefined();
}

/** With what it had before, and none of our marks. */
function expectLetGo(): void {
  expect(live()?.metadata.labels).toEqual({ theirs: '1' });
  expect(live()?.metadata.annotations).toEqual({});
}

beforeEach(begin);

test('a Namespace of which somebody says so just before it is deleted is let go of', async () => {
  putWork(world, [namespace('made')]);
  await settle(world, LONG_MS);
  justBefore(world.member, 'delete namespaces made', () => {
    const { metadata, ...rest } = live('made') as Unstructured;
    const annotations = { ...metadata.annotations, 'pullet.io/existed-before': 'true' };
    world.member.put('namespaces', { ...rest, metadata: { ...metadata, annotations } });
  });
  await deleteWork();
  expect([live('made')?.metadata.labels, live('made')?.metadata.annotations]).toEqual([{}, {}]);
});

describe('a Namespace that a Work has taken over', () => {
  beforeEach(takeOver);

  test('says so, and is let go of when the Work is deleted, though what the Work made goes', async () => {
    expect(live()?.metadata.annotations).toMatchObject({ 'pullet.io/existed-before': 'true' });
    await deleteWork();
    expectLetGo();
    expect(world.member.get('configmaps', 'default/a')).toBeUndefined();
  });

  test('is let go of when the Work no longer names it', async () => {
    putWork(world, [configMap('a')], { metadata: { annotations: OVERWRITE } });
    await settle(world, LONG_MS);
    expectLetGo();
    expect(condition('Progressing')).toBeUndefined();
  });

  test('is let go of by another Work too, which it has moved to', async () => {
    const { apiVersion, kind, spec } = work() as Work;
    const second = { apiVersion, kind, metadata: { name: 'w2', namespace: SPACE }, spec } as Unstructured;
    world.hub.put('works', second);
    await settle(world, LONG_MS);
    await deleteWork();
    expect(live()?.metadata.annotations).toMatchObject({ 'work.karmada.io/name': 'w2' });
    world.hub.remove('works', `${SPACE}/w2`);
    await settle(world, LONG_MS);
    expectLetGo();
  });

  test('is let go of by an agent that has forgotten all', async () => {
    await restart(() => forgetSecrets(() => true));
    await deleteWork();
    expectLetGo();
  });

  test('is deleted where a person has taken the note off it', async () => {
    const { metadata, ...object } = live() as Unstructured;
    const { 'pullet.io/existed-before': _, ...annotations } = metadata.annotations ?? {};
    world.member.put('namespaces', { ...object, metadata: { ...metadata, annotations } });
    await settle(world, LONG_MS);
    await deleteWork();
    expect(live()).toBeUndefined();
  });

  test('is the next one if somebody deletes it: that is deleted with the Work which makes it', async () => {
    world.member.remove('namespaces', 'shop');
    await settle(world, LONG_MS);
    expect(live()?.metadata.labels).toMatchObject({ 'karmada.io/managed': 'true' });
    await deleteWork();
    expect(live()).toBeUndefined();
  });
});

test('a Namespace that a Work has made goes with it, though the Work says overwrite', async () => {
  putWork(world, [namespace('shop')], { metadata: { annotations: OVERWRITE } });
  await settle(world, LONG_MS);
  expect(live()?.metadata.annotations).not.toHaveProperty('pullet.io/existed-before');
  await deleteWork();
  expect(live()).toBeUndefined();
});

test("a Namespace that Karmada's agent has delivered for the Work goes with it", async () => {
  const annotations = { 'work.karmada.io/name': 'w', 'work.karmada.io/namespace': SPACE };
  world.member.put('namespaces', namespace('shop', { labels: { 'karmada.io/managed': 'true' }, annotations }));
  putWork(world, [namespace('shop')], { metadata: { annotations: OVERWRITE } });
  await settle(world, LONG_MS);
  await deleteWork();
  expect(live()).toBeUndefined();
});

test('anything else that a Work has taken over goes with it', async () => {
  world.member.put('configmaps', configMap('a', { theirs: '1' }));
  putWork(world, [configMap('a')], { metadata: { annotations: OVERWRITE } });
  await settle(world, LONG_MS);
  await deleteWork();
  expect(world.member.get('configmaps', 'default/a')).toBeUndefined();
});

test('a kind of that name which lives in namespaces is found there, to say so', async () => {
  const api = newFakeApi();
  const apiVersion = 'servicebus.azure.com/v1api20211101';
  const [group = '', version = ''] = apiVersion.split('/');
  const found = observe(api.put('buses', { ...namespace('bus', { namespace: 'default' }), apiVersion }));
  const type = { group, version, resource: 'buses', kind: 'Namespace', namespaced: true };
  await noteExisting(api.client, type, found, new AbortController().signal);
  expect(api.get('buses', 'default/bus')?.metadata.annotations).toEqual({ 'pullet.io/existed-before': 'true' });
});
