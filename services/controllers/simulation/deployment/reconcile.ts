import { createHash } from 'node:crypto';
import { type Deployment, deployments, type ReplicaSet, replicaSets } from '../../../../shared/apis/apps/v1.ts';
import type { KubeClient } from '../../../../shared/client/client.ts';
import { createIfAbsent } from '../../../../shared/client/ensure-object.ts';
import type { ReconcileResult } from '../../../../shared/controller/controller.ts';
import { type Store, splitKey } from '../../../../shared/controller/store.ts';

/**
 * Plays kube-controller-manager's deployment controller in a simulated member: one ReplicaSet per pod template, the newest at the wanted size, older ones at
 * zero, and the Deployment's status from what they report. Owns the status and its own ReplicaSets; no rolling update in steps, no history limit.
 */

export interface DeploymentDeps {
  client: KubeClient;
  deployments: Store<Deployment>;
  /** Indexed by `owner`: the uid of the controlling Deployment. */
  replicaSets: Store<ReplicaSet>;
  now: () => number;
}

const HASH_LABEL = 'pod-template-hash';

export async function reconcileDeployment(deps: DeploymentDeps, key: string): Promise<ReconcileResult | undefined> {
  const deployment = deps.deployments.get(key);
  if (!deployment?.spec || deployment.metadata.deletionTimestamp) return undefined;
  const owned = deps.replicaSets.byIndex('owner', deployment.metadata.uid ?? '');
  const current = newReplicaSet(deployment);
  const existing = owned.find((set) => set.metadata.name === current.metadata.name);
  if (!existing) await createIfAbsent(deps.client, replicaSets, current);
  else await scale(deps.client, existing, deployment.spec.replicas ?? 1);
  for (const old of owned.filter((set) => set !== existing)) await scale(deps.client, old, 0);
  await writeStatus(deps, deployment, existing, owned);
  return undefined;
}

function newReplicaSet(deployment: Deployment): ReplicaSet {
  const { spec, metadata } = deployment;
  const template = spec?.template ?? { spec: { containers: [] } };
  const hash = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${hash}`,
      ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
      labels,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: metadata.name ?? '',
          uid: metadata.uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas: spec?.replicas ?? 1,
      selector: { ...spec?.selector, matchLabels: { ...spec?.selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

async function scale(client: KubeClient, set: ReplicaSet, replicas: number): Promise<void> {
  if (set.spec?.replicas === replicas) return;
  const { name = '', namespace = '' } = set.metadata;
  await client.patch(replicaSets, { name, namespace }, { type: 'merge', patch: { spec: { replicas } } });
}

async function writeStatus(
  deps: DeploymentDeps,
  deployment: Deployment,
  current: ReplicaSet | undefined,
  owned: ReplicaSet[],
): Promise<void> {
  const status = statusOf(deployment, current, owned, new Date(deps.now()).toISOString());
  if (JSON.stringify(status) === JSON.stringify(deployment.status ?? {})) return;
  const { name = '', namespace = '' } = splitKey(`${deployment.metadata.namespace}/${deployment.metadata.name}`);
  // A merge patch keeps what it does not name: a count that has become zero is named.
  const complete = { unavailableReplicas: null, ...status };
  const patch = { metadata: { resourceVersion: deployment.metadata.resourceVersion }, status: complete };
  await deps.client.patch(deployments, { name, namespace }, { type: 'merge', patch }, { subresource: 'status' });
}

type DeploymentStatus = NonNullable<Deployment['status']>;

function statusOf(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  owned: ReplicaSet[],
  now: string,
): DeploymentStatus {
  const count = (set: ReplicaSet | undefined, field: string): number => Number(set?.status?.[field] ?? 0);
  const sum = (field: string): number => owned.reduce((total, set) => total + count(set, field), 0);
  const wanted = deployment.spec?.replicas ?? 1;
  const available = sum('availableReplicas');
  const isAvailable = available >= wanted;
  const previous = deployment.status?.conditions?.find((condition) => condition.type === 'Available');
  const state = isAvailable ? 'True' : 'False';
  const since = previous?.status === state ? (previous.lastTransitionTime ?? now) : now;
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum('replicas'),
    updatedReplicas: count(current, 'replicas'),
    readyReplicas: sum('readyReplicas'),
    availableReplicas: available,
    ...(wanted > available ? { unavailableReplicas: wanted - available } : {}),
    conditions: [
      {
        type: 'Available',
        status: state,
        lastUpdateTime: since,
        lastTransitionTime: since,
        reason: isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        message: isAvailable
          ? 'Deployment has minimum availability.'
          : 'Deployment does not have minimum availability.',
      },
    ],
  };
}
