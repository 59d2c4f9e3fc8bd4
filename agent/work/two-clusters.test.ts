import { beforeEach, describe, expect, test } from 'vitest';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Condition, Unstructured } from '../../shared/apis/meta/v1.ts';
import { EXISTED_BEFORE_ANNOTATION, type Work } from '../../shared/apis/work/v1alpha1.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { configMap, type DeliveryWorld, newDeliveryWorld, setHub, settle, startDelivery } from './delivery-fixture.ts';
import { begin, enter, LONG_MS, world } from './delivery-scene.ts';
import { type FakeApi, newFakeApi } from './fake-world.ts';
import { newSecretStateStore } from './secret-state-store.ts';

/** One member is cluster m1 of one hub and m2 of another: two agents, which know nothing of each other and apply by the same name. */

const OVERWRITE = { 'work.karmada.io/conflict-resolution': 'overwrite' };
const hubs: Record<string, FakeApi> = {};

beforeEach(async () => {
  await begin();
  const other: DeliveryWorld = { ...world, hub: newFakeApi() };
  Object.assign(hubs, { m1: world.hub, m2: other.hub });
  setHub(other, 'hub-2');
  const state = newSecretStateStore({ member: world.member.client, namespace: 'other', log: silentLogger });
  await startDelivery(other, { state }, { signal: new AbortController().signal, cluster: 'm2' });
});

async function deliver(
  cluster: string,
  manifests: Unstructured[],
  annotations: Record<string, string> = {},
  more = {},
) {
  const metadata = { name: 'w', namespace: executionSpace(cluster), annotations };
  const spec = { workload: { manifests }, ...more };
  hubs[cluster]?.put('works', { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata, spec });
  await settle(world, LONG_MS);
}

async function deleteWork(cluster: string): Promise<void> {
  hubs[cluster]?.remove('works', `${executionSpace(cluster)}/w`);
  await settle(world, LONG_MS);
  expect(hubs[cluster]?.get('works', `${executionSpace(cluster)}/w`)).toBeUndefined();
}

function condition(cluster: string, type: string): Condition | undefined {
  const work = hubs[cluster]?.get('works', `${executionSpace(cluster)}/w`) as Work | undefined;
  return work?.status?.conditions?.find((one) => one.type === type);
}

const namespace: Unstructured = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const dataOf = (name: string): unknown => world.member.get('configmaps', `default/${name}`)?.['data'];
const ownerOf = (resource: string, key: string): string | undefined =>
  world.member.get(resource, key)?.metadata.annotations?.['work.karmada.io/namespace'];

test('what the agent of one delivers the other leaves alone, and says whose it is, until it is gone', async () => {
  await deliver('m1', [configMap('a', { a: '1' })]);
  await deliver('m2', [configMap('a', { b: '2' })]);
  expect([ownerOf('configmaps', 'default/a'), dataOf('a')]).toEqual(['karmada-es-m1', { a: '1' }]);
  expect(condition('m1', 'Applied')?.status).toBe('True');
  expect(condition('m2', 'Applied')).toMatchObject({
    status: 'False',
    message: expect.stringContaining('delivered by Work karmada-es-m1/w, of another cluster'),
  });
  await deleteWork('m1');
  await settle(world, 31_000);
  expect([ownerOf('configmaps', 'default/a'), dataOf('a')]).toEqual(['karmada-es-m2', { b: '2' }]);
});

test('what would be left alone is said where it is asked what would change', async () => {
  await deliver('m1', [configMap('a', { a: '1' })]);
  await deliver('m2', [configMap('a', { a: '2' })], { 'pullet.io/dry-run': 'true' }, { suspendDispatching: true });
  const asked = hubs['m2']?.get('works', 'karmada-es-m2/w') as Work | undefined;
  expect(asked?.status?.manifestStatuses?.[0]?.status).toMatchObject({
    result: 'Changed',
    message: expect.stringContaining('Work karmada-es-m1/w, of another cluster, has delivered it'),
  });
});

describe('what a Work of the other takes over, as it says overwrite,', () => {
  beforeEach(async () => {
    await deliver('m1', [namespace, configMap('a')]);
    await deliver('m2', [namespace, configMap('a')], OVERWRITE);
  });

  test('is its own, and stays when the Work of the first is deleted', async () => {
    expect(condition('m2', 'Applied')?.status).toBe('True');
    expect(condition('m1', 'Applied')).toMatchObject({
      status: 'False',
      message: expect.stringContaining('delivered by Work karmada-es-m2/w, of another cluster'),
    });
    await deleteWork('m1');
    expect([ownerOf('namespaces', 'shop'), ownerOf('configmaps', 'default/a')]).toEqual([
      'karmada-es-m2',
      'karmada-es-m2',
    ]);
  });

  test('was there before: a Namespace is let go of with that Work', async () => {
    await deleteWork('m2');
    expect(world.member.get('namespaces', 'shop')?.metadata.annotations).toEqual({});
  });
});

test('what the very agent delivered while the member had another name is its own', async () => {
  await deliver('m1', [namespace, configMap('a', { a: '1' })]);
  hubs['m1']?.detach();
  world.member.detach();
  const renamed = { ...newDeliveryWorld(), hub: hubs['m2'] as FakeApi, member: world.member };
  enter(renamed);
  await startDelivery(renamed, {}, { signal: new AbortController().signal, cluster: 'm2' });
  await deliver('m2', [namespace, configMap('a', { b: '2' })]);
  expect([condition('m2', 'Applied')?.status, dataOf('a')]).toEqual(['True', { a: '1', b: '2' }]);
  expect(world.member.get('namespaces', 'shop')?.metadata.annotations).not.toHaveProperty(EXISTED_BEFORE_ANNOTATION);
});

test('where both say overwrite they take it from each other, and both are told', async () => {
  await deliver('m1', [configMap('a')], OVERWRITE);
  await deliver('m2', [configMap('a')], OVERWRITE);
  await settle(world, 60_000);
  for (const [cluster, other] of [
    ['m1', 'm2'],
    ['m2', 'm1'],
  ] as const) {
    expect(condition(cluster, 'Degraded')).toMatchObject({
      status: 'True',
      message: expect.stringContaining(`Work karmada-es-${other}/w`),
    });
  }
});
