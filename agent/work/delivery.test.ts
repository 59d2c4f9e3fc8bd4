import { beforeEach, describe, expect, test } from 'vitest';
import type { Secret } from '../../shared/apis/core/v1.ts';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import {
  configMap,
  type DeliveryWorld,
  deployment,
  FINALIZER,
  newDeliveryWorld,
  putWork as putWorkIn,
  SPACE,
  setHub,
  settle as settleIn,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';
import { decodeShard, shardOf } from './known-state.ts';

let world: DeliveryWorld;

const settle = (ms?: number): Promise<string[]> => settleIn(world, ms);
const putWork = (manifests: unknown[], more?: { spec?: object; metadata?: object }): Work =>
  putWorkIn(world, manifests, more);
const work = (): Work | undefined => workOf(world);

function condition(type: string): object | undefined {
  return work()?.status?.conditions?.find((one) => one.type === type);
}

function memberRequests(): string[] {
  return world.member.requests.filter((request) => !request.includes('pullet-state'));
}

beforeEach(() => {
  world = newDeliveryWorld();
  setHub(world, 'hub-1');
  return startDelivery(world);
});

describe('a Work that appears', () => {
  test('is applied after the finalizer was put on it, and told in one write', async () => {
    putWork([configMap('a'), deployment('d')]);
    await settle();
    const applied = world.member.get('configmaps', 'default/a');
    expect(applied?.['data']).toEqual({ a: '1' });
    expect(applied?.metadata.labels).toEqual({ 'karmada.io/managed': 'true' });
    expect(applied?.metadata.annotations).toEqual({
      'work.karmada.io/name': 'w',
      'work.karmada.io/namespace': SPACE,
    });
    expect(world.hub.requests.filter((request) => request.includes(' works '))).toEqual([
      `update works ${SPACE}/w`,
      `update/status works ${SPACE}/w`,
    ]);
    expect(work()?.metadata.finalizers).toEqual([FINALIZER]);
    expect(condition('Applied')).toMatchObject({
      status: 'True',
      reason: 'AppliedSuccessful',
      message: 'Manifest has been successfully applied',
    });
    expect(condition('Dispatching')).toMatchObject({ status: 'True', reason: 'Dispatching' });
    expect(work()?.status?.manifestStatuses?.map(({ identifier }) => identifier)).toEqual([
      { ordinal: 0, group: '', version: 'v1', kind: 'ConfigMap', resource: '', namespace: 'default', name: 'a' },
      { ordinal: 1, group: 'apps', version: 'v1', kind: 'Deployment', resource: '', namespace: 'default', name: 'd' },
    ]);
    expect(world.events.map(({ reason }) => reason)).toEqual(['SyncSucceed']);
  });

  test('is not applied at all when the finalizer can not be written', async () => {
    world.hub.intercept((request) => {
      if (request.startsWith('update works')) throw newForbidden({ resource: 'works' }, 'no');
    });
    putWork([configMap('a')]);
    expect((await settle()).length).toBeGreaterThan(0);
    expect(world.member.requests.filter((request) => request.startsWith('apply'))).toEqual([]);
  });

  test('is applied with namespaces first, whatever the order of its manifests', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };
    putWork([deployment('d'), configMap('a'), namespace]);
    await settle();
    expect(memberRequests().filter((request) => request.startsWith('apply'))).toEqual([
      'apply namespaces default',
      'apply configmaps default/a',
      'apply deployments default/d',
    ]);
  });

  test('costs the member one request for each new object', async () => {
    putWork([deployment('d'), configMap('a')]);
    await settle();
    expect(memberRequests()).toEqual(['apply configmaps default/a', 'apply deployments default/d']);
  });

  test('waits once for what is written down before', async () => {
    putWork([deployment('d'), configMap('a')]);
    await world.controllers.settle();
    const kept = world.member.requests.filter((request) => request.includes('pullet-state-head'));
    const before = kept.length;
    putWork([deployment('d'), configMap('a'), deployment('e'), configMap('b')]);
    await world.controllers.settle();
    const later = world.member.requests.filter((request) => request.includes('pullet-state-head'));
    expect(later.length - before).toBe(1);
  });

  test('is only told to be suspended when it says so', async () => {
    putWork([configMap('a')], { spec: { suspendDispatching: true } });
    await settle();
    expect(memberRequests()).toEqual([]);
    expect(work()?.metadata.finalizers).toBeUndefined();
    expect(work()?.status?.conditions).toMatchObject([
      { type: 'Dispatching', status: 'False', reason: 'SuspendDispatching' },
    ]);
  });
});

