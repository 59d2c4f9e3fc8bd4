import { type Cluster, clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { isForbidden, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import { ORPHANS_WORK, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { type InstalledAgent, readInstalledAgent } from './installed-agent.ts';
import type { AgentAccount } from './other-agents.ts';
import { AGENT_NAME, RegisterError } from './register-options.ts';
import { hasClaim, hubLeftovers, removeClaim, removeCluster, removeRights, removeWorks } from './unregister-hub.ts';
import {
  agentState,
  describe,
  type Leftover,
  type MemberRemoval,
  memberLeftovers,
  presentLeftovers,
  removeFromMember,
  sharedLeftovers,
} from './unregister-member.ts';
import type { UnregisterDeps, UnregisterOptions } from './unregister-options.ts';

/** Works that were waited for in vain have used up the time; without them the hub alone has to do something. */
const FORCED_MS = 60_000;

/**
 * A member leaves: Works first and seen gone, then the Cluster, then the hub-side rights, then what register made in the member. Each step finds out
 * for itself what is left, so that an interrupted run can be run again.
 */
export async function unregister(options: UnregisterOptions, deps: UnregisterDeps, signal: AbortSignal): Promise<void> {
  const { member, print } = deps;
  if (!member && !options.isForced) {
    throw new RegisterError('the member cannot be reached', { fix: 'If it is gone for good, add --force.' });
  }
  const agent: InstalledAgent = member
    ? await installedAgent(member, options, signal)
    : { kinds: ['Deployment'], others: [] };
  const leavesAgent = isOfAnother(agent, options);
  if (leavesAgent && !deps.hub) throw agentOfAnother(agent, options);
  const leaving: Leaving = {
    ...options,
    agent,
    agentKinds: agent.kinds,
    leavesAgent,
    leavesRights: agent.others.length > 0,
  };
  const hub = deps.hub ?? (await hubOfAgent(leaving, deps));
  let isComplete: boolean;
  try {
    isComplete = await leaveHub(hub, leaving, deps, signal);
  } finally {
    if (hub !== deps.hub) await hub?.close();
  }
  if (member && leavesAgent) print(agentOfAnother(agent, options).message);
  if (!leavesAgent) for (const other of agent.others) print(rightsOfAnother(other));
  const keepsState = !isComplete;
  if (member && !options.isDryRun) await removeFromMember(member, { ...leaving, keepsState }, print, signal);
  if (!member) print(`Left behind in the member: ${memberLeftovers(leaving).map(describe).join(', ')}`);
}

/** What was asked for, and what was found in the member. */
type Leaving = MemberRemoval & { agent: InstalledAgent };

function installedAgent(
  member: KubeClient,
  { namespace, agentName: name }: UnregisterOptions,
  signal: AbortSignal,
): Promise<InstalledAgent> {
  return readInstalledAgent(member, { namespace, name }, signal);
}

function isOfAnother(agent: InstalledAgent, { clusterName }: UnregisterOptions): boolean {
  return agent.clusterName !== undefined && agent.clusterName !== clusterName;
}

function agentOfAnother(agent: InstalledAgent, { clusterName, namespace }: UnregisterOptions): RegisterError {
  return new RegisterError(
    `the agent in ${namespace} of the member is that of cluster "${agent.clusterName}", not of "${clusterName}": it is left as it is`,
    { fix: 'Check the name. If that cluster has another agent, name its hub (--karmada-config) and namespace (-n).' },
  );
}

function rightsOfAnother({ name, namespace }: AgentAccount): string {
  return `Left in the member: ClusterRole ${AGENT_NAME} and its binding, by which ServiceAccount ${name} in ${namespace} has its rights`;
}

/** The agent's own client, read from the member. Undefined when nothing of an agent is there (any more) and that is no reason to stop. */
async function hubOfAgent(options: Leaving, deps: UnregisterDeps): Promise<KubeClient | undefined> {
  const { kubeconfig } = options.agent;
  if (kubeconfig !== undefined) return deps.newHubClient(kubeconfig);
  if (options.isForced && deps.member) return undefined;
  throw new RegisterError(`no agent's credentials for the hub were found in ${options.namespace} of the member`, {
    fix: 'Name the hub with --karmada-config FILE.',
  });
}

/** False if something was given up, so that objects may stay in the member. */
async function leaveHub(
  hub: KubeClient | undefined,
  options: Leaving,
  deps: UnregisterDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const { clusterName, isForced = false, keepsWorkloads = false } = options;
  if (!hub) {
    deps.print(`The hub was not asked; Cluster ${clusterName} and what belongs to it stay there.`);
    return false;
  }
  const cluster = await findCluster(hub, options, deps, signal);
  if (cluster?.spec.syncMode === 'Push') {
    throw new RegisterError(`cluster ${clusterName} is in push mode`, { fix: `Use: pullet unjoin ${clusterName}` });
  }
  if (!cluster && !(await isHalfGone(hub, options, deps, signal))) {
    throw new RegisterError(`no cluster object ${clusterName} found in karmada control Plane`);
  }
  if (options.isDryRun) {
    await tellAll(hub, options, deps, signal);
    return true;
  }
  const { clock, print } = deps;
  const removal = { hub, clock, clusterName, deadline: clock.now() + options.waitMs, isForced, keepsWorkloads, print };
  const isComplete = cluster || deps.hub ? await removeWorks(removal, signal) : true;
  const deadline = isComplete ? removal.deadline : clock.now() + Math.max(options.waitMs, FORCED_MS);
  if (cluster) await removeCluster({ ...removal, deadline }, signal);
  if (deps.hub) {
    await removeRights(removal, signal);
    await removeClaim(removal, signal);
  } else if (!cluster) {
    const space = executionSpace(clusterName);
    deps.print(
      `If namespace ${space} is left on the hub, its administrator has to delete it before the name can be used again.`,
    );
  }
  return isComplete;
}

/** An agent that the hub doesn't let see its own Cluster has lost its rights with it. */
async function findCluster(
  hub: KubeClient,
  { clusterName }: UnregisterOptions,
  deps: UnregisterDeps,
  signal: AbortSignal,
): Promise<Cluster | undefined> {
  try {
    return await getIfPresent(hub, clusters, { name: clusterName }, signal);
  } catch (error) {
    if (!deps.hub && (isForbidden(error) || isUnauthorized(error))) return undefined;
    throw error;
  }
}

/** A join that never got as far as a Cluster, or a run before this one that got past it: there is something left to do. */
async function isHalfGone(
  hub: KubeClient,
  options: Leaving,
  deps: UnregisterDeps,
  signal: AbortSignal,
): Promise<boolean> {
  if (options.isForced) return true;
  if (deps.hub && (await hasClaim(hub, options.clusterName, signal))) return true;
  return options.agent.kubeconfig !== undefined && !options.leavesAgent;
}

async function tellAll(hub: KubeClient, options: Leaving, deps: UnregisterDeps, signal: AbortSignal): Promise<void> {
  const { items } = await hub.list(works, { namespace: executionSpace(options.clusterName), signal });
  const staying = '; its objects stay in the member';
  for (const { metadata } of items) {
    const isKept = options.keepsWorkloads || metadata.name === ORPHANS_WORK;
    const objects = isKept ? staying : ' and its objects in the member';
    deps.print(`Would delete Work ${metadata.namespace ?? ''}/${metadata.name ?? ''}${objects}`);
  }
  deps.print(`Would delete Cluster ${options.clusterName} from the hub`);
  const tell = async (client: KubeClient | undefined, all: Leftover[], where: string) => {
    const present = client ? await presentLeftovers(client, all, signal) : [];
    for (const leftover of present) deps.print(`Would delete ${describe(leftover)} from ${where}`);
  };
  await tell(deps.hub, hubLeftovers(options.clusterName), 'the hub');
  const state = deps.member && !options.leavesAgent ? await agentState(deps.member, options, signal) : [];
  const shared = deps.member ? await sharedLeftovers(deps.member, options, signal) : [];
  await tell(deps.member, [...memberLeftovers(options), ...state, ...shared], 'the member');
}
