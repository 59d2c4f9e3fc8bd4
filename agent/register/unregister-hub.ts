import {
  agentRightsNames,
  CLUSTER_NAMESPACE,
  clusters,
  executionSpace,
  FORCE_REMOVAL_ANNOTATION,
  SYSTEM_LABEL,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { type Namespace, namespaces } from '../../shared/apis/core/v1.ts';
import { isConflict, isForbidden, isNotFound, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../shared/apis/rbac/v1.ts';
import { EXECUTION_FINALIZER, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { deleteIfPresent, getIfPresent } from '../../shared/client/ensure-object.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { RegisterError } from './register-options.ts';
import type { Leftover } from './unregister-member.ts';

/** The hub's side of a cluster that leaves: its Works, the Cluster, and the rights where the hub's own controllers don't take them. */

const POLL_MS = 300;
/** An agent that is there has answered by then; who waits longer should know for what. */
const TOLD_AFTER_POLLS = 10;
/** For what holds a Work besides the agent, when the agent is no longer waited for. */
const HELD_MS = 10_000;

export interface HubRemoval {
  hub: KubeClient;
  clock: Clock;
  clusterName: string;
  /** Milliseconds since the epoch. */
  deadline: number;
  isForced: boolean;
  keepsWorkloads: boolean;
  print(line: string): void;
}

/**
 * Deletes every Work and waits until the agent has let them go: their objects are then gone from the member, or free of marks. False if some were given up.
 */
export async function removeWorks(removal: HubRemoval, signal: AbortSignal): Promise<boolean> {
  const namespace = executionSpace(removal.clusterName);
  let isComplete = true;
  for (let polls = 0; ; polls += 1) {
    const { items } = await removal.hub.list(works, { namespace, signal });
    if (items.length === 0) return isComplete;
    for (const work of items) await deleteWork(removal, work, signal);
    const overdueMs = removal.clock.now() - removal.deadline;
    if (overdueMs >= 0) {
      if (!removal.isForced) throw worksRemain(items, removal.clusterName);
      if (await abandon(removal, items, signal)) isComplete = false;
      else if (overdueMs >= HELD_MS) throw heldByOthers(items);
    } else if (polls === TOLD_AFTER_POLLS) removal.print(waitsForAgent(items, -overdueMs));
    await sleep(removal.clock, POLL_MS, signal);
    signal.throwIfAborted();
  }
}

function waitsForAgent(left: Work[], forMs: number): string {
  return `Waiting for the agent to let go of ${worksCount(left)}, ${Math.ceil(forMs / 1000)} s at most`;
}

function worksCount({ length }: Work[]): string {
  return length === 1 ? '1 Work' : `${length} Works`;
}

async function deleteWork({ hub, keepsWorkloads }: HubRemoval, work: Work, signal: AbortSignal): Promise<void> {
  const { metadata, spec } = work;
  const { name = '', namespace = '' } = metadata;
  // Its deletion is asked for when it is sure to spare the objects.
  if (keepsWorkloads && !spec.preserveResourcesOnDeletion && !(await preserve(hub, work, signal))) return;
  if (metadata.deletionTimestamp) return;
  await deleteIfPresent(hub, works, { name, namespace }, signal);
}

/** An update, since that is what an agent may do. False if the Work has changed or gone meanwhile: it is looked at again. */
async function preserve(hub: KubeClient, work: Work, signal: AbortSignal): Promise<boolean> {
  const preserved = { ...work, spec: { ...work.spec, preserveResourcesOnDeletion: true } };
  return isWritten(hub.update(works, preserved, { signal }));
}

/** False if the object has changed or gone meanwhile. */
async function isWritten(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConflict(error) || isNotFound(error)) return false;
    throw error;
  }
}

function worksRemain(left: Work[], clusterName: string): RegisterError {
  const names = left.map(({ metadata }) => metadata.name).slice(0, 5);
  return new RegisterError(
    `${worksCount(left)} of ${clusterName} still there (${names.join(', ')}): its agent has not removed their objects yet`,
    {
      fix: 'Look at the agent, or wait longer (--wait). To go on and leave those objects in the member: --force',
    },
  );
}

function heldByOthers(left: Work[]): RegisterError {
  const { name = '', namespace = '', finalizers = [] } = left[0]?.metadata ?? {};
  return new RegisterError(
    `${worksCount(left)} still there, and not because of the agent: ${namespace}/${name} waits for ${finalizers.join(', ')}`,
    { fix: 'Have whoever set these finalizers take them off, then run this command again.' },
  );
}

/** What an agent that isn't there would have removed stays in the member, and that is said. True if any was given up. */
async function abandon(removal: HubRemoval, left: Work[], signal: AbortSignal): Promise<boolean> {
  let hasGivenUp = false;
  for (const { metadata, spec } of left) {
    const { name = '', namespace = '', resourceVersion, finalizers = [] } = metadata;
    if (!finalizers.includes(EXECUTION_FINALIZER)) continue;
    hasGivenUp = true;
    const kept = finalizers.filter((finalizer) => finalizer !== EXECUTION_FINALIZER);
    const patch = { metadata: { resourceVersion, finalizers: kept } };
    if (!(await isWritten(removal.hub.patch(works, { name, namespace }, { type: 'merge', patch }, { signal }))))
      continue;
    const objects = spec.workload?.manifests?.length ?? 0;
    removal.print(
      `Work ${namespace}/${name} is given up: its ${objects} objects stay in the member, if they are there.`,
    );
  }
  return hasGivenUp;
}

/** Deletes the Cluster and waits until it is gone. With the agent's own credentials its rights go too: then the hub stops answering it. */
export async function removeCluster(removal: HubRemoval, signal: AbortSignal): Promise<void> {
  const { hub, clusterName: name, clock } = removal;
  if (removal.isForced) await forceRemoval(hub, name, signal);
  await deleteIfPresent(hub, clusters, { name }, signal);
  while (await isStillThere(hub, name, signal)) {
    if (clock.now() >= removal.deadline) throw await clusterRemains(hub, name, signal);
    await sleep(clock, POLL_MS, signal);
    signal.throwIfAborted();
  }
  removal.print(`Successfully delete cluster object (${name}) from control plane.`);
}

async function forceRemoval(hub: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const patch = { metadata: { annotations: { [FORCE_REMOVAL_ANNOTATION]: 'true' } } };
  try {
    await hub.patch(clusters, { name }, { type: 'merge', patch }, { signal });
  } catch (error) {
    if (!isNotFound(error) && !isForbidden(error)) throw error;
  }
}

async function isStillThere(hub: KubeClient, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await hub.get(clusters, { name }, { signal });
    return true;
  } catch (error) {
    if (isNotFound(error) || isForbidden(error) || isUnauthorized(error)) return false;
    throw error;
  }
}