describe('a manifest that can not be applied', () => {
  test('does not hold back the others, and its Work says why', async () => {
    world.member.intercept((request) => {
      if (request === 'apply configmaps default/bad') throw newForbidden({ resource: 'configmaps', name: 'bad' }, 'no');
    });
    putWork([configMap('bad'), configMap('good'), { apiVersion: 'x/v1', kind: 'Foo', metadata: { name: 'f' } }]);
    await settle();
    expect(world.member.get('configmaps', 'default/good')).toBeDefined();
    expect(condition('Applied')).toMatchObject({
      status: 'False',
      reason: 'AppliedFailed',
      message:
        'Failed to apply all manifests (1/3): [ConfigMap default/bad: configmaps "bad" is forbidden: no, ' +
        'Foo f: no matches for kind "Foo" in version "x/v1" in the cluster m1]',
    });
    expect(work()?.status?.manifestStatuses?.map(({ health }) => health)).toEqual(['Unknown', 'Healthy', 'Unknown']);
    expect(world.events.map(({ reason }) => reason)).toEqual(['SyncFailed']);
  });

  test.each([
    ['a List', { apiVersion: 'v1', kind: 'List', metadata: {}, items: [] }, /a List can't be delivered/],
    ['a generated name', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'a-' } }, /generateName/],
    ['no kind', { apiVersion: 'v1', metadata: { name: 'a' } }, /needs apiVersion and kind/],
    ['no namespace', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }, /namespace is required/],
  ])('because it has %s is refused once with a reason', async (_name, manifest, reason) => {
    putWork([manifest]);
    expect(await settle(5000)).toEqual([]);
    expect(condition('Applied')).toMatchObject({ status: 'False', message: expect.stringMatching(reason) });
  });

  test('because its kind is not served is applied soon after it is', async () => {
    let isServed = false;
    let tell = (): void => {};
    world = newDeliveryWorld();
    const foos = { group: 'x', version: 'v1', resource: 'foos', kind: 'Foo', namespaced: false };
    await startDelivery(world, {
      resourceFor: async () => (isServed ? foos : undefined),
      onNewKind: (listener) => {
        tell = listener;
        return () => {};
      },
    });
    putWork([{ apiVersion: 'x/v1', kind: 'Foo', metadata: { name: 'f' } }]);
    await settle(60_000);
    expect(condition('Applied')).toMatchObject({ status: 'False', message: expect.stringContaining('no matches') });
    isServed = true;
    tell();
    await settle(0);
    expect(world.member.get('foos', 'f')).toBeDefined();
    world.member.requests.length = 0;
    isServed = false;
    putWork([{ apiVersion: 'y/v1', kind: 'Foo', metadata: { name: 'g' } }]);
    await settle(60_000);
    isServed = true;
    await settle(5250);
    expect(world.member.get('foos', 'g')).toBeDefined();
  });

  test('is tried again until it works', async () => {
    let failures = 2;
    world.member.intercept((request) => {
      if (request.startsWith('apply') && failures-- > 0) throw new Error('connection refused');
    });
    putWork([configMap('a')]);
    await settle(5000);
    expect(condition('Applied')).toMatchObject({ status: 'True' });
    expect(world.events.map(({ reason }) => reason)).toEqual(['SyncFailed', 'SyncSucceed']);
  });
});

