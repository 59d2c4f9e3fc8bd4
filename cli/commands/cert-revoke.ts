import { Command } from 'commander';
import { lastRevokedEnd, withRevokedKeys } from '../../shared/apis/cluster/agent-keys.ts';
import { agentRightsNames, CLUSTER_NAMESPACE, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import { clusterRoleBindings, roleBindings } from '../../shared/apis/rbac/v1.ts';
import { changeAgentKeys, fetchAgentKeys } from '../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { deleteIfPresent, getIfPresent } from '../../shared/client/ensure-object.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import { isEmbeddedHub } from '../embedded-hub.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, hubFlags } from '../flags.ts';

/** `pullet cert revoke`: takes an agent's credential back, all of its keys. The Cluster and its Works stay. */

export interface CertRevokeOptions {
  hub: HubFlags;
  cluster: string;
}

export function newCertRevokeCommand(factory: Factory): Command {
  const command = new Command('revoke')
    .description("Take an agent's credential back at once")
    .argument('<cluster>', 'name of the cluster')
    .addHelpText('after', '\nExamples:\n  pullet cert revoke store17');
  addHubFlags(command);
  return command.action(async (cluster: string, flags) => runCertRevoke({ hub: hubFlags(flags), cluster }, factory));
}

export async function runCertRevoke({ hub, cluster }: CertRevokeOptions, factory: Factory): Promise<void> {
  const client = await factory.hubClient(hub);
  await requireKnown(client, cluster, factory.signal);
  const now = factory.clock.now();
  const record = await changeAgentKeys(client, cluster, (before) => withRevokedKeys(before, now), factory.signal);
  await removeRights(client, cluster, factory.signal);
  const { out } = factory.streams;
  out(`the credential of cluster ${cluster} is revoked\n`);
  if (await isEmbeddedHub(client)) {
    out(
      `To let the cluster in again: pullet token create --cluster-name ${cluster} --replace; then there: pullet cert renew --new-key --token TOKEN\n`,
    );
    return;
  }
  const end = lastRevokedEnd(record, now);
  out(
    'Its rights are gone. Watches that it has open on this API server may last until they time out' +
      (end === undefined
        ? '.\n'
        : `, and the name ${cluster} stays closed until its last certificate ends: ${rfc3339(end)}\n`),
  );
}

async function requireKnown(client: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  if (Object.keys((await fetchAgentKeys(client, cluster, signal)).keys).length > 0) return;
  if (await getIfPresent(client, namespaces, { name: executionSpace(cluster) }, signal)) return;
  throw new Error(`the hub knows no agent of a cluster "${cluster}": pullet get clusters lists those that it knows`);
}

/** The bindings alone: what a new join of the name puts back. All are tried before the first failure is told. */
async function removeRights(client: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  const names = agentRightsNames(cluster);
  const removals = [
    deleteIfPresent(client, clusterRoleBindings, { name: names.cluster }, signal),
    deleteIfPresent(client, roleBindings, { name: names.work, namespace: executionSpace(cluster) }, signal),
    deleteIfPresent(client, roleBindings, { name: names.lease, namespace: CLUSTER_NAMESPACE }, signal),
    deleteIfPresent(client, roleBindings, { name: names.secret, namespace: CLUSTER_NAMESPACE }, signal),
  ];
  for (const result of await Promise.allSettled(removals)) if (result.status === 'rejected') throw result.reason;
}
