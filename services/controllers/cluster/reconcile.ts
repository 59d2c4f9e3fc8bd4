import { isDeepStrictEqual } from 'node:util';
import { withRevokedKeys } from '../../../shared/apis/cluster/agent-keys.ts';
import {
  agentRightsNames,
  CLUSTER_FINALIZER,
  type Cluster,
  CONDITION_REMOVING,
  clusters,
  executionSpace,
  FORCE_REMOVAL_ANNOTATION,
  REASON_WAITING_FOR_AGENT,
  SYSTEM_LABEL,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../../shared/apis/core/v1.ts';
import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { Condition } from '../../../shared/apis/meta/v1.ts';
import { clusterRoleBindings } from '../../../shared/apis/rbac/v1.ts';
import { changeAgentKeys } from '../../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { createIfAbsent, getIfPresent } from '../../../shared/client/ensure-object.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import { setCondition } from '../../../shared/controller/conditions.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';
import type { EventRecorder } from '../../../shared/controller/event-recorder.ts';
import type { Logger } from '../../../shared/controller/logger.ts';
import { ensureAgentRights } from '../agent-rights.ts';
import { ensureLease } from '../cluster-mailbox.ts';
import { readLeaving } from '../leaving.ts';
import { isForced, removeWhatIsLeft } from './removal.ts';
import { taintsByCondition } from './taints.ts';

/**
 * Makes true: a Cluster has the hub's finalizer (agents wait for it), an execution space, a heartbeat lease, and the taints that its Ready
 * condition calls for; one that is deleted leaves in order (`removal.ts`). Owns the finalizer, the two taints and the condition `Removing`;
 * leaves the Ready condition to the agent and the monitor.
 */
export interface ClusterDeps {
  client: KubeClient;
  /** From the cache; undefined once it is gone. */
  getCluster: (name: string) => Cluster | undefined;
  getNamespace: (name: string) => Namespace | undefined;
  /** Of the heartbeat. */
  hasLease: (cluster: string) => boolean;
  /** The API refuses certificates whose keys are revoked on the record, so that a cluster that has left takes its agent's with it. */
  endsCertificates: boolean;
  /** Not waited for. */
  recordEvent: EventRecorder['record'];
  clock: Clock;
  log: Logger;
}

/** While the agent removes its Works: nothing else watches them. */
const WORKS_LOOK_MS = 1000;
/** A namespace calls again by itself when it is gone, an agent when it is Ready; this is for a change that was missed. */
const LOOK_AGAIN_MS = 10_000;

export async function reconcileCluster(
  deps: ClusterDeps,
  name: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const cluster = deps.getCluster(name);
  if (!cluster) return undefined;
  if (cluster.metadata.deletionTimestamp) return await remove(deps, cluster, signal);
  await ensureFinalizerAndTaints(deps, cluster, signal);
  await ensureExecutionSpace(deps, cluster, signal);
  if (cluster.spec.syncMode === 'Pull' && !deps.hasLease(name)) await ensureLease(deps.client, name, signal);
  return undefined;
}

/** The finalizer before anything else is made: what is made is then also taken back. */
async function ensureFinalizerAndTaints(deps: ClusterDeps, cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { name = '', resourceVersion, finalizers = [] } = cluster.metadata;
  const taints = taintsByCondition(cluster, deps.clock.now());
  const lacksFinalizer = !finalizers.includes(CLUSTER_FINALIZER);
  const hasOtherTaints = !isDeepStrictEqual(taints, cluster.spec.taints ?? []);
  if (!lacksFinalizer && !hasOtherTaints) return;
  const patch = {
    metadata: { resourceVersion, ...(lacksFinalizer ? { finalizers: [...finalizers, CLUSTER_FINALIZER] } : {}) },
    ...(hasOtherTaints ? { spec: { taints } } : {}),
  };
  await deps.client.patch(clusters, { name }, { type: 'merge', patch }, { signal });
}

async function ensureExecutionSpace(deps: ClusterDeps, cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { client, recordEvent } = deps;
  const name = cluster.metadata.name ?? '';
  const space = executionSpace(name);
  const existing = deps.getNamespace(space);
  if (existing?.metadata.deletionTimestamp) throw new Error(`namespace ${space} of cluster ${name} is being deleted`);
  if (existing?.metadata.labels?.[SYSTEM_LABEL] === 'true') return;
  const bare: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } };
  const isNew = !existing && (await createIfAbsent(client, namespaces, bare, signal));
  await restoreAgentRights(client, name, signal);
  // The label comes last: without it, all of this is done again.
  const patch = { metadata: { labels: { [SYSTEM_LABEL]: 'true' } } };
  await client.patch(namespaces, { name: space }, { type: 'merge', patch }, { signal });
  if (!isNew) return;
  const message = `Created execution space(${space}) for cluster(${name}).`;
  recordEvent(cluster, { type: 'Normal', reason: 'CreateExecutionSpaceSucceed', message });
}

