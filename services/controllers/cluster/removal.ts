import { readyOf } from '../../../shared/apis/cluster/ready-of.ts';
import {
  CLUSTER_NAMESPACE,
  type Cluster,
  executionSpace,
  FORCE_REMOVAL_ANNOTATION,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../../shared/apis/coordination/v1.ts';
import { type Namespace, namespaces } from '../../../shared/apis/core/v1.ts';
import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { ObjectMeta } from '../../../shared/apis/meta/v1.ts';
import { EXECUTION_FINALIZER, works } from '../../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { deleteIfPresent, getIfPresent } from '../../../shared/client/ensure-object.ts';
import { removeAgentRights } from '../agent-rights.ts';
import { beginFarewell } from '../karmada-compat/departures.ts';
import { listMetadata } from '../list-metadata.ts';

/**
 * A cluster leaves, in the order that lets its agent finish: Works first, until they are gone from the hub (the agent has then removed their
 * objects); then the execution space; then the agent's rights and its lease. Each call looks at what is left and does the next thing, so
 * that it may stop anywhere and be called again.
 */

export type RemovalProgress =
  /** Something will change and call again. */
  | { state: 'waiting'; for: 'works' | 'namespace'; count: number }
  /** Nobody is there to remove the Works' objects. */
  | { state: 'agent-not-ready'; works: number }
  /** `isFarewell`: the agent was Karmada's, and its credential ends a moment later. */
  | { state: 'done'; isFarewell: boolean };

export async function removeWhatIsLeft(
  client: KubeClient,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<RemovalProgress> {
  const name = cluster.metadata.name ?? '';
  const left = await deleteWorks(client, cluster, signal);
  if (left > 0) {
    return readyOf(cluster)?.status === 'True' || isForced(cluster)
      ? { state: 'waiting', for: 'works', count: left }
      : { state: 'agent-not-ready', works: left };
  }
  const space = await getIfPresent(client, namespaces, { name: executionSpace(name) }, signal);
  if (space) {
    await deleteNamespace(client, space, signal);
    return { state: 'waiting', for: 'namespace', count: 1 };
  }
  const isFarewell = await beginFarewell(client, name, signal);
  if (!isFarewell) await removeAgentRights(client, name, signal);
  await deleteIfPresent(client, leases, { name, namespace: CLUSTER_NAMESPACE }, signal);
  return { state: 'done', isFarewell };
}

/** Deletes every Work and says how many are still there. Read live, not from a cache: a Work overlooked here is orphaned. */
async function deleteWorks(client: KubeClient, cluster: Cluster, signal: AbortSignal): Promise<number> {
  const namespace = executionSpace(cluster.metadata.name ?? '');
  const found = await listMetadata(client, works, namespace, signal);
  for (const work of found) {
    const { name = '', uid, deletionTimestamp } = work;
    if (isForced(cluster)) await stripFinalizer(client, work, signal);
    if (deletionTimestamp) continue;
    await deleteIfPresent(client, works, { name, namespace, ...(uid ? { uid } : {}) }, signal);
  }
  if (found.length === 0) return 0;
  return (await listMetadata(client, works, namespace, signal)).length;
}

async function stripFinalizer(client: KubeClient, work: ObjectMeta, signal: AbortSignal): Promise<void> {
  const { name = '', namespace = '', resourceVersion, finalizers = [] } = work;
  if (!finalizers.includes(EXECUTION_FINALIZER)) return;
  const kept = finalizers.filter((finalizer) => finalizer !== EXECUTION_FINALIZER);
  const patch = { metadata: { resourceVersion, finalizers: kept } };
  try {
    await client.patch(works, { name, namespace }, { type: 'merge', patch }, { signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function deleteNamespace(client: KubeClient, space: Namespace, signal: AbortSignal): Promise<void> {
  const { name = '', uid, deletionTimestamp } = space.metadata;
  if (deletionTimestamp) return;
  await deleteIfPresent(client, namespaces, { name, ...(uid ? { uid } : {}) }, signal);
}

export function isForced(cluster: Cluster): boolean {
  return cluster.metadata.annotations?.[FORCE_REMOVAL_ANNOTATION] === 'true';
}