describe("an object that isn't ours", () => {
  test('is left alone, with the words of the contract', async () => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    putWork([configMap('a')]);
    await settle();
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ theirs: '1' });
    expect(condition('Applied')).toMatchObject({
      message:
        'Failed to apply all manifests (0/1): resource(kind=ConfigMap, default/a) already exists in the cluster m1 and the ' +
        'work.karmada.io/conflict-resolution strategy value is empty, Karmada will not manage this resource',
    });
  });

  test('is left alone when another Work delivers it', async () => {
    putWork([configMap('a')]);
    await settle();
    const first = work() as unknown as Unstructured;
    const { finalizers: _, ...metadata } = first.metadata;
    world.hub.put('works', { ...first, metadata: { ...metadata, name: 'w2', uid: 'other' } });
    await settle();
    const second = world.hub.get('works', `${SPACE}/w2`) as unknown as Work;
    expect(second.status?.conditions?.find(({ type }) => type === 'Applied')).toMatchObject({
      status: 'False',
      message: expect.stringContaining(`is already delivered to the cluster m1 by Work ${SPACE}/w`),
    });
    const annotations = world.member.get('configmaps', 'default/a')?.metadata.annotations;
    expect(annotations?.['work.karmada.io/name']).toBe('w');
  });

  test('is taken over when the manifest says overwrite', async () => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    const manifest = configMap('a');
    manifest.metadata.annotations = { 'work.karmada.io/conflict-resolution': 'overwrite' };
    putWork([manifest]);
    await settle();
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ theirs: '1', a: '1' });
    expect(condition('Applied')).toMatchObject({ status: 'True' });
  });

  test('is not written down as having been delivered', async () => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    putWork([configMap('a')]);
    await settle(5000);
    const { uid = '' } = work()?.metadata ?? {};
    const { data } = world.member.get('secrets', `karmada-system/pullet-state-${shardOf(uid)}`) as Secret;
    const shard = await decodeShard(Buffer.from(data?.['data'] ?? '', 'base64'));
    expect(shard?.[uid]?.record.objects).toEqual([]);
  });

  test('is not deleted with the Work', async () => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    putWork([configMap('a')]);
    await settle();
    world.hub.remove('works', `${SPACE}/w`);
    await settle();
    expect(work()).toBeUndefined();
    expect(world.member.get('configmaps', 'default/a')).toBeDefined();
  });
});

describe('drift in the member', () => {
  beforeEach(async () => {
    putWork([configMap('a')]);
    await settle();
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
    await settle();
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
    putWork([configMap('a'), deployment('d')]);
    await settle();
    let isChanged = false;
    world.member.intercept((request) => {
      if (isChanged || request !== 'apply deployments default/d') return;
      isChanged = true;
      world.member.put('configmaps', { ...world.member.get('configmaps', 'default/a')!, data: { a: 'theirs' } });
    });
    putWork([configMap('a'), { ...deployment('d'), spec: { replicas: 3 } }]);
    await settle();
    expect(isChanged).toBe(true);
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ a: '1' });
  });

  test('is undone: a deleted object', async () => {
    world.member.remove('configmaps', 'default/a');
    await settle();
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ a: '1' });
  });

  test('is none in what others own', async () => {
    const live = world.member.get('configmaps', 'default/a')!;
    live['data'] = { a: '1', theirs: '1' };
    live.metadata.labels = { ...live.metadata.labels, theirs: '1' };
    world.member.put('configmaps', live);
    await settle();
    expect(memberRequests()).toEqual([]);
  });

  test('is answered ever more slowly when somebody keeps changing it back', async () => {
    for (let round = 0; round < 20; round += 1) {
      const live = world.member.get('configmaps', 'default/a')!;
      world.member.put('configmaps', { ...live, data: { a: String(round) } });
      await settle(250);
    }
    const applies = memberRequests().filter((request) => request.startsWith('apply'));
    expect(applies.length).toBeGreaterThan(3);
    expect(applies.length).toBeLessThan(8);
  });
});

