import { expect, test } from 'vitest';
import type { Cluster } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Lease } from '../../shared/apis/coordination/v1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { keyOf } from '../../shared/controller/store.ts';
import { newHeartbeat } from '../cluster/heartbeat.ts';
import type { LeaseStamps } from './controller.ts';
import {
  configMap,
  FINALIZER,
  loseWork,
  newDeliveryWorld,
  putCluster,
  putWork,
  SPACE,
  setHub,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';
import {
  beginDelivered,
  enter,
  isThere,
  keptHistory,
  keptMark,
  LONG_MS,
  orphans,
  putForgetful,
  restart,
  untilHistoryIsNot,
  world,
} from './delivery-scene.ts';
import { type FakeApi, newFakeInformer } from './fake-world.ts';
import { stampOf } from './lease-stamp.ts';

/** A hub that is restored from a backup under a running agent. */

/** Of the hub: as long as it is cut, its watches tell nothing. */
function newCutWatches(hub: FakeApi) {
  let isCut = false;
  const newInformer = newFakeInformer({
    ...hub,
    listen: (resource, listener) =>
      hub.listen(resource, (object, deleted) => {
        if (!isCut) listener(object, deleted);
      }),
  });
  const cut = (wanted: boolean): void => {
    isCut = wanted;
  };
  return { newInformer, cut };
}

test('what it says counts, though the agent knows of newer versions of the Work that it wrote itself', async () => {
  enter(newDeliveryWorld());
  setHub(world, 'hub-1');
  const { newInformer, cut } = newCutWatches(world.hub);
  const ofMember = newFakeInformer(world.member);
  await startDelivery(world, {
    newInformer: (options) => (options.client === world.hub.client ? newInformer(options) : ofMember(options)),
  });
  const { uid = '' } = putWork(world, [configMap('a')]).metadata;
  await settle(world, LONG_MS);
  cut(true);
  const live = world.member.get('configmaps', 'default/a') as Unstructured;
  world.member.put('configmaps', { ...live, status: { seen: 'after the backup' } });
  await settle(world);
  expect(workOf(world)?.status?.manifestStatuses).toMatchObject([{ status: { seen: 'after the backup' } }]);
  const before = await keptHistory();
  world.hub.forget('works', `${SPACE}/w`);
  cut(false);
  world.hub.rewind(50);
  putWork(world, [configMap('a', { a: 'restored' })], { metadata: { uid, finalizers: [FINALIZER] } });
  await untilHistoryIsNot(before);
  await settle(world);
  expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ a: 'restored' });
});

test('a Work that comes back no newer and without any manifest has all its objects told of soon', async () => {
  await beginDelivered();
  putForgetful([]);
  await settle(world, LONG_MS);
  expect([isThere('a'), isThere('b'), orphans()]).toEqual([true, true, ['a: WorkNotNewer', 'b: WorkNotNewer']]);
});

test('what a lost Work had delivered is no orphan soon after one of its name, made anew or changed, names it', async () => {
  await beginDelivered();
  loseWork(world);
  await settle(world, LONG_MS);
  expect(orphans()).toEqual(['a: WorkMissing', 'b: WorkMissing']);
  putWork(world, [configMap('a')], { metadata: { uid: 'another' } });
  await settle(world, LONG_MS);
  expect(orphans()).toEqual(['b: WorkMissing']);
  putWork(world, [configMap('a'), configMap('b')]);
  await settle(world, LONG_MS);
  expect(workOf(world, 'pullet-orphans')).toBeUndefined();
});

