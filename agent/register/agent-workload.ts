import { type DaemonSet, type Deployment, daemonSets, deployments } from '../../shared/apis/apps/v1.ts';
import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient, ObjectKey } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';

/** As what the agent runs in a member: some replicas anywhere, or one on each node of some. Never as both: they have one name. */

export const AGENT_KINDS = ['Deployment', 'DaemonSet'] as const;
export type AgentKind = (typeof AGENT_KINDS)[number];

export type AgentWorkload = Deployment | DaemonSet;

export const AGENT_WORKLOADS: Readonly<Record<AgentKind, ResourceType<AgentWorkload>>> = {
  Deployment: deployments,
  DaemonSet: daemonSets,
};

export function otherKind(kind: AgentKind): AgentKind {
  return kind === 'Deployment' ? 'DaemonSet' : 'Deployment';
}

export interface FoundWorkload {
  kind: AgentKind;
  workload: AgentWorkload;
}

/** Those that are there: more than one only where somebody made one by hand. */
export async function findAgentWorkloads(
  member: KubeClient,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<FoundWorkload[]> {
  const found: FoundWorkload[] = [];
  for (const kind of AGENT_KINDS) {
    const workload = await readWorkload(member, kind, key, signal);
    if (workload) found.push({ kind, workload });
  }
  return found;
}

/** Who may not even read DaemonSets, as agents were Deployments at first, has made none. */
async function readWorkload(
  member: KubeClient,
  kind: AgentKind,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<AgentWorkload | undefined> {
  try {
    return await getIfPresent(member, AGENT_WORKLOADS[kind], key, signal);
  } catch (error) {
    if (kind === 'DaemonSet' && isForbidden(error)) return undefined;
    throw error;
  }
}
