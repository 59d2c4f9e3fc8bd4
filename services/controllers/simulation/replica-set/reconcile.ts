import { type ReplicaSet, replicaSets } from '../../../../shared/apis/apps/v1.ts';
import { type Node, type Pod, pods } from '../../../../shared/apis/core/v1.ts';
import { isNotFound } from '../../../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../../../shared/client/client.ts';
import { createIfAbsent } from '../../../../shared/client/ensure-object.ts';
import type { ReconcileResult } from '../../../../shared/controller/controller.ts';
import type { Store } from '../../../../shared/controller/store.ts';
import { nodeFor } from '../scheduler/node-for.ts';

/** Plays the replica set controller in a simulated member: as many pods as wanted, and a status that counts those that are ready. */

export interface ReplicaSetDeps {
  client: KubeClient;
  replicaSets: Store<ReplicaSet>;
  /** Indexed by `owner`: the uid of the controlling ReplicaSet. */
  pods: Store<Pod>;
  nodes: Store<Node>;
}

export async function reconcileReplicaSet(deps: ReplicaSetDeps, key: string): Promise<ReconcileResult | undefined> {
  const set = deps.replicaSets.get(key);
  if (!set?.spec || set.metadata.deletionTimestamp) return undefined;
  const owned = deps.pods.byIndex('owner', set.metadata.uid ?? '').filter((pod) => !pod.metadata.deletionTimestamp);
  const missing = (set.spec.replicas ?? 1) - owned.length;
  // The names are fixed, so that running twice on a stale cache makes no extra pod.
  for (const name of missing > 0 ? freeNames(set, owned, missing) : [])
    await createIfAbsent(deps.client, pods, newPod(set, name, deps.nodes.list()));
  for (const pod of missing < 0 ? owned.slice(missing) : []) await deletePod(deps.client, pod);
  await writeStatus(deps.client, set, owned);
  return undefined;
}

function freeNames(set: ReplicaSet, owned: Pod[], count: number): string[] {
  const taken = new Set(owned.map((pod) => pod.metadata.name));
  const names: string[] = [];
  for (let index = 0; names.length < count; index += 1) {
    const name = `${set.metadata.name}-${index}`;
    if (!taken.has(name)) names.push(name);
  }
  return names;
}

function newPod(set: ReplicaSet, name: string, nodes: Node[]): Pod {
  const nodeName = nodeFor(name, nodes);
  const { template } = set.spec ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(set.metadata.namespace ? { namespace: set.metadata.namespace } : {}),
      ...(template?.metadata?.labels ? { labels: template.metadata.labels } : {}),
      ...(template?.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: set.metadata.name ?? '',
          uid: set.metadata.uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { ...(template?.spec ?? { containers: [] }), ...(nodeName ? { nodeName } : {}) },
  };
}

async function deletePod(client: KubeClient, pod: Pod): Promise<void> {
  const { name = '', namespace = '' } = pod.metadata;
  try {
    await client.delete(pods, { name, namespace }, { gracePeriodSeconds: 0 });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function writeStatus(client: KubeClient, set: ReplicaSet, owned: Pod[]): Promise<void> {
  const ready = owned.filter(isReady).length;
  const status = {
    replicas: owned.length,
    fullyLabeledReplicas: owned.length,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: set.metadata.generation ?? 0,
  };
  const before = set.status ?? {};
  if (Object.entries(status).every(([field, value]) => (before[field] ?? 0) === value)) return;
  const { name = '', namespace = '', resourceVersion } = set.metadata;
  const patch = { metadata: { resourceVersion }, status };
  await client.patch(replicaSets, { name, namespace }, { type: 'merge', patch }, { subresource: 'status' });
}

function isReady(pod: Pod): boolean {
  return (
    pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false
  );
}
