import {
  type AgentKeys,
  agentKeysKey,
  NO_AGENT_KEYS,
  readAgentKeys,
  renderAgentKeys,
} from '../apis/cluster/agent-keys.ts';
import { CLAIM_KEY_ANNOTATION, executionSpace, SYSTEM_LABEL } from '../apis/cluster/v1alpha1.ts';
import { type ConfigMap, configMaps, namespaces } from '../apis/core/v1.ts';
import { isAlreadyExists, isConflict } from '../apis/meta/status-error.ts';
import type { KubeClient } from './client.ts';
import { getIfPresent } from './ensure-object.ts';

/** The hub's record of a cluster's keys, read and changed; whoever else changes it meanwhile is not overwritten. */

const TRIES = 5;

export async function fetchAgentKeys(client: KubeClient, cluster: string, signal?: AbortSignal): Promise<AgentKeys> {
  const stored = await fetchStored(client, cluster, signal);
  return stored ? readAgentKeys(stored) : NO_AGENT_KEYS;
}

/** The key that has the claim on the cluster's name, as its execution space has it. */
export async function fetchCurrentKey(
  client: KubeClient,
  cluster: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const space = await getIfPresent(client, namespaces, { name: executionSpace(cluster) }, signal);
  return space?.metadata.annotations?.[CLAIM_KEY_ANNOTATION];
}

/** Writes what `change` makes of the record, unless that is what it says already. The result is what it says then. */
export async function changeAgentKeys(
  client: KubeClient,
  cluster: string,
  change: (record: AgentKeys) => AgentKeys,
  signal?: AbortSignal,
): Promise<AgentKeys> {
  for (let tries = 1; ; tries++) {
    const stored = await fetchStored(client, cluster, signal);
    const changed = change(stored ? readAgentKeys(stored) : NO_AGENT_KEYS);
    const data = renderAgentKeys(changed);
    if (sameTexts(data, stored?.data ?? {})) return changed;
    try {
      if (stored) await client.update(configMaps, { ...stored, data }, optional(signal));
      else await client.create(configMaps, newRecord(cluster, data), optional(signal));
      return changed;
    } catch (error) {
      if (tries === TRIES || !(isConflict(error) || isAlreadyExists(error))) throw error;
    }
  }
}

function newRecord(cluster: string, data: Record<string, string>): ConfigMap {
  const metadata = { ...agentKeysKey(cluster), labels: { [SYSTEM_LABEL]: 'true' } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}

const fetchStored = (client: KubeClient, cluster: string, signal?: AbortSignal): Promise<ConfigMap | undefined> =>
  getIfPresent(client, configMaps, agentKeysKey(cluster), signal);

const optional = (signal: AbortSignal | undefined): { signal?: AbortSignal } => (signal ? { signal } : {});

function sameTexts(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
