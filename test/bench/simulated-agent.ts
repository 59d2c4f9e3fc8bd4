/** What an agent costs its hub, without the agent: a connection of its own under a certificate of its own, the lease, and the watch on the Works. */

import { ensureAgentRights } from '../../services/controllers/agent-rights.ts';
import { ensureLease, newExecutionSpace } from '../../services/controllers/cluster-mailbox.ts';
import {
  AGENT_ORGANIZATION,
  agentUser,
  CLUSTER_NAMESPACE,
  executionSpace,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { type Lease, leases, microTime } from '../../shared/apis/coordination/v1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { createIfAbsent } from '../../shared/client/ensure-object.ts';
import { pathOf } from '../../shared/client/request-path.ts';
import { type LeaseConnection, openLeaseConnection } from './lease-connection.ts';
import type { BenchServer, CertificateAndKey } from './servers.ts';

/** What registration makes on the hub: the mailbox, the lease and the agent's rights. */
export async function prepareCluster(admin: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  await createIfAbsent(admin, namespaces, newExecutionSpace(cluster, {}), signal);
  await ensureLease(admin, cluster, signal);
  await ensureAgentRights(admin, cluster, signal);
}

/** A certificate for the agent of a cluster that was prepared. */
export function issueFor(server: BenchServer, cluster: string): Promise<CertificateAndKey> {
  return server.issue(agentUser(cluster), AGENT_ORGANIZATION);
}

/** A connection that renews the lease of a cluster that was prepared, at the least cost for this process. */
export async function openClusterLease(
  server: BenchServer,
  cluster: string,
  identity: CertificateAndKey,
): Promise<LeaseConnection> {
  const key = { name: cluster, namespace: CLUSTER_NAMESPACE };
  const { resourceVersion = '' } = (await server.admin.get(leases, key)).metadata;
  const bodyOf = (version: string): string => JSON.stringify(newLease(cluster, version));
  return openLeaseConnection(server, identity, { path: pathOf(leases, key), resourceVersion, bodyOf });
}

/** The watch that an agent holds on its Works. */
export function worksWatchPath(cluster: string): string {
  const query = 'watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
  return `${pathOf(works, { namespace: executionSpace(cluster) })}?${query}&timeoutSeconds=3600`;
}

function newLease(cluster: string, resourceVersion: string | undefined): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: cluster, namespace: CLUSTER_NAMESPACE, ...(resourceVersion ? { resourceVersion } : {}) },
    spec: { holderIdentity: cluster, leaseDurationSeconds: 40, renewTime: microTime(Date.now()) },
  };
}
