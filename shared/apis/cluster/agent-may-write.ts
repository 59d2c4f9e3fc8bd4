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
  involvedObject?: InvolvedObject;
  /** The state of it before; absent where there was none. Nobody may read or take over what others have told by changing it. */
  formerlyInvolved?: InvolvedObject;
}

export interface InvolvedObject {
  kind?: string;
  namespace?: string;
  name?: string;
}

/** One way in which a write belongs to the agent's cluster: all that is said must hold. In names `*` stands for the cluster's. */
export interface OwnWrite {
  operations?: readonly AgentWrite['operation'][];
  namespace?: string;
  name?: string;
  syncMode?: 'Pull';
  /** An Event about such an object, now and before. */
  about?: { kind: string; name: string };
}

const OWN_EVENTS: readonly OwnWrite[] = [
  { namespace: executionSpace('*') },
  { namespace: 'default', about: { kind: 'Cluster', name: '*' } },
];

/** By `<plural>.<group>`. Data, since a kube-apiserver has to be told the same in its own language (the ValidatingAdmissionPolicy is made of it). */
export const OWN_WRITES: Readonly<Record<string, readonly OwnWrite[]>> = {
  // For a Cluster of push mode the hub sends the token in any Secret that it names to any address that it names: agents make none.
  'clusters.cluster.karmada.io': [
    { operations: ['CREATE', 'UPDATE'], name: '*', syncMode: 'Pull' },
    { operations: ['DELETE'], name: '*' },
  ],
  'leases.coordination.k8s.io': [{ namespace: CLUSTER_NAMESPACE, name: '*' }, { name: 'karmada-agent-*' }],
  'works.work.karmada.io': [{ namespace: executionSpace('*') }],
  'secrets.': [
    { namespace: CLUSTER_NAMESPACE, name: '*' },
    { namespace: CLUSTER_NAMESPACE, name: '*-impersonator' },
  ],
  'events.': OWN_EVENTS,
  'events.events.k8s.io': OWN_EVENTS,
  'certificatesigningrequests.certificates.k8s.io': [{ operations: ['CREATE'] }],
  'selfsubjectaccessreviews.authorization.k8s.io': [{}],
  'selfsubjectrulesreviews.authorization.k8s.io': [{}],
  'selfsubjectreviews.authentication.k8s.io': [{}],
};

function belongs(write: AgentWrite, own: OwnWrite, cluster: string): boolean {
  const isOf = (pattern: string | undefined, value: string | undefined) =>
    pattern === undefined || value === pattern.replace('*', () => cluster);
  const { about, operations, syncMode } = own;
  const { involvedObject, formerlyInvolved = involvedObject } = write;
  return (
    (!operations || operations.includes(write.operation)) &&
    isOf(own.namespace, write.namespace) &&
    isOf(own.name, write.name) &&
    isOf(syncMode, write.syncMode) &&
    [involvedObject, formerlyInvolved].every(
      (involved) => isOf(about?.kind, involved?.kind) && isOf(about?.name, involved?.name),
    )
  );
}

/** Undefined if the write may go on (to RBAC's own judgement), else why not: the end of a Forbidden message. Others than agents pass. */
export function agentMayWrite(user: UserInfo, write: AgentWrite): string | undefined {
  if (!user.groups.includes(AGENT_ORGANIZATION)) return undefined;
  const cluster = user.name.startsWith(AGENT_USER_PREFIX) ? user.name.slice(AGENT_USER_PREFIX.length) : '';
  const ways = OWN_WRITES[`${write.resource}.${write.group}`] ?? [];
  if (cluster !== '' && ways.some((own) => belongs(write, own, cluster))) return undefined;
  return `an agent may write only what belongs to its own cluster, and this does not belong to user ${JSON.stringify(user.name)}`;
}