describe('the status of a delivered object', () => {
  test('reaches the Work, many changes in few writes', async () => {
    putWork([deployment('d')]);
    await settle();
    world.hub.requests.length = 0;
    for (let ready = 0; ready <= 2; ready += 1) {
      const live = world.member.get('deployments', 'default/d')!;
      live['status'] = { observedGeneration: 1, updatedReplicas: 2, availableReplicas: ready, conditions: ['x'] };
      world.member.put('deployments', live);
      await world.controllers.settle();
    }
    expect(world.hub.requests).toHaveLength(1);
    await settle();
    expect(world.hub.requests).toHaveLength(2);
    expect(work()?.status?.manifestStatuses).toMatchObject([
      {
        status: { generation: 1, observedGeneration: 1, updatedReplicas: 2, availableReplicas: 2 },
        health: 'Healthy',
      },
    ]);
    expect(memberRequests().filter((request) => request.startsWith('apply'))).toHaveLength(1);
  });

  test('costs few writes while fifty pods are rolled out one after the other, and is told at once when they are', async () => {
    const rollOut = async (available: number): Promise<void> => {
      const live = world.member.get('deployments', 'default/d')!;
      live['status'] = {
        observedGeneration: 1,
        updatedReplicas: 50,
        readyReplicas: available,
        availableReplicas: available,
      };
      world.member.put('deployments', live);
      await settle(1000);
    };
    putWork([{ ...deployment('d'), spec: { replicas: 50 } }]);
    await settle();
    world.hub.requests.length = 0;
    for (let available = 0; available <= 49; available += 1) await rollOut(available);
    expect(condition('Available')).toMatchObject({ status: 'False' });
    const half = work()?.status?.manifestStatuses?.[0]?.status as { availableReplicas: number };
    expect(half.availableReplicas).toBeGreaterThan(30);
    await rollOut(50);
    expect(condition('Available')).toMatchObject({ status: 'True' });
    expect(work()?.status?.manifestStatuses).toMatchObject([{ status: { availableReplicas: 50 }, health: 'Healthy' }]);
    expect(world.hub.requests.length).toBeLessThanOrEqual(12);
  });

  test("keeps others' conditions when the hub's copy has changed meanwhile", async () => {
    putWork([deployment('d')]);
    await settle();
    const theirs = {
      type: 'Other',
      status: 'True',
      reason: 'R',
      message: '',
      lastTransitionTime: '2020-01-01T00:00:00Z',
    };
    world.hub.intercept((request) => {
      if (!request.startsWith('update/status')) return;
      world.hub.intercept(() => {});
      const live = work()!;
      const conditions = [...(live.status?.conditions ?? []), theirs];
      world.hub.put('works', { ...live, status: { ...live.status, conditions } } as unknown as Unstructured);
    });
    const live = world.member.get('deployments', 'default/d')!;
    world.member.put('deployments', { ...live, status: { readyReplicas: 1 } });
    await settle();
    expect(condition('Other')).toEqual(theirs);
    expect(work()?.status?.manifestStatuses).toMatchObject([{ status: { readyReplicas: 1 } }]);
  });
});

