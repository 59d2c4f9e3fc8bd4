import { readyOf } from '../../../shared/apis/cluster/ready-of.ts';
import {
  CLUSTER_NAMESPACE,
  CLUSTER_REASONS,
  type Cluster,
  CONDITION_READY,
  clusters,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Lease, leases } from '../../../shared/apis/coordination/v1.ts';
import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { Condition } from '../../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { getIfPresent } from '../../../shared/client/ensure-object.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import { setCondition } from '../../../shared/controller/conditions.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import type { Logger } from '../../../shared/controller/logger.ts';

/**
 * Makes true: a member that nobody heard of for its grace period has Ready=Unknown. Owns nothing else; Ready becomes True or False again
 * by the agent's own report. Before it says Unknown it asks the API once more: a cache that stood still proves nothing about a member.
 */
export interface MonitorDeps {
  client: KubeClient;
  getCluster: (name: string) => Cluster | undefined;
  isOverdue: (name: string) => boolean;
  /** The lease as the cache last had it. */
  lastSeenLease: (name: string) => Lease | undefined;
  /** A sign of life that the cache has not heard of yet. */
  touch: (cluster: Cluster) => void;
  /** The API can't be asked: nobody is judged by what could not be seen. */
  restartGrace: () => void;
  clock: Clock;
  log: Logger;
}

export async function reconcileMonitor(
  deps: MonitorDeps,
  name: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const cluster = deps.getCluster(name);
  if (cluster?.spec.syncMode !== 'Pull' || !deps.isOverdue(name)) return undefined;
  if (readyOf(cluster)?.status === 'Unknown') return undefined;
  const live = await readLive(deps, name, signal);
  if (!live || readyOf(live.cluster)?.status === 'Unknown') return undefined;
  const wasRenewed = live.lease?.spec?.renewTime !== deps.lastSeenLease(name)?.spec?.renewTime;
  const wasReported = !isSameProbe(readyOf(live.cluster), readyOf(cluster));
  if (wasRenewed || wasReported) {
    deps.touch(cluster);
    return undefined;
  }
  await deps.client.update(clusters, withUnknown(live.cluster, deps.clock), { signal, subresource: 'status' });
  deps.log.warn(
    { cluster: name, lastRenewal: live.lease?.spec?.renewTime },
    'a cluster gave no sign of life and is Unknown now',
  );
  return undefined;
}

async function readLive(
  deps: MonitorDeps,
  name: string,
  signal: AbortSignal,
): Promise<{ cluster: Cluster; lease: Lease | undefined } | undefined> {
  try {
    const cluster = await deps.client.get(clusters, { name }, { signal });
    return { cluster, lease: await getIfPresent(deps.client, leases, { name, namespace: CLUSTER_NAMESPACE }, signal) };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (!signal.aborted) deps.restartGrace();
    throw error;
  }
}

/** A changed Ready condition is a sign of life as good as a lease. */
export function isSameProbe(left: Condition | undefined, right: Condition | undefined): boolean {
  return left?.status === right?.status && left?.reason === right?.reason && left?.message === right?.message;
}

function withUnknown(cluster: Cluster, clock: Clock): Cluster {
  const current = (cluster.status?.conditions ?? []) as Condition[];
  const why = readyOf(cluster) ? CLUSTER_REASONS.statusUnknown : CLUSTER_REASONS.neverUpdated;
  const conditions = setCondition(current, { type: CONDITION_READY, status: 'Unknown', ...why }, clock);
  return { ...cluster, status: { ...cluster.status, conditions } };
}
