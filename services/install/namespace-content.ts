import { daemonSets, deployments, statefulSets } from '../../shared/apis/apps/v1.ts';
import { clusterOfAgentKeys } from '../../shared/apis/cluster/agent-keys.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { HUB_LEASE } from './hub-rights.ts';
import { isOurs } from './install-step.ts';

/** What in a namespace of ours belongs to somebody else, such as the agent of a hub that is a member of another: it would go with the namespace. */
export async function othersIn(client: KubeClient, namespace: string, signal: AbortSignal): Promise<string[]> {
  const kinds: ResourceType[] = [deployments, daemonSets, statefulSets, secrets, serviceAccounts, configMaps, leases];
  const found = await Promise.all(
    kinds.map(async (type) => {
      const { items } = await client.list(type, { namespace, signal });
      return items
        .filter((object) => !isKnown(type, object))
        .map(({ metadata }) => `${type.kind} ${metadata.name ?? ''}`);
    }),
  );
  return found.flat();
}

/** What Kubernetes puts into every namespace, what the hub keeps there for itself, and what goes already. */
function isKnown(type: ResourceType, object: KubeObject): boolean {
  const { name = '', deletionTimestamp } = object.metadata;
  const isRecord = type === configMaps && clusterOfAgentKeys(name) !== undefined;
  return isOurs(object) || deletionTimestamp !== undefined || isRecord || KNOWN_NAMES.get(type) === name;
}

const KNOWN_NAMES: ReadonlyMap<ResourceType, string> = new Map<ResourceType, string>([
  [serviceAccounts, 'default'],
  [configMaps, 'kube-root-ca.crt'],
  [leases, HUB_LEASE.name],
]);