/** Who deleted the space of a living cluster took its agent's rights in it too. A cluster that has no agent of ours has none to restore. */
async function restoreAgentRights(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const binding = { name: agentRightsNames(name).cluster };
  if (await getIfPresent(client, clusterRoleBindings, binding, signal)) await ensureAgentRights(client, name, signal);
}

async function remove(deps: ClusterDeps, cached: Cluster, signal: AbortSignal): Promise<ReconcileResult | undefined> {
  const cluster = await readLeaving(deps.client, clusters, cached, signal);
  if (!cluster?.metadata.finalizers?.includes(CLUSTER_FINALIZER)) return undefined;
  const progress = await removeWhatIsLeft(deps.client, cluster, signal);
  if (progress.state === 'done') {
    const hasCredential = cluster.spec.syncMode === 'Pull' && !progress.isFarewell;
    if (deps.endsCertificates && hasCredential) await endCredential(deps, cluster, signal);
    const isFirst = await removeFinalizer(deps.client, cluster, signal);
    if (isFirst) deps.log.info({ cluster: cluster.metadata.name }, 'a cluster has left');
    return undefined;
  }
  if (progress.state === 'agent-not-ready') await sayWhyItWaits(deps, cluster, progress.works, signal);
  const isNearlyDone = progress.state === 'waiting' && progress.for === 'works';
  return { requeueAfterMs: isNearlyDone ? WORKS_LOOK_MS : LOOK_AGAIN_MS };
}

async function endCredential({ client, clock }: ClusterDeps, cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { name = '' } = cluster.metadata;
  await changeAgentKeys(client, name, (record) => withRevokedKeys(record, clock.now()), signal);
}

/** False if the Cluster is gone already: what the watch has told may be older than the last removal. */
async function removeFinalizer(client: KubeClient, cluster: Cluster, signal: AbortSignal): Promise<boolean> {
  const { name = '', resourceVersion, finalizers = [] } = cluster.metadata;
  const kept = finalizers.filter((finalizer) => finalizer !== CLUSTER_FINALIZER);
  const patch = { metadata: { resourceVersion, finalizers: kept } };
  try {
    await client.patch(clusters, { name }, { type: 'merge', patch }, { signal });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

const newCredential = (name: string): string =>
  `If it has lost its credential: pullet token create --cluster-name ${name} --replace, and in the member pullet cert renew --new-key --token TOKEN.`;

async function sayWhyItWaits(deps: ClusterDeps, cluster: Cluster, works: number, signal: AbortSignal): Promise<void> {
  const { name = '' } = cluster.metadata;
  const waiting =
    cluster.spec.syncMode === 'Pull'
      ? `Waiting for the agent to remove the objects of its Works (${works} left), and the agent is not Ready. ${newCredential(name)}`
      : `Waiting for the objects of its Works (${works} left) to be removed from the cluster, and the cluster is not Ready.`;
  const message =
    `${waiting} To leave the objects in the member and go on without it: ` +
    `kubectl annotate cluster ${name} ${FORCE_REMOVAL_ANNOTATION}=true`;
  if (isForced(cluster) || !(await setRemovingCondition(deps, cluster, message, signal))) return;
  deps.recordEvent(cluster, { type: 'Warning', reason: REASON_WAITING_FOR_AGENT, message });
}

/** True if the condition changed, so that the event is written once. */
async function setRemovingCondition(
  deps: ClusterDeps,
  cluster: Cluster,
  message: string,
  signal: AbortSignal,
): Promise<boolean> {
  const current = (cluster.status?.conditions ?? []) as Condition[];
  const waiting = { type: CONDITION_REMOVING, status: 'False', reason: REASON_WAITING_FOR_AGENT, message } as const;
  const conditions = setCondition(current, waiting, deps.clock);
  if (conditions === current) return false;
  const { name = '', resourceVersion } = cluster.metadata;
  const patch = { metadata: { resourceVersion }, status: { conditions } };
  await deps.client.patch(clusters, { name }, { type: 'merge', patch }, { signal, subresource: 'status' });
  return true;
}
