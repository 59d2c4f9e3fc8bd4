import { expect, test } from 'vitest';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
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

test('that there are more orphans than one Work has room for is said, until they are listed', async () => {
  const hub = newFakeKube();
  const clock = newFakeClock();
  hub.put(clusters, {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'm1' },
    spec: {},
  } as Cluster);
  const told = (): Work => hub.get('works.work.karmada.io', KEY) as unknown as Work;
  const deps = {
    ...{ hub: hub.client, clock, log: silentLogger, cluster: 'm1', namespace: 'karmada-es-m1' },
    getWork: () => told(),
  };
  const report = (count: number): Promise<void> =>
    reportOrphans(deps, someOrphans(count), newOrphanWaits(clock), new AbortController().signal);

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
