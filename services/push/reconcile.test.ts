import { beforeEach, expect, test } from 'vitest';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Secret } from '../../shared/apis/core/v1.ts';
import { listedExecPolicy } from '../../shared/client/exec-policy.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { MemberAccessError } from './member-access-error.ts';
import { reconcilePush } from './reconcile.ts';

/** What becomes of one member, by its Cluster and its Secret. */

let hub: FakeKube;
let done: string[];
let isWorking: boolean;

beforeEach(() => {
  hub = newFakeKube();
  done = [];
  isWorking = true;
});

const token = (text: string): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'm1', namespace: 'karmada-cluster' },
  data: { token: Buffer.from(text).toString('base64') },
});

const leaving = { deletionTimestamp: '2026-01-01T00:00:00Z' };

async function reconcile(
  secret: Secret | 'pending' | Error | undefined,
  metadata: object = {},
): Promise<string | undefined> {
  const spec = { syncMode: 'Push', apiEndpoint: 'https://m1', secretRef: { namespace: 'karmada-cluster', name: 'm1' } };
  const cluster = hub.put(clusters, {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'm1', finalizers: ['karmada.io/cluster-controller'], ...metadata },
    spec,
    status: { kubernetesVersion: 'v1.36.0' },
  } as Cluster) as unknown as Cluster;
  const workers = {
    ensure: async ({ credentials }: { credentials: { madeOf: string } }) => void done.push(credentials.madeOf),
    stop: async () => void done.push('stop'),
    isWorking: () => isWorking,
  };
  const deps = {
    ...{ hub: hub.client, workers, clock: newFakeClock(), log: silentLogger, exec: listedExecPolicy([], 'a flag') },
    getCluster: () => cluster,
    getSecret: () => {
      if (secret instanceof Error) throw secret;
      return secret;
    },
  };
  await reconcilePush(deps, 'm1', new AbortController().signal);
  const { status } = hub.get('clusters.cluster.karmada.io', 'm1') as unknown as Cluster;
  expect(status?.kubernetesVersion).toBe('v1.36.0');
  return status?.conditions?.find(({ type }) => type === 'Ready')?.message;
}

test('while its Secret is not known yet nothing is said of it, nor ended', async () => {
  expect([await reconcile('pending'), done]).toEqual([undefined, []]);
});

test('whose Secret can not be seen it is not worked for, and said why', async () => {
  expect(await reconcile(new MemberAccessError('no right'))).toBe('failed to create a ClusterClient: no right');
  expect(done).toEqual(['stop']);
});

test('without its Secret it is not worked for, and said why', async () => {
  expect(await reconcile(undefined)).toContain('secrets "m1" not found');
  expect(done).toEqual(['stop']);
});

test('that leaves is worked for without its Secret, as long as it is', async () => {
  expect([await reconcile(undefined, leaving), done]).toEqual([undefined, []]);
  isWorking = false;
  expect(await reconcile(undefined, leaving)).toContain('secrets "m1" not found');
});

test('that leaves is worked for with another token from then on', async () => {
  expect(await reconcile(token('new'), leaving)).toBeUndefined();
  expect(done).toEqual([expect.stringContaining('new')]);
});
