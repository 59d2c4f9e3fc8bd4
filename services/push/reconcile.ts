import { isAccepted } from '../../agent/cluster/status-reconcile.ts';
import { CLUSTER_REASONS, type Cluster, CONDITION_READY, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { ExecPolicy } from '../../shared/client/exec-policy.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { setCondition } from '../../shared/controller/conditions.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { memberAccess, secretKeyOf } from './member-access.ts';
import type { MemberWorkers } from './member-workers.ts';
import type { SecretLookup } from './secret-lookup.ts';

/**
 * Makes true: the hub works for each Cluster of push mode, with the access that its Cluster and Secret give now, until the Cluster is
 * gone; one whose access can't be used is not Ready and says why. Owns the Ready condition only while it can't work for the cluster;
 * removes nothing anywhere.
 */
export interface PushReconcileDeps {
  hub: KubeClient;
  getCluster: (name: string) => Cluster | undefined;
  getSecret: SecretLookup['get'];
  workers: Pick<MemberWorkers, 'ensure' | 'stop' | 'isWorking'>;
  /** Of the programs that kubeconfigs in Secrets name. */
  exec: ExecPolicy;
  clock: Clock;
  log: Logger;
}

export async function reconcilePush(deps: PushReconcileDeps, name: string, signal: AbortSignal): Promise<undefined> {
  const cluster = deps.getCluster(name);
  if (cluster?.spec.syncMode !== 'Push') {
    await deps.workers.stop(name);
    return;
  }
  try {
    const key = secretKeyOf(cluster);
    const secret = key && deps.getSecret(key);
    if (secret === 'pending') return;
    // Garbage collection may take the Secret before the cluster has left: its Works are still to be removed.
    if (!secret && cluster.metadata.deletionTimestamp && deps.workers.isWorking(name)) return;
    await deps.workers.ensure(await memberAccess(cluster, secret, deps.exec));
  } catch (error) {
    await deps.workers.stop(name);
    await tellFailure(deps, cluster, { why: (error as Error).message, signal });
  }
}

/** Upstream's words before the reason; the wire contract, section 5.4. */
async function tellFailure(
  { hub, clock, log }: PushReconcileDeps,
  cluster: Cluster,
  { why, signal }: { why: string; signal: AbortSignal },
): Promise<void> {
  if (!isAccepted(cluster)) return;
  const message = `failed to create a ClusterClient: ${why}`;
  const ready = { type: CONDITION_READY, status: 'False', reason: CLUSTER_REASONS.collectionFailed, message } as const;
  const current = (cluster.status?.conditions ?? []) as Condition[];
  const conditions = setCondition(current, ready, clock);
  if (conditions === current) return;
  await hub.update(
    clusters,
    { ...cluster, status: { ...cluster.status, conditions } },
    { subresource: 'status', signal },
  );
  log.warn({ cluster: cluster.metadata.name, why }, 'the hub cannot work for a push-mode cluster');
}