async function clusterRemains(hub: KubeClient, name: string, signal: AbortSignal): Promise<RegisterError> {
  const cluster = await getIfPresent(hub, clusters, { name }, signal);
  const finalizers = cluster?.metadata.finalizers?.join(', ') ?? '';
  return new RegisterError(`Cluster ${name} is being deleted and still there; it waits for: ${finalizers}`, {
    fix: 'Run this command again in a while, with a longer --wait if it takes long.',
  });
}

/** The rights by their names; an administrator's client may delete them, the agent's own may not. */
export function hubLeftovers(clusterName: string): Leftover[] {
  const names = agentRightsNames(clusterName);
  const secret = { name: names.secret, namespace: CLUSTER_NAMESPACE };
  const work = { name: names.work, namespace: executionSpace(clusterName) };
  const lease = { name: names.lease, namespace: CLUSTER_NAMESPACE };
  return [
    { type: clusterRoleBindings, name: names.cluster },
    { type: clusterRoles, name: names.cluster },
    ...[secret, work, lease].flatMap((key) => [
      { type: roleBindings, ...key },
      { type: roles, ...key },
    ]),
  ];
}

export async function removeRights(removal: HubRemoval, signal: AbortSignal): Promise<void> {
  for (const { type, name, namespace } of hubLeftovers(removal.clusterName)) {
    const key = namespace === undefined ? { name } : { name, namespace };
    await deleteIfPresent(removal.hub, type, key, signal);
  }
  removal.print(
    `Successfully delete karmada-agent RBAC resources from control plane. cluster name: ${removal.clusterName}`,
  );
}

/** The execution space is the claim on the name; it is there from the join on, with or without a Cluster. */
export async function hasClaim(hub: KubeClient, clusterName: string, signal: AbortSignal): Promise<boolean> {
  return (await findClaim(hub, clusterName, signal)) !== undefined;
}

async function findClaim(hub: KubeClient, clusterName: string, signal: AbortSignal): Promise<Namespace | undefined> {
  const space = await getIfPresent(hub, namespaces, { name: executionSpace(clusterName) }, signal);
  return space?.metadata.labels?.[SYSTEM_LABEL] === 'true' ? space : undefined;
}

/** Sets the name free where no Cluster's removal has done so. The Works in it are gone already. */
export async function removeClaim({ hub, clusterName }: HubRemoval, signal: AbortSignal): Promise<void> {
  const space = await findClaim(hub, clusterName, signal);
  if (!space) return;
  await deleteIfPresent(hub, leases, { name: clusterName, namespace: CLUSTER_NAMESPACE }, signal);
  const { name = '', uid } = space.metadata;
  await deleteIfPresent(hub, namespaces, { name, uid }, signal);
}
