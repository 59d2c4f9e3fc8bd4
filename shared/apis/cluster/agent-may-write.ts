import type { UserInfo } from '../user-info.ts';
import { AGENT_ORGANIZATION, AGENT_USER_PREFIX, CLUSTER_NAMESPACE, executionSpace } from './v1alpha1.ts';

/**
 * Holds an agent to what is its own. RBAC can't restrict `create` by name, so this is asked besides RBAC, at admission, for every write
 * of a user in the group of agents: its own Cluster, heartbeat lease, credentials Secrets and execution space, its own certificate requests
 * (which the approver judges), and questions about its own rights. A right that RBAC doesn't give is not given here either.
 */

export interface AgentWrite {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  group: string;
  /** Plural, without subresource. */
  resource: string;
  namespace?: string;
  /** The name written, generated names included; absent for a deletion of a whole collection. */
  name?: string;
  /** Of a Cluster's new state. */
  syncMode?: string;
  /** The new state of an Event: about which object it speaks. */
  involvedObject?: { kind?: string; namespace?: string; name?: string };
}

type Rule = (write: AgentWrite, cluster: string) => boolean;

const RULES: Record<string, Rule> = {
  'clusters.cluster.karmada.io': (write, cluster) => write.name === cluster && leavesModeAlone(write),
  'leases.coordination.k8s.io': (write, cluster) =>
    (write.namespace === CLUSTER_NAMESPACE && write.name === cluster) || write.name === `karmada-agent-${cluster}`,
  'works.work.karmada.io': ({ namespace }, cluster) => namespace === executionSpace(cluster),
  'secrets.': ({ namespace, name }, cluster) =>
    namespace === CLUSTER_NAMESPACE && (name === cluster || name === `${cluster}-impersonator`),
  'events.': (write, cluster) => isOwnEvent(write, cluster),
  'events.events.k8s.io': (write, cluster) => isOwnEvent(write, cluster),
  'certificatesigningrequests.certificates.k8s.io': ({ operation }) => operation === 'CREATE',
  'selfsubjectaccessreviews.authorization.k8s.io': () => true,
  'selfsubjectrulesreviews.authorization.k8s.io': () => true,
  'selfsubjectreviews.authentication.k8s.io': () => true,
};

/** For a Cluster of push mode the hub sends the token in any Secret that it names to any address that it names: agents make none. */
function leavesModeAlone({ operation, syncMode }: AgentWrite): boolean {
  return operation === 'DELETE' || syncMode === 'Pull';
}

function isOwnEvent({ namespace, involvedObject }: AgentWrite, cluster: string): boolean {
  if (namespace === executionSpace(cluster)) return true;
  return namespace === 'default' && involvedObject?.kind === 'Cluster' && involvedObject.name === cluster;
}

/** Undefined if the write may go on (to RBAC's own judgement), else why not: the end of a Forbidden message. Others than agents pass. */
export function agentMayWrite(user: UserInfo, write: AgentWrite): string | undefined {
  if (!user.groups.includes(AGENT_ORGANIZATION)) return undefined;
  const cluster = user.name.startsWith(AGENT_USER_PREFIX) ? user.name.slice(AGENT_USER_PREFIX.length) : '';
  const isAllowed = RULES[`${write.resource}.${write.group}`];
  if (cluster !== '' && isAllowed?.(write, cluster)) return undefined;
  return `an agent may write only what belongs to its own cluster, and this does not belong to user ${JSON.stringify(user.name)}`;
}
