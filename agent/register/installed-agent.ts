import { secrets } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { type AgentKind, type AgentWorkload, findAgentWorkloads } from './agent-workload.ts';
import { parseHubKubeconfig } from './hub-kubeconfig.ts';
import { type AgentAccount, findOtherAgents } from './other-agents.ts';
import { HUB_CREDENTIALS_SECRET } from './register-options.ts';

export interface InstalledAgent {
  /** As what it is there; empty where it is gone, or was never there. */
  kinds: AgentKind[];
  /** The cluster that it says it is the agent of. */
  clusterName?: string;
  /** For the hub. */
  kubeconfig?: string;
  /** Agents in other namespaces that have their rights by the same names. */
  others: AgentAccount[];
}

/**
 * The agent that is installed in the member. Its kubeconfig is found as karmadactl finds it (the wire contract, section 3.1): the flag in the container's `command`,
 * the mount that its directory is, the Secret behind the mount. What is missing, or isn't said, is absent.
 */
export async function readInstalledAgent(
  member: KubeClient,
  agent: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<InstalledAgent> {
  const found = await findAgentWorkloads(member, agent, signal);
  const workload = found[0]?.workload;
  const kinds = found.map(({ kind }) => kind);
  // Where the Deployment or DaemonSet is gone already, an earlier run got that far: the Secret goes last and has the usual name.
  const usual = { secret: HUB_CREDENTIALS_SECRET, key: HUB_CREDENTIALS_SECRET };
  const place = workload ? placeOf(workload) : usual;
  const secret =
    place && (await getIfPresent(member, secrets, { name: place.secret, namespace: agent.namespace }, signal));
  const data = place && secret?.data?.[place.key];
  const kubeconfig = data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8');
  const clusterName = (workload && flagOf(workload, NAME_FLAG)) ?? parseHubKubeconfig(kubeconfig ?? '')?.clusterName;
  const others = await findOtherAgents(member, agent.namespace, signal);
  return {
    kinds,
    others,
    ...(clusterName ? { clusterName } : {}),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}

const NAME_FLAG = '--cluster-name=';
const KUBECONFIG_FLAG = '--karmada-kubeconfig=';

function flagOf({ spec }: AgentWorkload, flag: string): string | undefined {
  const words = spec?.template.spec?.containers[0]?.command ?? [];
  return words.find((word) => word.startsWith(flag))?.slice(flag.length);
}

function placeOf(workload: AgentWorkload): { secret: string; key: string } | undefined {
  const pod = workload.spec?.template.spec;
  const path = flagOf(workload, KUBECONFIG_FLAG);
  if (!path) return undefined;
  const slash = path.lastIndexOf('/');
  const mounts = (pod?.containers[0]?.['volumeMounts'] ?? []) as { name: string; mountPath: string }[];
  const volumes = (pod?.['volumes'] ?? []) as { name: string; secret?: { secretName: string } }[];
  const mount = mounts.find(({ mountPath }) => mountPath.replace(/\/$/, '') === path.slice(0, slash));
  const secret = volumes.find(({ name }) => name === mount?.name)?.secret?.secretName;
  return secret === undefined ? undefined : { secret, key: path.slice(slash + 1) };
}
