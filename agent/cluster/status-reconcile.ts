import { isDeepStrictEqual } from 'node:util';
import {
  CLUSTER_FINALIZER,
  type Cluster,
  type ClusterStatus,
  CONDITION_COMPLETE_API_ENABLEMENTS,
  CONDITION_READY,
} from '../../shared/apis/cluster/v1alpha1.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { findCondition, type NewCondition, setCondition } from '../../shared/controller/conditions.ts';
import { hasFinalizer } from '../../shared/controller/finalizers.ts';
import { apiEnablements, enablementsCondition, type MemberApis } from './api-enablements.ts';
import { type MemberHealth, newCondition, readyCondition } from './ready-condition.ts';
import type { ResourceStatus } from './resource-summary.ts';

/**
 * Makes the Cluster's status on the hub say what the member is like: version, APIs, nodes and resources, and the conditions
 * Ready, CompleteAPIEnablements and IdentityShared. It owns nothing else of the Cluster, waits until the hub has put its finalizer on it, and
 * writes only what differs.
 */
export interface StatusDeps {
  clock: Clock;
  probe(signal: AbortSignal): Promise<MemberHealth>;
  filterReady(observed: Condition, current?: Condition): Condition;
  /** The member's version and APIs; undefined fields could not be found out and stay as they are. */
  collect(signal: AbortSignal): Promise<Collected>;
  /** Whether another agent is that of this cluster too; absent, or undefined, where nothing is to be said of it. */
  identity?(before: Condition[] | undefined): NewCondition | undefined;
  updateStatus(cluster: Cluster, signal: AbortSignal): Promise<Cluster>;
}

export interface Collected {
  kubernetesVersion?: string;
  apis?: MemberApis;
  resources?: ResourceStatus;
}

/** Before the hub has put its finalizer on the Cluster, nothing is told. */
export function isAccepted(cluster: Cluster): boolean {
  return hasFinalizer(cluster, CLUSTER_FINALIZER);
}

/** The Cluster as it is after the write, or as it was if none was needed. Throws Conflict if somebody else wrote meanwhile. */
export async function reconcileStatus(deps: StatusDeps, cluster: Cluster, signal: AbortSignal): Promise<Cluster> {
  const now = deps.clock.now();
  const health = await deps.probe(signal);
  const current = findCondition(cluster.status?.conditions, CONDITION_READY);
  const ready = deps.filterReady(readyCondition(health, current, now), current);
  const isTold = health === 'healthy' && ready.status === 'True';
  const described = isTold
    ? fullStatus(cluster, ready, await deps.collect(signal), now)
    : { ...cluster.status, conditions: withCondition(cluster.status?.conditions ?? [], ready) };
  const identity = deps.identity?.(described.conditions);
  const status = identity
    ? { ...described, conditions: setCondition(described.conditions, identity, deps.clock) }
    : described;
  if (isDeepStrictEqual(plain(status), plain(cluster.status ?? {}))) return cluster;
  return deps.updateStatus({ ...cluster, status }, signal);
}

function fullStatus(cluster: Cluster, ready: Condition, collected: Collected, now: number): ClusterStatus {
  const { kubernetesVersion, apis, resources } = collected;
  const enablements = apis && apiEnablements(apis);
  const complete =
    apis &&
    newCondition(
      enablementsCondition(enablements ?? [], apis.failed),
      findCondition(cluster.status?.conditions, CONDITION_COMPLETE_API_ENABLEMENTS),
      now,
    );
  const conditions = withCondition(cluster.status?.conditions ?? [], ready);
  return {
    ...cluster.status,
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(enablements ? { apiEnablements: enablements } : {}),
    conditions: complete ? withCondition(conditions, complete) : conditions,
    ...resourceFields(cluster, resources),
  };
}

/** Models of allocatable resources are somebody else's part of the summary. */
function resourceFields(cluster: Cluster, resources: ResourceStatus | undefined): Partial<ClusterStatus> {
  if (!resources) return {};
  const models = cluster.status?.resourceSummary?.allocatableModelings;
  const resourceSummary = { ...resources.resourceSummary, ...(models ? { allocatableModelings: models } : {}) };
  return { nodeSummary: resources.nodeSummary, resourceSummary };
}

function withCondition(conditions: Condition[], wanted: Condition): Condition[] {
  const isThere = conditions.some(({ type }) => type === wanted.type);
  return isThere
    ? conditions.map((condition) => (condition.type === wanted.type ? wanted : condition))
    : [...conditions, wanted];
}

/** Fields that are absent, empty or zero don't differ: some servers leave them out. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, field]): [string, unknown] => [name, plain(field)]);
  return Object.fromEntries(entries.filter(([, field]) => !isEmpty(field)));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0;
}