describe('a Work that is deleted', () => {
  test('takes its objects with it, waits until they are gone, and lets go only then', async () => {
    const manifest = deployment('d');
    putWork([configMap('a'), manifest], { metadata: { finalizers: ['other', FINALIZER] } });
    await settle();
    const held = world.member.get('deployments', 'default/d')!;
    world.member.put('deployments', { ...held, metadata: { ...held.metadata, finalizers: ['hold'] } });
    world.hub.remove('works', `${SPACE}/w`);
    await settle(3000);
    expect(work()?.metadata.finalizers).toEqual(['other', FINALIZER]);
    expect(condition('Progressing')).toMatchObject({
      status: 'True',
      reason: 'WaitingForDeletion',
      message: 'Waiting until these are gone from the cluster: Deployment default/d (held by finalizer hold)',
    });
    expect(world.member.get('configmaps', 'default/a'), 'deleted after what may need it').toBeDefined();
    const live = world.member.get('deployments', 'default/d')!;
    world.member.put('deployments', { ...live, metadata: { ...live.metadata, finalizers: [] } });
    await settle(3000);
    expect(world.member.get('configmaps', 'default/a')).toBeUndefined();
    expect(work()?.metadata.finalizers).toEqual(['other']);
  });

  test('takes them along though its dispatching is suspended', async () => {
    putWork([configMap('a')]);
    await settle();
    putWork([configMap('a')], { spec: { suspendDispatching: true } });
    await settle();
    world.hub.remove('works', `${SPACE}/w`);
    await settle();
    expect(world.member.get('configmaps', 'default/a')).toBeUndefined();
    expect(work()).toBeUndefined();
  });

  test('leaves them, without our marks, if it says so', async () => {
    putWork([configMap('a')], { spec: { preserveResourcesOnDeletion: true } });
    await settle();
    world.hub.remove('works', `${SPACE}/w`);
    await settle();
    const kept = world.member.get('configmaps', 'default/a');
    expect(kept?.['data']).toEqual({ a: '1' });
    expect(kept?.metadata.labels).toEqual({});
    expect(kept?.metadata.annotations).toEqual({});
    expect(work()).toBeUndefined();
  });

  test('without our finalizer costs the member nothing', async () => {
    putWork([configMap('a')]);
    await settle();
    const live = work()!;
    live.metadata.finalizers = ['other'];
    live.metadata.deletionTimestamp = '2020-01-01T00:00:00Z';
    world.hub.put('works', live as unknown as Unstructured);
    await settle();
    expect(world.member.get('configmaps', 'default/a')).toBeDefined();
  });
});

test('a Work by which somebody tells the hub of EndpointSlices is left alone, whatever becomes of it', async () => {
  const labels = { 'endpointslice.karmada.io/managed-by': 'ServiceExport' };
  const finalizers = ['karmada.io/endpointslice-controller'];
  const made = putWork([configMap('a')], { spec: { suspendDispatching: true }, metadata: { labels, finalizers } });
  await settle();
  expect(work()).toEqual(made);
  world.hub.remove('works', `${SPACE}/w`);
  await settle();
  expect(work()?.metadata.finalizers).toEqual(finalizers);
  expect(memberRequests()).toEqual([]);
});

describe('a manifest that the Work stops naming', () => {
  beforeEach(async () => {
    putWork([configMap('a'), configMap('b')]);
    await settle();
  });

  test('is deleted in the member', async () => {
    putWork([configMap('a')]);
    await settle();
    expect(world.member.get('configmaps', 'default/b')).toBeUndefined();
    expect(world.member.get('configmaps', 'default/a')).toBeDefined();
    expect(work()?.status?.manifestStatuses).toHaveLength(1);
  });

  test('is waited for, with a condition that says what holds it, and before what it may need', async () => {
    putWork([configMap('a'), configMap('b'), deployment('d')]);
    await settle();
    const held = world.member.get('deployments', 'default/d')!;
    world.member.put('deployments', { ...held, metadata: { ...held.metadata, finalizers: ['hold'] } });
    putWork([configMap('a')]);
    await settle();
    expect(condition('Progressing')).toMatchObject({
      status: 'True',
      reason: 'WaitingForDeletion',
      message:
        'Waiting until these are gone from the cluster: Deployment default/d (held by finalizer hold), ConfigMap default/b (after the others)',
    });
    const live = world.member.get('deployments', 'default/d')!;
    world.member.put('deployments', { ...live, metadata: { ...live.metadata, finalizers: [] } });
    await settle(3000);
    expect(world.member.get('configmaps', 'default/b')).toBeUndefined();
    expect(condition('Progressing')).toBeUndefined();
  });
});
