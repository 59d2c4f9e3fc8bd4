import { CLUSTER_NAMESPACE, SYSTEM_LABEL } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { namespaces, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles, type Subject } from '../../shared/apis/rbac/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { STATE_LABEL } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient, ObjectKey } from '../../shared/client/client.ts';
import { deleteIfPresent, getIfPresent } from '../../shared/client/ensure-object.ts';
import { holdsOthers } from '../../shared/client/holds-others.ts';
import { AGENT_WORKLOADS, type AgentKind } from './agent-workload.ts';
import { AGENT_NAME, AGENT_SERVICE_ACCOUNT, HUB_CREDENTIALS_SECRET, LEADER_LEASE } from './register-options.ts';
import type { UnregisterOptions } from './unregister-options.ts';

/** What registration left in the member, in the order in which it goes (the wire contract, section 3.1, step 6). */

export interface Leftover {
  type: ResourceType;
  name: string;
  namespace?: string;
}

const IMPERSONATOR = 'karmada-impersonator';

/**
 * `leavesAgent`: the agent that is installed there is that of another cluster. `leavesRights`: an agent in another namespace has its rights by the same names.
 * `agentKinds`: as what it was found there.
 */
export type MemberRemoval = UnregisterOptions & {
  leavesAgent: boolean;
  leavesRights: boolean;
  agentKinds: readonly AgentKind[];
};

export function memberLeftovers(options: MemberRemoval): Leftover[] {
  const { clusterName, clusterNamespace } = options;
  const account = `karmada-${clusterName}`;
  const role = `karmada-controller-manager:${account}`;
  return [
    { type: serviceAccounts, name: account, namespace: clusterNamespace },
    { type: clusterRoles, name: role },
    { type: clusterRoleBindings, name: role },
    { type: secrets, name: account, namespace: clusterNamespace },
    ...(options.leavesAgent ? [] : agentLeftovers(options)),
  ];
}

/** Its credentials come last: by them another run sees that there is something left to do. */
function agentLeftovers({ namespace, agentName, agentKinds, leavesRights }: MemberRemoval): Leftover[] {
  const rights = [clusterRoleBindings, clusterRoles].map((type) => ({ type, name: AGENT_NAME }));
  return [
    ...agentKinds.map((kind) => ({ type: AGENT_WORKLOADS[kind], name: agentName, namespace })),
    { type: serviceAccounts, name: AGENT_SERVICE_ACCOUNT, namespace },
    ...(leavesRights ? [] : rights),
    { type: roleBindings, name: AGENT_NAME, namespace },
    { type: roles, name: AGENT_NAME, namespace },
    { type: leases, name: LEADER_LEASE, namespace },
    { type: secrets, name: HUB_CREDENTIALS_SECRET, namespace },
  ];
}

export function describe({ type, name, namespace }: Leftover): string {
  return `{${type.kind} ${name}${namespace === undefined ? '' : ` ${namespace}`}}`;
}

/**
 * What the agent has kept for itself, copies of Works among it. Nothing writes it any more when the agent's rights are gone.
 */
export async function agentState(
  member: KubeClient,
  { namespace }: UnregisterOptions,
  signal: AbortSignal,
): Promise<Leftover[]> {
  const { items } = await member.list(secrets, { namespace, labelSelector: STATE_LABEL, signal });
  return items
    .filter(({ metadata }) => metadata.labels?.[STATE_LABEL] !== undefined)
    .map(({ metadata }) => ({ type: secrets, name: metadata.name ?? '', namespace }));
}

/** Deletes what is there and tells of each; what isn't there is passed over. `keepsState`: it is the record of objects that stay. */
export async function removeFromMember(
  member: KubeClient,
  options: MemberRemoval & { keepsState: boolean },
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const remove = async (leftover: Leftover) => {
    if (!(await deleteIfPresent(member, leftover.type, keyOf(leftover), signal))) return;
    print(`Successfully delete resource (${describe(leftover)}) from member cluster (${options.clusterName}).`);
  };
  const leftovers = memberLeftovers(options);
  const credentials = options.leavesAgent ? undefined : leftovers.pop();
  for (const leftover of leftovers) await remove(leftover);
  if (!options.leavesAgent && options.leavesRights) await removeSubject(member, options, print, signal);
  const state = options.leavesAgent ? [] : await agentState(member, options, signal);
  if (!options.keepsState) for (const leftover of state) await remove(leftover);
  else if (state.length > 0) print(`Left behind in the member, as the record of what stays: ${some(state)}`);
  if (credentials) await remove(credentials);
  for (const leftover of await sharedLeftovers(member, options, signal)) await remove(leftover);
}

/** Takes the account, which is gone, out of the binding that stays for the agent in another namespace. Who may not do that is told; throws Conflict where somebody changes it meanwhile. */
async function removeSubject(
  member: KubeClient,
  { namespace }: MemberRemoval,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const isOurs = ({ kind, name, namespace: place }: Subject): boolean =>
    kind === 'ServiceAccount' && name === AGENT_SERVICE_ACCOUNT && place === namespace;
  try {
    const binding = await getIfPresent(member, clusterRoleBindings, { name: AGENT_NAME }, signal);
    if (!binding?.subjects?.some(isOurs)) return;
    const subjects = binding.subjects.filter((subject) => !isOurs(subject));
    const patch = { metadata: { resourceVersion: binding.metadata.resourceVersion }, subjects };
    await member.patch(clusterRoleBindings, { name: AGENT_NAME }, { type: 'merge', patch }, { signal });
  } catch (error) {
    if (!isForbidden(error)) throw error;
    print(
      `Left in the member: ServiceAccount ${AGENT_SERVICE_ACCOUNT} in ${namespace}, which is gone, as a subject of ClusterRoleBinding ${AGENT_NAME}`,
    );
  }
}

function some(leftovers: Leftover[]): string {
  return leftovers.map(describe).join(', ');
}

/**
 * The namespace of credentials and the impersonator in it may serve another hub too, or be a hub's own: they go only when registration made the namespace
 * and nothing is left in it that belongs to others.
 */
export async function sharedLeftovers(
  member: KubeClient,
  { clusterName, clusterNamespace: namespace }: UnregisterOptions,
  signal: AbortSignal,
): Promise<Leftover[]> {
  const space = await getIfPresent(member, namespaces, { name: namespace }, signal);
  if (space?.metadata.labels?.[SYSTEM_LABEL] !== 'true') return [];
  const known = [IMPERSONATOR, `karmada-${clusterName}`];
  const isKnown = ({ metadata }: KubeObject): boolean => known.includes(metadata.name ?? '');
  if (await holdsOthers(member, namespace, isKnown, signal)) return [];
  const impersonator = { name: IMPERSONATOR, namespace };
  return [
    { type: serviceAccounts, ...impersonator },
    { type: secrets, ...impersonator },
    ...(namespace === CLUSTER_NAMESPACE ? [{ type: namespaces, name: namespace }] : []),
  ];
}

/** Those of the leftovers that are there. */
export async function presentLeftovers(client: KubeClient, all: Leftover[], signal: AbortSignal): Promise<Leftover[]> {
  const found = await Promise.all(all.map((leftover) => getIfPresent(client, leftover.type, keyOf(leftover), signal)));
  return all.filter((_, index) => found[index] !== undefined);
}

function keyOf({ name, namespace }: Leftover): ObjectKey {
  return namespace === undefined ? { name } : { name, namespace };
}
