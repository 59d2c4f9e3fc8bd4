import type { Static } from '@sinclair/typebox';
import type { KubeObject } from '../meta/v1.ts';
import type { ResourceType } from '../resource-type.ts';
import type { ClusterSpecSchema, ClusterStatusSchema } from './v1alpha1.schema.ts';

/**
 * cluster.karmada.io/v1alpha1: a registered member cluster, and every name on the wire that belongs to it (condition types,
 * reasons, messages, taints, finalizer, derived names). Source: the wire contract, section 5.
 */

export type ClusterSpec = Static<typeof ClusterSpecSchema>;
export type ClusterStatus = Static<typeof ClusterStatusSchema>;

export interface Cluster extends KubeObject {
  spec: ClusterSpec;
  status?: ClusterStatus;
}

export const CLUSTER_GROUP = 'cluster.karmada.io';

export const clusters: ResourceType<Cluster> = {
  group: CLUSTER_GROUP,
  version: 'v1alpha1',
  resource: 'clusters',
  kind: 'Cluster',
  namespaced: false,
};

export const CLUSTER_FINALIZER = 'karmada.io/cluster-controller';
/** On every namespace, Secret and rule that registration makes. */
export const SYSTEM_LABEL = 'karmada.io/system';

export const CONDITION_READY = 'Ready';
export const CONDITION_COMPLETE_API_ENABLEMENTS = 'CompleteAPIEnablements';
/** By the hub, of a Cluster that is deleted and whose agent has to do its part first. */
export const CONDITION_REMOVING = 'Removing';
export const REASON_WAITING_FOR_AGENT = 'WaitingForAgent';
/** By the agent, once it has renewed its certificate or could not: False days before it hurts. */
export const CONDITION_CERTIFICATE_ROTATED = 'CertificateRotated';
/** By the hub: True when the end of the agent's certificate is near. Always there for an agent that does not renew it by itself. */
export const CONDITION_CERTIFICATE_EXPIRING = 'CertificateExpiring';

/** Reason and message of each Ready and CompleteAPIEnablements condition; the wire contract, section 5.4. */
export const CLUSTER_REASONS = {
  ready: { reason: 'ClusterReady', message: 'cluster is healthy and ready to accept workloads' },
  notReady: { reason: 'ClusterNotReady', message: 'cluster is reachable but health endpoint responded without ok' },
  notReachable: { reason: 'ClusterNotReachable', message: 'cluster is not reachable' },
  statusUnknown: {
    reason: 'ClusterStatusUnknown',
    message: 'Cluster status controller stopped posting cluster status.',
  },
  /** With a message of its own: what is missing to dial the member, or why it refuses. */
  collectionFailed: 'StatusCollectionFailed',
  neverUpdated: {
    reason: 'ClusterStatusNeverUpdated',
    message: 'Cluster status controller never posted cluster status.',
  },
  apiComplete: { reason: 'Complete', message: 'collected complete APIEnablements from the cluster' },
  apiPartial: { reason: 'Partial', message: 'might collect partial APIEnablements(%d) from the cluster' },
  apiEmpty: { reason: 'Empty', message: 'collected empty APIEnablements from the cluster' },
} as const;

/** On a Cluster whose agent has objects that it may not delete by itself, with their number. */
export const CONDITION_ORPHANED_OBJECTS = 'OrphanedObjects';
export const ORPHAN_REASONS = {
  some: 'WaitingForDecision',
  none: { reason: 'NoOrphans', message: 'every delivered object belongs to a Work' },
} as const;

/** By the agent: True while another one says that it is that of the same cluster. */
export const CONDITION_IDENTITY_SHARED = 'IdentityShared';
export const IDENTITY_REASONS = {
  shared: 'AgentsTakeTurns',
  own: { reason: 'OneAgent', message: 'one agent is that of this cluster' },
} as const;

export const TAINT_NOT_READY = 'cluster.karmada.io/not-ready';
export const TAINT_UNREACHABLE = 'cluster.karmada.io/unreachable';
export const TAINT_UNSCHEDULABLE = 'cluster.karmada.io/unschedulable';

/** Namespace of cluster Secrets and of the heartbeat leases. */
export const CLUSTER_NAMESPACE = 'karmada-cluster';

/** Namespace in the member of the agent, its lease and its notes, unless it is told otherwise. */
export const AGENT_NAMESPACE = 'karmada-system';

