import { type Cluster, clusters } from '../apis/cluster/v1alpha1.ts';
import type { FakeKube } from './fake-kube.ts';

/** For tests: the Cluster m1 on a hub, but for what `change` says. */
export function putCluster(hub: FakeKube, syncMode: Cluster['spec']['syncMode'], change: Partial<Cluster> = {}): void {
  hub.put(clusters, {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'm1' },
    spec: { syncMode },
    ...change,
  } as Cluster);
}
