import { CLUSTER_NAMESPACE, clusterOfExecutionSpace } from '../../../shared/apis/cluster/v1alpha1.ts';
import type { Lease } from '../../../shared/apis/coordination/v1.ts';
import { namespaces } from '../../../shared/apis/core/v1.ts';
import { type Controller, type Source, source } from '../../../shared/controller/controller.ts';
import { newEventRecorder } from '../../../shared/controller/event-recorder.ts';
import type { Informer } from '../../../shared/controller/informer.ts';
import { joinKey, keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { heartbeatLeases } from '../heartbeat-leases.ts';
import { knownClusters } from '../known-clusters.ts';
import { type ClusterDeps, reconcileCluster } from './reconcile.ts';

/**
 * Looks at a Cluster when it changes, when its execution space changes, and when its lease is deleted. Works are not watched: they are many, and matter only
 * while a cluster leaves.
 */
export function newClusterController(
  deps: ControllerDeps,
  { endsCertificates }: Pick<ClusterDeps, 'endsCertificates'>,
): Controller {
  const { client, clock, informers, log } = deps;
  const clusterInformer = knownClusters(informers);
  const namespaceInformer = informers.of(namespaces);
  const leaseInformer = heartbeatLeases(informers);
  const getCluster = (name: string) => clusterInformer.store.get(name);
  const recordEvent = newEventRecorder({ client, clock, log, component: 'cluster-controller' }).record;
  const clusterDeps = {
    client,
    clock,
    log,
    getCluster,
    getNamespace: (name: string) => namespaceInformer.store.get(name),
    hasLease: (name: string) => leaseInformer.store.get(joinKey(CLUSTER_NAMESPACE, name)) !== undefined,
    recordEvent,
    endsCertificates,
  };
  return deps.newController({
    name: 'cluster',
    sources: [
      source(clusterInformer, (cluster) => [keyOf(cluster)]),
      source(namespaceInformer, ({ metadata }) =>
        [clusterOfExecutionSpace(metadata.name ?? '')].flatMap((name) => name ?? []),
      ),
      whenDeleted(leaseInformer),
    ],
    reconcile: (name, signal) => reconcileCluster(clusterDeps, name, signal),
    concurrency: 4,
    clock,
    log,
  });
}

/** Leases change every few seconds by the thousand; only that one is gone matters here. */
function whenDeleted(informer: Informer<Lease>): Source {
  return {
    name: 'deleted leases',
    synced: () => informer.synced(),
    subscribe: (enqueue) =>
      informer.addHandler(({ object, deleted }) => {
        if (deleted) enqueue(object.metadata.name ?? '');
      }),
  };
}
