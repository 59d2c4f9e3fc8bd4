import { readyOf } from '../../../shared/apis/cluster/ready-of.ts';
import { CLUSTER_NAMESPACE, type Cluster } from '../../../shared/apis/cluster/v1alpha1.ts';
import type { Lease } from '../../../shared/apis/coordination/v1.ts';
import type { Controller, Source } from '../../../shared/controller/controller.ts';
import { joinKey } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { heartbeatLeases } from '../heartbeat-leases.ts';
import { knownClusters } from '../known-clusters.ts';
import { newOverdueQueue, type OverdueQueue } from './overdue-queue.ts';
import { isSameProbe, reconcileMonitor } from './reconcile.ts';

/** How long a sign of life counts. */
export interface MonitorGrace {
  periodMs: number;
  /** For a member whose agent has never reported. */
  startupMs: number;
}

/** The wire contract, section 5.5. */
const MONITOR_GRACE: MonitorGrace = { periodMs: 40_000, startupMs: 60_000 };

/**
 * Signs of life (a lease renewed, a Ready condition changed) go into the queue of who is overdue next; only who is overdue comes to the worker.
 * Everything seen for the first time counts as alive now, by this process's clock: after a start everybody has a full grace period.
 */
export function newClusterMonitorController(deps: ControllerDeps, grace: MonitorGrace = MONITOR_GRACE): Controller {
  const { client, clock, informers, log } = deps;
  const clusterInformer = knownClusters(informers);
  const leaseInformer = heartbeatLeases(informers);
  const getCluster = (name: string) => clusterInformer.store.get(name);
  let enqueueOverdue: (name: string) => void = () => undefined;
  const queue = newOverdueQueue({ clock, onOverdue: (name) => enqueueOverdue(name) });
  const overdue: Source = {
    name: 'overdue',
    synced: async () => {
      await Promise.all([clusterInformer.synced(), leaseInformer.synced()]);
    },
    subscribe: (enqueue) => {
      enqueueOverdue = enqueue;
      const stops = [
        clusterInformer.addHandler((change) => onCluster({ queue, grace }, change)),
        leaseInformer.addHandler((change) => onLease({ queue, getCluster, grace }, change)),
      ];
      return () => {
        for (const stop of stops) stop();
        queue.stop();
      };
    },
  };
  const lastSeenLease = (name: string) => leaseInformer.store.get(joinKey(CLUSTER_NAMESPACE, name));
  const monitorDeps = {
    client,
    clock,
    log,
    touch: (cluster: Cluster) => queue.touch(cluster.metadata.name ?? '', graceOf(cluster, grace)),
    getCluster,
    lastSeenLease,
    isOverdue: queue.isOverdue,
    restartGrace: queue.restartAll,
  };
  return deps.newController({
    name: 'cluster-monitor',
    sources: [overdue],
    reconcile: (name, signal) => reconcileMonitor(monitorDeps, name, signal),
    concurrency: 4,
    clock,
    log,
  });
}

function graceOf(cluster: Cluster, grace: MonitorGrace): number {
  return readyOf(cluster) ? grace.periodMs : grace.startupMs;
}

function onCluster(
  { queue, grace }: { queue: OverdueQueue; grace: MonitorGrace },
  change: { object: Cluster; previous?: Cluster; deleted: boolean },
): void {
  const { object, previous, deleted } = change;
  const name = object.metadata.name ?? '';
  if (deleted || object.spec.syncMode !== 'Pull') {
    queue.forget(name);
    return;
  }
  const ready = readyOf(object);
  const isOwnVerdict = ready?.status === 'Unknown';
  if (!previous || (!isSameProbe(ready, readyOf(previous)) && !isOwnVerdict)) queue.touch(name, graceOf(object, grace));
}

function onLease(
  deps: { queue: OverdueQueue; getCluster: (name: string) => Cluster | undefined; grace: MonitorGrace },
  change: { object: Lease; previous?: Lease; deleted: boolean },
): void {
  const { object, previous, deleted } = change;
  if (deleted || object.spec?.renewTime === previous?.spec?.renewTime) return;
  const cluster = deps.getCluster(object.metadata.name ?? '');
  if (cluster?.spec.syncMode === 'Pull') deps.queue.touch(cluster.metadata.name ?? '', graceOf(cluster, deps.grace));
}