test('one that was restored while the agent was away, and has gone past its mark since, is found out by a Work that is older than it was', async () => {
  enter(newDeliveryWorld());
  setHub(world, 'hub-1');
  putCluster(world);
  await startDelivery(world);
  const other = (names: string[], metadata: object = {}): Unstructured =>
    world.hub.put('works', {
      apiVersion: 'work.karmada.io/v1alpha1',
      kind: 'Work',
      metadata: { ...world.hub.get('works', `${SPACE}/other`)?.metadata, name: 'other', namespace: SPACE, ...metadata },
      spec: { workload: { manifests: names.map((name) => configMap(name)) } },
    } as Unstructured);
  putWork(world, [configMap('a')]);
  other(['c']);
  await settle(world, LONG_MS);
  const [backup, backupOfOther] = ['w', 'other'].map((name) => world.hub.get('works', `${SPACE}/${name}`));
  putWork(world, [configMap('a'), configMap('b')]);
  other(['c', 'd']);
  await settle(world, LONG_MS);
  const mark = Number(workOf(world)?.metadata.resourceVersion);
  await restart(() => {
    for (const name of ['w', 'other']) world.hub.forget('works', `${SPACE}/${name}`);
    world.hub.rewind(Number(backup?.metadata.resourceVersion) - 2);
    for (const one of [backup, backupOfOther]) world.hub.put('works', one as Unstructured);
    world.hub.rewind(mark + 1000);
    for (const value of ['1', '2', '3', '4']) putWork(world, [configMap('a', { a: value })]);
  });
  expect(workOf(world)?.metadata.generation).toBeGreaterThan(2);
  expect(['a', 'b', 'c', 'd'].map(isThere)).toEqual([true, true, true, true]);
  expect(orphans()).toEqual(['b: HubChanged', 'd: HubChanged']);
});

test('one that has gone past its mark since, and where every Work that the backup had otherwise was written again, is found out by the heartbeat lease', async () => {
  const startBeating = async (): Promise<() => Promise<void>> => {
    let stamps: LeaseStamps | undefined;
    const carry = (next: LeaseStamps): void => {
      stamps = next;
    };
    const heartbeat = { ...{ hub: world.hub.client, clock: world.clock, cluster: 'm1' }, namespace: 'karmada-cluster' };
    const beat = newHeartbeat({
      ...{ ...heartbeat, leaseDurationSeconds: 40 },
      annotations: (lease) => stamps?.stampFor(lease) ?? {},
      onRenewed: (lease) => stamps?.stamped(lease),
    });
    const renew = (): Promise<void> => beat({ metadata: { name: 'm1' } } as Cluster, new AbortController().signal);
    await renew(); // the hub is told that the agent lives before the member lets it deliver
    await startDelivery(world, { heartbeat: { lease: { name: 'm1', namespace: 'karmada-cluster' }, carry } });
    return renew;
  };
  enter(newDeliveryWorld());
  setHub(world, 'hub-1');
  putCluster(world);
  const renew = await startBeating();
  putWork(world, [configMap('a')]);
  await settle(world, LONG_MS);
  await renew();
  const backup = ['works', 'leases'].flatMap((resource) =>
    world.hub.list(resource).map((object) => [resource, structuredClone(object)] as const),
  );
  putWork(world, [configMap('a'), configMap('b')]);
  await settle(world, LONG_MS);
  await renew();
  const lease = stampOf(world.hub.get('leases', 'karmada-cluster/m1') as Lease);
  await expect.poll(async () => (await keptMark())?.lease, { timeout: 30_000 }).toEqual(lease);
  enter(newDeliveryWorld(world));
  for (const [resource, object] of backup) {
    world.hub.forget(resource, keyOf(object));
    world.hub.put(resource, object);
  }
  world.hub.rewind(5000);
  for (const value of ['1', '2', '3', '4']) putWork(world, [configMap('a', { a: value })]);
  const renewAgain = await startBeating();
  await settle(world, LONG_MS);
  await renewAgain();
  expect(workOf(world)?.metadata.generation).toBeGreaterThan(2);
  expect([isThere('a'), isThere('b'), orphans()]).toEqual([true, true, ['b: HubChanged']]);
  putWork(world, [configMap('c')]);
  await settle(world, LONG_MS);
  expect([isThere('a'), isThere('c'), orphans()], 'the hub of now is believed').toEqual([
    false,
    true,
    ['b: HubChanged'],
  ]);
});

test.each([
  ['', false],
  ['epoch-1', true],
])(
  'the watch of Works goes on after a cut only where the hub tells the epoch of its store: "%s"',
  async (epoch, resumes) => {
    enter(newDeliveryWorld());
    setHub(world, 'hub-1', epoch);
    const asked: (() => boolean | undefined)[] = [];
    const [ofHub, ofMember] = [newFakeInformer(world.hub), newFakeInformer(world.member)];
    await startDelivery(world, {
      newInformer: (options) => {
        if (options.client !== world.hub.client) return ofMember(options);
        asked.push(() => options.resumes?.());
        return ofHub(options);
      },
    });
    putWork(world, [configMap('a')]);
    await settle(world);
    expect(asked.map((ask) => ask())).toEqual([resumes]);
  },
);
