import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLUSTER_FINALIZER, clusters } from '../../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../../shared/apis/coordination/v1.ts';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import type { FakeClock } from '../../../shared/controller/fake-clock.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { type HubFixture, newHubFixture, newTestCluster, readyCondition, report, taintKeys } from '../hub-fixture.ts';

let hub: HubFixture;
let kube: FakeKube;
let clock: FakeClock;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube, clock } = hub);
});
afterEach(() => hub.stop());

describe('the monitor', () => {
  const renew = (at: number, name = 'm1') =>
    kube.put(leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: 'karmada-cluster' },
      spec: { renewTime: new Date(at).toISOString() },
    } as KubeObject);

  test('says Unknown after 40 s without a sign of life, and not before', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster('True'));
    await clock.advance(39_000);
    expect(readyCondition(kube)?.status).toBe('True');
    await clock.advance(1500);
    expect(readyCondition(kube)).toMatchObject({ status: 'Unknown', reason: 'ClusterStatusUnknown' });
    await hub.until(() => taintKeys(kube).includes('cluster.karmada.io/unreachable'));
  });

  test('gives an agent that never reported 60 s', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster());
    await clock.advance(59_000);
    expect(readyCondition(kube)).toBeUndefined();
    await clock.advance(1500);
    expect(readyCondition(kube)).toMatchObject({ status: 'Unknown', reason: 'ClusterStatusNeverUpdated' });
  });

  test('takes a renewed lease for a sign of life, whatever time the agent’s clock says', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster('True'));
    for (let i = 0; i < 10; i++) {
      renew(-i);
      await clock.advance(30_000);
    }
    expect(readyCondition(kube)?.status).toBe('True');
    await clock.advance(15_000);
    expect(readyCondition(kube)?.status).toBe('Unknown');
  });

  test('takes a lease in which something else was written for none', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster('True'));
    renew(0);
    await clock.advance(30_000);
    const lease = renew(0);
    kube.put(leases, { ...lease, metadata: { ...lease.metadata, annotations: { said: 'last' } } });
    await clock.advance(15_000);
    expect(readyCondition(kube)?.status).toBe('Unknown');
  });

  test('takes a changed Ready condition for one', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster('False'));
    await clock.advance(30_000);
    report(kube, 'True');
    await clock.advance(30_000);
    expect(readyCondition(kube)?.status).toBe('True');
  });

  test('judges nobody by a time in which the hub’s API did not answer', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster('True'));
    kube.before = (request) => {
      if (request.startsWith('get clusters')) throw new Error('the API is away');
    };
    await clock.advance(41_000);
    kube.before = () => undefined;
    await clock.advance(38_000);
    expect(readyCondition(kube)?.status).toBe('True');
    await clock.advance(5000);
    expect(readyCondition(kube)?.status).toBe('Unknown');
  });

  test('does not hold the time in which the hub itself was away against anybody', async () => {
    const names = ['m1', 'm2', 'm3'];
    for (const name of names) {
      kube.put(clusters, { ...newTestCluster('True'), metadata: { name, finalizers: [CLUSTER_FINALIZER] } });
      renew(Date.UTC(2026, 0, 1), name);
    }
    await clock.advance(3_600_000);
    await hub.start();
    const ready = () => names.map((name) => readyCondition(kube, name)?.status);
    await clock.advance(39_000);
    expect(ready()).toEqual(['True', 'True', 'True']);
    expect(names.flatMap((name) => taintKeys(kube, name))).toEqual([]);
    renew(clock.now(), 'm2');
    await clock.advance(1500);
    expect(ready()).toEqual(['Unknown', 'True', 'Unknown']);
  });

  test('lets back who is back', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster('True'));
    await clock.advance(41_000);
    report(kube, 'True');
    await hub.until(() => !taintKeys(kube).includes('cluster.karmada.io/unreachable'));
    await clock.advance(39_000);
    expect(readyCondition(kube)?.status).toBe('True');
  });
});
