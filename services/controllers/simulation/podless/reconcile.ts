import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../../../shared/client/client.ts';
import { rfc3339 } from '../../../../shared/controller/conditions.ts';
import type { ReconcileResult } from '../../../../shared/controller/controller.ts';
import { jsonEqual } from '../../../../shared/controller/json-equal.ts';

/**
 * Plays the controllers of StatefulSets, DaemonSets and Jobs in a simulated member, without pods: their status says at once that all is ready, or done.
 */

export interface PodlessDeps {
  client: KubeClient;
  type: ResourceType<Unstructured>;
  getObject: (key: string) => Unstructured | undefined;
  countNodes: () => number;
  now: () => number;
}

type Status = Record<string, unknown>;

export async function reconcilePodless(deps: PodlessDeps, key: string): Promise<ReconcileResult | undefined> {
  const object = deps.getObject(key);
  if (!object || object.metadata.deletionTimestamp) return undefined;
  const current = (object['status'] ?? {}) as Status;
  const status = statusOf(deps, object, current);
  if (Object.entries(status).every(([field, value]) => jsonEqual(current[field], value))) return undefined;
  const { name = '', namespace = '' } = object.metadata;
  const patch = { type: 'merge', patch: { status } } as const;
  await deps.client.patch(deps.type, { name, namespace }, patch, { subresource: 'status' });
  return undefined;
}

function statusOf({ type, countNodes, now }: PodlessDeps, object: Unstructured, current: Status): Status {
  const spec = (object['spec'] ?? {}) as { replicas?: number; completions?: number; suspend?: boolean };
  switch (type.kind) {
    case 'StatefulSet':
      return statefulSetStatus(object, spec.replicas ?? 1);
    case 'DaemonSet':
      return daemonSetStatus(object, countNodes());
    case 'Job':
      return spec.suspend || current['completionTime'] ? {} : jobStatus(spec.completions ?? 1, rfc3339(now()));
    default:
      throw new Error(`nothing is known of ${type.kind}`);
  }
}

function statefulSetStatus({ metadata }: Unstructured, replicas: number): Status {
  const revision = `${metadata.name}-simulated`;
  return {
    observedGeneration: metadata.generation,
    replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    currentReplicas: replicas,
    updatedReplicas: replicas,
    currentRevision: revision,
    updateRevision: revision,
  };
}

function daemonSetStatus({ metadata }: Unstructured, nodes: number): Status {
  return {
    observedGeneration: metadata.generation,
    currentNumberScheduled: nodes,
    desiredNumberScheduled: nodes,
    numberMisscheduled: 0,
    numberReady: nodes,
    updatedNumberScheduled: nodes,
    numberAvailable: nodes,
  };
}

function jobStatus(completions: number, now: string): Status {
  const condition = (type: string) => ({
    type,
    status: 'True',
    lastProbeTime: now,
    lastTransitionTime: now,
    reason: 'CompletionsReached',
  });
  return {
    startTime: now,
    completionTime: now,
    succeeded: completions,
    ready: 0,
    conditions: [condition('SuccessCriteriaMet'), condition('Complete')],
  };
}
