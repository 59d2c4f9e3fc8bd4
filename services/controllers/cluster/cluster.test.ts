import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withAgentKey } from '../../../shared/apis/cluster/agent-keys.ts';
import { CLUSTER_FINALIZER, type Cluster, clusters } from '../../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../../shared/apis/coordination/v1.ts';
import { namespaces } from '../../../shared/apis/core/v1.ts';
import { type Work, works } from '../../../shared/apis/work/v1alpha1.ts';
import { changeAgentKeys } from '../../../shared/client/agent-keys.ts';
import type { FakeClock } from '../../../shared/controller/fake-clock.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../../shared/controller/silent-logger.ts';
import { ensureAgentRights } from '../agent-rights.ts';
import { newExecutionSpace } from '../cluster-mailbox.ts';
import { type HubFixture, newHubFixture, newTestCluster, readCluster, report, taintKeys } from '../hub-fixture.ts';
import { type ClusterDeps, reconcileCluster } from './reconcile.ts';

let hub: HubFixture;
let kube: FakeKube;
let clock: FakeClock;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube, clock } = hub);
});
afterEach(() => hub.stop());

const work = (): Work => ({
  apiVersion: 'work.karmada.io/v1alpha1',
  kind: 'Work',
  metadata: { name: 'w', namespace: 'karmada-es-m1', finalizers: ['karmada.io/execution-controller'] },
  spec: { workload: { manifests: [] } },
});

describe('a Cluster', () => {
  test('gets the finalizer, its execution space, its lease and a taint', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster());
    await hub.until(() => kube.get('leases.coordination.k8s.io', 'karmada-cluster/m1') !== undefined);
    expect(readCluster(kube)?.metadata.finalizers).toEqual(['karmada.io/cluster-controller']);
    expect(kube.get('namespaces', 'karmada-es-m1')?.metadata.labels).toEqual({ 'karmada.io/system': 'true' });
    expect(taintKeys(kube)).toEqual(['cluster.karmada.io/not-ready']);
  });

  test('loses its taint when it is Ready, and others’ taints stay', async () => {
    await hub.start();
    const taints = [{ key: 'mine', effect: 'NoSchedule' as const }];
    kube.put(clusters, { ...newTestCluster('False'), spec: { ...newTestCluster().spec, taints } } as Cluster);
    await hub.until(() => taintKeys(kube).includes('cluster.karmada.io/not-ready'));
    report(kube, 'True');
    await hub.until(() => !taintKeys(kube).includes('cluster.karmada.io/not-ready'));
    expect(taintKeys(kube)).toEqual(['mine']);
  });

  test('that is Ready leaves in order: Works, namespace, rights, lease, finalizer', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster('True'));
    await hub.until(() => kube.get('leases.coordination.k8s.io', 'karmada-cluster/m1') !== undefined);
    kube.put(works, work());
    kube.requests.length = 0;
    await kube.client.delete(clusters, { name: 'm1' });
    await hub.until(
      () => kube.get('works.work.karmada.io', 'karmada-es-m1/w')?.metadata.deletionTimestamp !== undefined,
    );
    expect(kube.get('namespaces', 'karmada-es-m1')?.metadata.deletionTimestamp).toBeUndefined();
    await kube.client.patch(
      works,
      { name: 'w', namespace: 'karmada-es-m1' },
      { type: 'merge', patch: { metadata: { finalizers: [] } } },
    );
    await clock.advance(1000);
    await hub.until(() => readCluster(kube) === undefined);
    const order = [
      'delete works.work.karmada.io karmada-es-m1/w',
      'delete namespaces karmada-es-m1',
      'delete clusterrolebindings.rbac.authorization.k8s.io system:karmada:m1:agent',
      'delete leases.coordination.k8s.io karmada-cluster/m1',
      'patch clusters.cluster.karmada.io m1',
    ];
    const places = order.map((request) => kube.requests.lastIndexOf(request));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('whose agent is not Ready is waited for, and says so, until forced', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster('Unknown'));
    await hub.until(() => kube.get('namespaces', 'karmada-es-m1') !== undefined);
    kube.put(works, work());
    await kube.client.delete(clusters, { name: 'm1' });
    await hub.until(() => JSON.stringify(readCluster(kube)).includes('WaitingForAgent'));
    await clock.advance(60_000);
    expect(kube.get('works.work.karmada.io', 'karmada-es-m1/w')).toBeDefined();
    const patch = { metadata: { annotations: { 'pullet.io/force-removal': 'true' } } };
    await kube.client.patch(clusters, { name: 'm1' }, { type: 'merge', patch });
    await hub.until(() => kube.get('namespaces', 'karmada-es-m1') === undefined);
    await hub.until(() => readCluster(kube) === undefined);
  });

  test('gets its execution space back, and its agent the rights in it', async () => {
    await hub.start();
    await ensureAgentRights(kube.client, 'm1', new AbortController().signal);
    kube.put(clusters, newTestCluster('True'));
    await hub.until(() => kube.get('namespaces', 'karmada-es-m1') !== undefined);
    const role = 'roles.rbac.authorization.k8s.io karmada-es-m1/system:karmada:m1:agent-work';
    const before = kube.get('namespaces', 'karmada-es-m1')?.metadata.uid;
    kube.requests.length = 0;
    await kube.client.delete(namespaces, { name: 'karmada-es-m1' });
    await clock.advance(60_000);
    const labels = () => kube.get('namespaces', 'karmada-es-m1')?.metadata.labels;
    await hub.until(() => labels()?.['karmada.io/system'] === 'true');
    expect(kube.get('namespaces', 'karmada-es-m1')?.metadata.uid).not.toBe(before);
    expect(kube.requests).toContain(`create ${role}`);
  });

  test('gets its lease back', async () => {
    await hub.start();
    kube.put(clusters, newTestCluster('True'));
    const lease = () => kube.get('leases.coordination.k8s.io', 'karmada-cluster/m1');
    await hub.until(() => lease() !== undefined);
    const before = lease()?.metadata.uid;
    await kube.client.delete(leases, { name: 'm1', namespace: 'karmada-cluster' });
    await hub.until(() => lease() !== undefined);
    expect(lease()?.metadata.uid).not.toBe(before);
  });

  test('that is not the one of the cache any more keeps its Works, its space, its rights and its keys', async () => {
    const { signal } = new AbortController();
    await kube.client.create(clusters, newTestCluster('True'));
    await kube.client.create(namespaces, newExecutionSpace('m1', {}));
    await ensureAgentRights(kube.client, 'm1', signal);
    await changeAgentKeys(
      kube.client,
      'm1',
      (record) => withAgentKey(record, 'sha256:a', clock.now() + 1000, clock.now()),
      signal,
    );
    kube.put(works, work());
    const metadata = {
      name: 'm1',
      uid: 'former',
      deletionTimestamp: '2026-01-01T00:00:00Z',
      finalizers: [CLUSTER_FINALIZER],
    };
    const deps: ClusterDeps = {
      client: kube.client,
      getCluster: () => ({ ...newTestCluster('True'), metadata }),
      getNamespace: () => undefined,
      hasLease: () => true,
      endsCertificates: true,
      recordEvent: () => undefined,
      clock,
      log: silentLogger,
    };
    const before = kube.requests.length;
    expect(await reconcileCluster(deps, 'm1', signal)).toBeUndefined();
    expect(kube.requests.slice(before)).toEqual(['get clusters.cluster.karmada.io m1']);
  });
});
