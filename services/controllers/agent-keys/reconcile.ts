import { agentKeysKey, readAgentKeys, recordEnd } from '../../../shared/apis/cluster/agent-keys.ts';
import { type ConfigMap, configMaps } from '../../../shared/apis/core/v1.ts';
import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import type { ReconcileResult } from '../../../shared/controller/controller.ts';

/**
 * Makes true: the record of a cluster's keys is gone when the cluster is, and nothing that it speaks of can be shown to the hub any more. One that can't be read
 * stays: it may say that somebody is revoked.
 */
export interface AgentKeysDeps {
  client: KubeClient;
  /** By the name of the ConfigMap. */
  getRecord: (name: string) => ConfigMap | undefined;
  hasCluster: (name: string) => boolean;
  clock: Clock;
}

const DAY_MS = 24 * 3600_000;

export async function reconcileAgentKeys(
  deps: AgentKeysDeps,
  cluster: string,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const key = agentKeysKey(cluster);
  const stored = deps.getRecord(key.name);
  if (!stored || deps.hasCluster(cluster)) return undefined;
  const end = endOf(stored);
  if (end === undefined) return undefined;
  const leftMs = end - deps.clock.now();
  if (leftMs > 0) return { requeueAfterMs: Math.min(leftMs, DAY_MS) };
  const { uid, resourceVersion } = stored.metadata;
  // A join that writes to it meanwhile must not lose its key: then this is not the version that was read.
  const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
  await deps.client.delete(configMaps, key, { signal, preconditions }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
  return undefined;
}

function endOf(stored: ConfigMap): number | undefined {
  try {
    return recordEnd(readAgentKeys(stored));
  } catch {
    return undefined;
  }
}
