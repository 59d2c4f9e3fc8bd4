import { beforeEach, describe, expect, test } from 'vitest';
import type { Cluster } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Lease } from '../../shared/apis/coordination/v1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { keyOf } from '../../shared/controller/store.ts';
import { newHeartbeat } from '../cluster/heartbeat.ts';
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
import { newCutWatches, newFakeInformer } from './fake-informer.ts';
import { newEnding } from './fake-world.ts';
import { stampOf } from './lease-stamp.ts';
import { newStampedLease } from './stamped-lease.ts';

/** A hub that is restored from a backup under a running agent. */

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

/** An agent of which the hub is told that it lives, before the member lets it deliver. It ends, as far as its controllers do, only where it can be stopped. */
async function startBeating(stop?: AbortController): Promise<{ renew(): Promise<void>; ended: Promise<void> }> {
  const key = { name: 'm1', namespace: 'karmada-cluster' };
  const stamped = newStampedLease(world.hub.client, key);
  const beat = newHeartbeat({
    ...{ hub: world.hub.client, clock: world.clock, cluster: 'm1', namespace: key.namespace, leaseDurationSeconds: 40 },
    annotations: stamped.annotations,
    onRenewed: stamped.renewed,
  });
  const renew = (): Promise<void> => beat({ metadata: { name: 'm1' } } as Cluster, new AbortController().signal);
  await renew();
  const ending = stop ? { newController: newEnding(world.controllers) } : {};
  const ended = startDelivery(world, { heartbeat: stamped, ...ending }, stop);
  if (!stop) await ended;
  return { renew, ended };
}

async function deliver(...names: string[]): Promise<void> {
  putWork(
    world,
    names.map((name) => configMap(name)),
  );
  await expect.poll(() => settle(world, LONG_MS).then(() => names.every(isThere)), { timeout: 30_000 }).toBe(true);
  await settle(world, LONG_MS);
}

const leaseOf = (): Lease => world.hub.get('leases', 'karmada-cluster/m1') as Lease;

function backUp(): () => void {
  const backup = ['works', 'leases'].flatMap((resource) =>
    world.hub.list(resource).map((object) => [resource, structuredClone(object)] as const),
  );
  return () => {
    for (const [resource, object] of backup) {
      world.hub.forget(resource, keyOf(object));
      world.hub.put(resource, object);
    }
    world.hub.rewind(5000);
  };
}

describe('one that has gone past its mark since, and where every Work that the backup had otherwise was written again', () => {
  let stop: AbortController;
  const putOften = (): void => {
    for (const value of ['1', '2', '3', '4']) putWork(world, [configMap('a', { a: value })]);
  };

  beforeEach(() => {
    enter(newDeliveryWorld());
    setHub(world, 'hub-1');
    putCluster(world);
    stop = new AbortController();
  });

  test('is found out by the heartbeat lease', async () => {
    const { renew } = await startBeating();
    await deliver('a');
    await renew();
    const restore = backUp();
    await deliver('a', 'b');
    await renew();
    await expect.poll(async () => (await keptMark())?.lease, { timeout: 30_000 }).toEqual(stampOf(leaseOf()));
    enter(newDeliveryWorld(world));
    restore();
    putOften();
    const again = await startBeating();
    await settle(world, LONG_MS);
    await again.renew();
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

  test('so too where the agent was stopped before its next heartbeat, which renews nothing by that', async () => {
    const { renew, ended } = await startBeating(stop);
    await deliver('a');
    await renew();
    const { spec } = leaseOf();
    const restore = backUp();
    await deliver('a', 'b');
    stop.abort();
    await ended;
    expect(leaseOf().spec).toEqual(spec);
    expect((await keptMark())?.lease).toEqual(stampOf(leaseOf()));
    enter(newDeliveryWorld(world));
    restore();
    putOften();
    await startBeating();
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b'), orphans()]).toEqual([true, true, ['b: HubChanged']]);
  });

  test('an agent that is stopped when it has nothing new to say leaves the lease as it is, and so one that somebody else has renewed', async () => {
    const { renew, ended } = await startBeating(stop);
    await deliver('a');
    await renew();
    await renew();
    const { resourceVersion } = leaseOf().metadata;
    stop.abort();
    await ended;
    expect(leaseOf().metadata.resourceVersion).toBe(resourceVersion);
    enter(newDeliveryWorld(world));
    stop = new AbortController();
    const next = await startBeating(stop);
    await deliver('a', 'b');
    const others = world.hub.put('leases', leaseOf() as unknown as Unstructured);
    stop.abort();
    await next.ended;
    expect(leaseOf().metadata.resourceVersion).toBe(others.metadata.resourceVersion);
  });
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
