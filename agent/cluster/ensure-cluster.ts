import { type Cluster, type ClusterSpec, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import { isAlreadyExists, isForbidden, isNotServed, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import { apiVersionOf } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { TerminalError } from '../../shared/controller/controller.ts';

/**
 * Makes sure that the hub has a Cluster for this member. It is created once and never changed after: an agent has no right to
 * update Clusters (the wire contract, sections 2.5 and 4.3).
 */

export interface ClusterIdentity {
  name: string;
  syncMode: 'Pull' | 'Push';
  apiEndpoint?: string;
  proxyURL?: string;
  provider?: string;
  region?: string;
  zones?: string[];
  insecureSkipTLSVerification?: boolean;
}

/** For whoever looks after the agent: this does not pass by itself. */
export const REFUSED_BY_HUB =
  'the hub refuses this agent: its cluster was removed, or its credential was revoked or has ended; ' +
  'to bring the cluster back give it a new credential (pullet cert renew) or register it anew, else stop this agent';

const NO_HUB =
  'this Kubernetes API serves no clusters.cluster.karmada.io: is the kubeconfig for the hub that of the hub?';

/** The uid of the member's kube-system: the member's identity as long as it lives. */
async function clusterId(member: KubeClient, signal: AbortSignal): Promise<string> {
  const kubeSystem = await member.get(namespaces, { name: 'kube-system' }, { signal });
  return kubeSystem.metadata.uid ?? '';
}

/**
 * The Cluster as the hub has it, created if it was absent. Throws `TerminalError` if its name, or this member under another
 * name, is already registered; any other error is worth a retry.
 */
export async function ensureCluster(
  clients: { hub: KubeClient; member: KubeClient },
  identity: ClusterIdentity,
  signal: AbortSignal,
): Promise<Cluster> {
  const id = await clusterId(clients.member, signal);
  const found = await getIfPresent(clients.hub, clusters, { name: identity.name }, signal).catch((error: unknown) => {
    if (isUnauthorized(error)) throw new Error(REFUSED_BY_HUB, { cause: error });
    throw isForbidden(error) ? new Error(anothersCredential(identity.name), { cause: error }) : error;
  });
  if (found) return sameCluster(found, id);
  await refuseSecondName(clients.hub, identity.name, id, signal);
  try {
    return await clients.hub.create(clusters, newCluster(identity, id), { signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    return sameCluster(await clients.hub.get(clusters, { name: identity.name }, { signal }), id);
  }
}

function anothersCredential(name: string): string {
  return `the hub does not let this agent see its own Cluster: is the kubeconfig for the hub that of cluster "${name}"?`;
}

function sameCluster(found: Cluster, id: string): Cluster {
  if (found.spec.id === undefined || found.spec.id === '' || found.spec.id === id) return found;
  const name = found.metadata.name ?? '';
  throw alreadyRegistered(id, name, `"${name}" is the member with ID ${found.spec.id}; choose another --cluster-name`);
}

/** One list, only before a Cluster is created; a hub that doesn't let agents list Clusters is asked for nothing. */
async function refuseSecondName(hub: KubeClient, name: string, id: string, signal: AbortSignal): Promise<void> {
  const other = await hub
    .list(clusters, { signal })
    .then(({ items }) => items.find((cluster) => cluster.spec.id === id))
    .catch((error: unknown) => {
      if (isForbidden(error)) return undefined;
      throw isNotServed(error) ? new Error(NO_HUB, { cause: error }) : error;
    });
  if (!other) return;
  throw alreadyRegistered(id, name, `this member is already registered as "${other.metadata.name ?? ''}"`);
}

function alreadyRegistered(id: string, name: string, why: string): TerminalError {
  return new TerminalError(`the cluster ID ${id} or the cluster name ${name} has been registered: ${why}`);
}

function newCluster(identity: ClusterIdentity, id: string): Cluster {
  const { name, ...rest } = identity;
  const spec: ClusterSpec = { id, ...rest };
  return { apiVersion: apiVersionOf(clusters), kind: clusters.kind, metadata: { name }, spec };
}
