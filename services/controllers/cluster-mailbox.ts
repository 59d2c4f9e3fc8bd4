import { CLUSTER_NAMESPACE, executionSpace, SYSTEM_LABEL } from '../../shared/apis/cluster/v1alpha1.ts';
import { type Lease, leases } from '../../shared/apis/coordination/v1.ts';
import { type Namespace, namespaces } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { createIfAbsent } from '../../shared/client/ensure-object.ts';

/** What the hub keeps for each cluster besides the Cluster: the execution space and the heartbeat lease. */

export function newExecutionSpace(cluster: string, annotations: Record<string, string>): Namespace {
  const metadata = { name: executionSpace(cluster), labels: { [SYSTEM_LABEL]: 'true' } };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { ...metadata, annotations } };
}

/** Makes the lease that the agent will renew; the agent itself may not create one. */
export async function ensureLease(client: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  const lease: Lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: cluster, namespace: CLUSTER_NAMESPACE },
    spec: { holderIdentity: cluster, leaseDurationSeconds: 40 },
  };
  try {
    await createIfAbsent(client, leases, lease, signal);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await ensureClusterNamespace(client, signal);
    await createIfAbsent(client, leases, lease, signal);
  }
}

export async function ensureClusterNamespace(client: KubeClient, signal: AbortSignal): Promise<void> {
  const metadata = { name: CLUSTER_NAMESPACE, labels: { [SYSTEM_LABEL]: 'true' } };
  await createIfAbsent(client, namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata }, signal);
}
