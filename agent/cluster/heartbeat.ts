import {
  AGENT_INSTANCE_ANNOTATION,
  CLUSTER_GROUP,
  type Cluster,
  clusters,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { type Lease, leases, microTime } from '../../shared/apis/coordination/v1.ts';
import {
  isAlreadyExists,
  isConflict,
  isForbidden,
  isNotFound,
  isUnauthorized,
} from '../../shared/apis/meta/status-error.ts';
import { apiVersionOf } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { REFUSED_BY_HUB } from './ensure-cluster.ts';

/** The heartbeat: the Lease `karmada-cluster/<cluster>` on the hub, renewed even when nothing else changes (the wire contract, section 5.4). */

export interface HeartbeatOptions {
  hub: KubeClient;
  clock: Clock;
  cluster: string;
  namespace: string;
  leaseDurationSeconds: number;
  /** What the agent says by the way, on the lease as the hub had it last. */
  annotations?: (lease: Lease) => Record<string, string>;
  /** The hub has taken a renewal. */
  onRenewed?: (lease: Lease) => void;
  /** Is told that another agent of this cluster has renewed the lease meanwhile: its instance is named in the annotations, and is not ours. */
  onContested?: (lease: Lease) => void;
}

/**
 * One renewal per call, from the lease as it was last seen, so that it costs one request. A lease that somebody else wrote, or
 * removed, is read again; one that never was is created, owned by the Cluster.
 */
export function newHeartbeat(options: HeartbeatOptions): (owner: Cluster, signal: AbortSignal) => Promise<void> {
  const { hub, clock } = options;
  const key = { name: options.cluster, namespace: options.namespace };
  let last: Lease | undefined;

  const annotated = (lease: Lease): Lease['metadata'] => {
    const { metadata } = lease;
    const annotations = options.annotations?.(lease);
    return annotations ? { ...metadata, annotations: { ...metadata.annotations, ...annotations } } : metadata;
  };
  const renewed = (lease: Lease): Lease => ({
    ...lease,
    metadata: annotated(lease),
    spec: {
      ...lease.spec,
      holderIdentity: options.cluster,
      leaseDurationSeconds: options.leaseDurationSeconds,
      renewTime: microTime(clock.now()),
    },
  });
  const update = (lease: Lease, signal: AbortSignal): Promise<Lease> => hub.update(leases, renewed(lease), { signal });
  const isOfAnother = (lease: Lease): boolean => {
    const instance = lease.metadata.annotations?.[AGENT_INSTANCE_ANNOTATION];
    return instance !== undefined && instance !== options.annotations?.(lease)[AGENT_INSTANCE_ANNOTATION];
  };
  const getOrCreate = async (owner: Cluster, signal: AbortSignal): Promise<Lease> => {
    try {
      const found = await hub.get(leases, key, { signal });
      if (last && isOfAnother(found)) options.onContested?.(found);
      signal.throwIfAborted();
      return await update(found, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return hub.create(leases, renewed(newLease(key, owner)), { signal });
    }
  };

  return async (owner, signal) => {
    try {
      last = last ? await update(last, signal) : await getOrCreate(owner, signal);
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error) && !isAlreadyExists(error)) throw error;
      last = await getOrCreate(owner, signal);
    }
    options.onRenewed?.(last);
  };
}

function newLease(key: { name: string; namespace: string }, owner: Cluster): Lease {
  const { name = '', uid = '' } = owner.metadata;
  const ownerReferences = [{ apiVersion: `${CLUSTER_GROUP}/${clusters.version}`, kind: clusters.kind, name, uid }];
  return { apiVersion: apiVersionOf(leases), kind: leases.kind, metadata: { ...key, ownerReferences } };
}

/** What an error of the heartbeat says to whoever looks after the agent: a refusal does not pass by itself. */
export function heartbeatProblem(error: unknown): string {
  return isUnauthorized(error) || isForbidden(error) ? REFUSED_BY_HUB : 'could not renew the heartbeat';
}
