import { serviceAccounts } from '../../shared/apis/core/v1.ts';
import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import { clusterRoleBindings } from '../../shared/apis/rbac/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { AGENT_NAME } from './register-options.ts';

/** A service account as which an agent runs. */
export interface AgentAccount {
  name: string;
  namespace: string;
}

/**
 * The agents in other namespaces of the member that have their rights by the ClusterRoleBinding which this one's would have: a member has one of that name. None where
 * the user may not read it; one whose account the user may not look for counts as being there.
 */
export async function findOtherAgents(
  member: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<AgentAccount[]> {
  const binding = await getIfPresent(member, clusterRoleBindings, { name: AGENT_NAME }, signal).catch(
    unlessForbidden(undefined),
  );
  const others: AgentAccount[] = [];
  for (const { kind, name, namespace: place } of binding?.subjects ?? []) {
    if (kind !== 'ServiceAccount' || place === undefined || place === namespace) continue;
    const account = { name, namespace: place };
    const found = await getIfPresent(member, serviceAccounts, account, signal).catch(unlessForbidden(account));
    if (found) others.push(account);
  }
  return others;
}

function unlessForbidden<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isForbidden(error)) return instead;
    throw error;
  };
}