const EXECUTION_SPACE_PREFIX = 'karmada-es-';

export const MAX_CLUSTER_NAME_LENGTH = 48;

/** The hub namespace that is the mailbox of a member. */
export function executionSpace(cluster: string): string {
  return `${EXECUTION_SPACE_PREFIX}${cluster}`;
}

/** The member's name, or undefined if the namespace is no execution space. */
export function clusterOfExecutionSpace(namespace: string): string | undefined {
  return namespace.startsWith(EXECUTION_SPACE_PREFIX) ? namespace.slice(EXECUTION_SPACE_PREFIX.length) : undefined;
}

/** What is wrong with a cluster name (a lower-case RFC 1123 label of 1 to 48 characters), or undefined. */
export function validateClusterName(name: string): string | undefined {
  if (name === '') return 'must be not empty';
  if (name.length > MAX_CLUSTER_NAME_LENGTH) return `must be no more than ${MAX_CLUSTER_NAME_LENGTH} characters`;
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) return undefined;
  return (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
    "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  );
}

/**
 * On a Cluster that is being deleted, `"true"`: don't wait any longer for its agent. What is left of its Works is removed from the
 * hub, and their objects stay in the member.
 */
export const FORCE_REMOVAL_ANNOTATION = 'pullet.io/force-removal';
/** On a Cluster, for people: what to call it, and what to know of it. */
export const DISPLAY_NAME_ANNOTATION = 'pullet.io/display-name';
export const DESCRIPTION_ANNOTATION = 'pullet.io/description';
/** On a certificate request: uid of the member's namespace kube-system, as the joiner declares it. */
export const MEMBER_UID_ANNOTATION = 'pullet.io/member-uid';
/** On a certificate request that can't be decided yet, by the hub: in words, what it waits for. */
export const REQUEST_WAITS_ANNOTATION = 'pullet.io/waits-for';
/** On an execution space: who claimed the cluster's name by it; the key is `sha256:<hex>` over the SubjectPublicKeyInfo. */
export const CLAIM_KEY_ANNOTATION = 'pullet.io/claimed-by-key';
export const CLAIM_UID_ANNOTATION = 'pullet.io/claimed-by-uid';

/**
 * On a certificate request that waited for a person who said yes: the request's own uid. Whoever makes a request can't know it beforehand, nor change the
 * request after.
 */
export const APPROVED_REQUEST_ANNOTATION = 'pullet.io/approved-request';

/**
 * On a Cluster, by an administrator: the key, `sha256:<hex>` over its SubjectPublicKeyInfo, that the agent is asked to replace now. Once it has another key this
 * asks for nothing any more.
 */
export const ROTATE_KEY_ANNOTATION = 'pullet.io/rotate-key';
/** On an agent's heartbeat lease: pins of the authorities by which it knows the hub, separated by commas, and of the one that issued its certificate. */
export const TRUSTED_AUTHORITIES_ANNOTATION = 'pullet.io/trusted-authorities';
export const CERTIFICATE_AUTHORITY_ANNOTATION = 'pullet.io/certificate-authority';

/** On an agent's heartbeat lease: which of its replicas renewed it last. */
export const AGENT_INSTANCE_ANNOTATION = 'pullet.io/agent-instance';
/** On an agent's heartbeat lease: the highest resourceVersion of the hub that the agent had seen when it renewed the lease. A hub that was restored shows an older one. */
export const SEEN_VERSION_ANNOTATION = 'pullet.io/seen-resource-version';

/** The identity of agents: certificate organization and common-name prefix; the wire contract, section 2.2. */
export const AGENT_ORGANIZATION = 'system:karmada:agents';
export const AGENT_USER_PREFIX = 'system:karmada:agent:';
/** Karmada's powerful intermediate identity; refused unless a compatibility mode says otherwise. */
export const AGENT_RBAC_GENERATOR = 'system:karmada:agent:rbac-generator';

export function agentUser(cluster: string): string {
  return `${AGENT_USER_PREFIX}${cluster}`;
}

/** Names of the hub-side rights of one agent; the wire contract, section 2.5. */
export function agentRightsNames(cluster: string): { cluster: string; secret: string; work: string; lease: string } {
  return {
    cluster: `system:karmada:${cluster}:agent`,
    secret: `system:karmada:${cluster}:agent-secret`,
    work: `system:karmada:${cluster}:agent-work`,
    lease: `system:karmada:${cluster}:agent-lease`,
  };
}
