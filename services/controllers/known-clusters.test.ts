import { expect, test } from 'vitest';
import { readyOf } from '../../shared/apis/cluster/ready-of.ts';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { clusterRoles } from '../../shared/apis/rbac/v1.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import { newHubFixture } from './hub-fixture.ts';

const HALF_AN_HOUR_MS = 1_800_000;
const LONG = 'x'.repeat(2_000_000);

/** Of each cluster, for as long as it is there: with ten thousand of them what is needless counts. */
test('no controller keeps what an agent tells of its member, or the rules of its role, and none takes it away', async () => {
  const hub = await newHubFixture();
  const { kube } = hub;
  const kept: Informer<never>[] = [];
  const { newInformer } = kube;
  kube.newInformer = (options) => {
    const informer = newInformer(options);
    kept.push(informer as unknown as Informer<never>);
    return informer;
  };
  await hub.start({ servesKarmada: true });
  const ready = { type: 'Ready', status: 'True', reason: 'ClusterReady', message: '' };
  kube.put(clusters, {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'large' },
    spec: { syncMode: 'Pull' },
    status: { apiEnablements: [{ groupVersion: 'v1', resources: [{ name: LONG, kind: LONG }] }], conditions: [ready] },
  } as never);
  kube.put(clusterRoles, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'large' },
    rules: [{ apiGroups: [LONG], resources: [LONG], verbs: [LONG] }],
  } as never);
  const known = kept.flatMap(({ store }) => (store.get('large') ? [JSON.stringify(store.get('large'))] : []));
  expect(known.map((text) => (text.length < 2000 ? 'small' : 'large'))).toEqual(known.map(() => 'small'));
  expect(known.filter((text) => text.includes('"Ready"'))).not.toEqual([]);
  expect(known.filter((text) => text.includes('ClusterRole'))).not.toEqual([]);
  await hub.clock.advance(HALF_AN_HOUR_MS);
  const stored = () => kube.get('clusters.cluster.karmada.io', 'large') as unknown as Cluster;
  await hub.until(() => readyOf(stored())?.status === 'Unknown');
  expect(JSON.stringify(stored().status?.apiEnablements)).toContain(LONG);
  await hub.stop();
});
