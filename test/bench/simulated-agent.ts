/** What an agent costs its hub, without the agent: a connection under a certificate of its own, the lease, and the watch on the Works. */

import { ensureAgentRights } from '../../services/controllers/agent-rights.ts';
import { ensureLease } from '../../services/controllers/cluster-mailbox.ts';
import {
  AGENT_ORGANIZATION,
  agentUser,
  CLUSTER_NAMESPACE,
  executionSpace,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { type Lease, leases, microTime } from '../../shared/apis/coordination/v1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import { isAlreadyExists } from '../../shared/apis/meta/status-error.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { pathOf } from '../../shared/client/request-path.ts';
import type { Transport } from '../../shared/client/transport.ts';
import { type LeaseConnection, openLeaseConnection } from './lease-connection.ts';
import type { BenchServer, CertificateAndKey } from './servers.ts';

export interface SimulatedAgent {
  readonly cluster: string;
  /** PUTs the lease with the last resourceVersion; resolves when it is answered, throws unless that is a 200. */
  renew(): Promise<void>;
  /** Opens the watch on the cluster's Works; resolves when its answer has begun. What comes is read and dropped, until closed. */
  watchWorks(): Promise<void>;
  close(): Promise<void>;
}

/** What registration makes on the hub: the mailbox, the lease and the agent's rights. */
export async function prepareCluster(admin: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  const metadata = { name: executionSpace(cluster) };
  await admin
    .create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata }, { signal })
    .catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
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

export async function newSimulatedAgent(
  { server, caPem, admin }: BenchServer,
  cluster: string,
  identity: CertificateAndKey,
): Promise<SimulatedAgent> {
  const transport = newHttpTransport({ server, caPem, ...identity, userAgent: 'pullet-bench' });
  const closing = new AbortController();
  const key = { name: cluster, namespace: CLUSTER_NAMESPACE };
  const leasePath = pathOf(leases, key);
  let { resourceVersion } = (await admin.get(leases, key)).metadata;
  return {
    cluster,
    renew: async () => {
      const answer = await send(transport, leasePath, newLease(cluster, resourceVersion));
      resourceVersion = /"resourceVersion":"(\d+)"/.exec(answer)?.[1];
    },
    watchWorks: () => openWatch(transport, cluster, closing.signal),
    close: async () => {
      closing.abort();
      await transport.close();
    },
  };
}

function newLease(cluster: string, resourceVersion: string | undefined): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: cluster, namespace: CLUSTER_NAMESPACE, ...(resourceVersion ? { resourceVersion } : {}) },
    spec: { holderIdentity: cluster, leaseDurationSeconds: 40, renewTime: microTime(Date.now()) },
  };
}

async function send(transport: Transport, path: string, body: unknown): Promise<string> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await transport.request({ method: 'PUT', path, headers, body: JSON.stringify(body) });
  const text = await textOf(response.body);
  if (response.status !== 200) throw new Error(`PUT ${path}: ${response.status} ${text}`);
  return text;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function openWatch(transport: Transport, cluster: string, signal: AbortSignal): Promise<void> {
  const query = 'watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
  const path = `${pathOf(works, { namespace: executionSpace(cluster) })}?${query}&timeoutSeconds=3600`;
  const response = await transport.request({ method: 'GET', path, headers: { accept: 'application/json' }, signal });
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await textOf(response.body)}`);
  textOf(response.body).catch(() => {}); // Ends with the signal or the connection.
}
