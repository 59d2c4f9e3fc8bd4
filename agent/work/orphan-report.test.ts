import { beforeEach, expect, test } from 'vitest';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { type FakeClock, newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { reportOrphans } from './orphan-report.ts';
import { newOrphanWaits } from './orphan-waits.ts';
import type { Orphan } from './orphans.ts';

const KEY = 'karmada-es-m1/pullet-orphans';

function someOrphans(count: number): Orphan[] {
  return Array.from({ length: count }, (_, index) => ({
    workUid: 'u',
    work: 'karmada-es-m1/w',
    object: {
      ...{
        apiVersion: 'v1',
        group: '',
        kind: 'ConfigMap',
        namespace: 'default',
        name: `n${index}`,
        uid: `uid${index}`,
      },
      orphaned: { reason: 'WorkMissing' as const, since: '2026-01-01T00:00:00Z' },
    },
  }));
}

let hub: FakeKube;
let clock: FakeClock;
/** As the agent has it, which may be late. */
let known: () => Work | undefined;

beforeEach(() => {
  hub = newFakeKube();
  clock = newFakeClock();
  hub.put(clusters, {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'm1' },
    spec: {},
    status: { kubernetesVersion: 'v1.36.0' },
  } as Cluster);
  known = told;
});

const told = (): Work => hub.get('works.work.karmada.io', KEY) as unknown as Work;

function report(count: number, waits = newOrphanWaits(clock)): Promise<void> {
  const deps = {
    ...{ hub: hub.client, clock, log: silentLogger, cluster: 'm1', namespace: 'karmada-es-m1' },
    getWork: (key: string) => (key === KEY ? known() : undefined),
  };
  return reportOrphans(deps, someOrphans(count), waits, new AbortController().signal);
}

const cluster = (): Cluster => hub.get('clusters.cluster.karmada.io', 'm1') as unknown as Cluster;

const condition = (): Condition | undefined =>
  cluster().status?.conditions?.find(({ type }) => type === 'OrphanedObjects') as Condition | undefined;

test('the Work that tells of them delivers nothing, is known by its label, and goes with the last of them', async () => {
  await report(1);
  expect(told()).toMatchObject({
    metadata: { labels: { 'pullet.io/orphans': 'true' } },
    spec: { suspendDispatching: true },
  });
  expect(condition()?.status).toBe('True');
  await report(0);
  expect([told(), condition()?.status, condition()?.reason]).toEqual([undefined, 'False', 'NoOrphans']);
  expect(cluster().status?.kubernetesVersion).toBe('v1.36.0');
});

test('nothing is told where the hub has no Cluster of the member', async () => {
  await hub.client.delete(clusters, { name: 'm1' });
  await report(1);
  expect(told()).toBeUndefined();
});

test('where there are none, and never were, nothing is written', async () => {
  await report(0);
  expect(hub.requests).toEqual(['get clusters.cluster.karmada.io m1']);
});

test('another Work under the name of the one that told of them stays', async () => {
  await report(1);
  const before = told();
  known = () => ({ ...before, metadata: { ...before.metadata, uid: 'before' } });
  await expect(report(0)).rejects.toThrow('the object has been modified');
  expect(told()).toBeDefined();
});

test('a Work that is there already, and of which the agent has not heard yet, tells of them', async () => {
  await report(1);
  known = () => undefined;
  await report(2);
  expect(told().status?.manifestStatuses).toHaveLength(2);
});

test('what is not forbidden but fails is tried again', async () => {
  hub.before = (request) => {
    if (request.startsWith('create works')) throw new Error('no room');
  };
  await expect(report(1)).rejects.toThrow('no room');
});

test('five of them are named in words, and how many more there are', async () => {
  const names = (count: number): string =>
    Array.from({ length: count }, (_, index) => `ConfigMap default/n${index}`).join(', ');
  const end = '; see "pullet get works --orphans", decide with "pullet prune" or "pullet adopt"';
  const start = (objects: string): string => `${objects} in the cluster may not be deleted without a person's word: `;
  await report(1);
  expect(condition()?.message).toBe(`${start('1 object')}${names(1)}${end}`);
  await report(5);
  expect(condition()?.message).toBe(`${start('5 objects')}${names(5)}${end}`);
  await report(7);
  expect(condition()?.message).toBe(`${start('7 objects')}${names(5)} and 2 more${end}`);
});

test('five decisions that wait are named in words, and how many more there are, as long as any waits', async () => {
  const waits = newOrphanWaits(clock);
  const words = (): string | undefined =>
    told().status?.conditions?.find(({ type }) => type === 'Progressing')?.message as string | undefined;
  const wait = (count: number): void => {
    for (let n = 0; n < count; n += 1) waits.note({ word: 'prune', uid: `uid${n}` }, 'held');
  };
  const list = Array.from({ length: 5 }, (_, n) => `prune ConfigMap default/n${n}: held`).join('; ');
  const start = 'These decisions could not be carried out yet: ';
  wait(5);
  await report(8, waits);
  expect(words()).toBe(`${start}${list}`);
  const decided = told().status?.manifestStatuses?.map(({ status }) => [status?.['decision'], status?.['waitsFor']]);
  expect(decided?.slice(4, 6)).toEqual([
    ['prune', 'held'],
    [undefined, undefined],
  ]);
  wait(7);
  await report(8, waits);
  expect(words()).toBe(`${start}${list}; and 2 more`);
  waits.keepOnly([]);
  await report(8, waits);
  expect(words()).toBeUndefined();
});

test('that there are more orphans than one Work has room for is said, until they are listed', async () => {
  await report(1001);
  expect(told().status?.manifestStatuses).toHaveLength(1000);
  expect(told().status?.conditions).toMatchObject([
    {
      type: 'StatusShortened',
      status: 'True',
      reason: 'OrphansLeftOut',
      message: '1001 objects are orphaned, and 1000 of them are listed; the others will be when these are decided',
    },
  ]);
  await report(1000);
  expect(told().status?.manifestStatuses).toHaveLength(1000);
  expect(told().status?.conditions ?? []).toEqual([]);
});
