import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { parseApiVersion } from '../../shared/apis/resource-type.ts';
import { TEMPLATE_GENERATION_ANNOTATION } from '../../shared/apis/work/v1alpha1.ts';

/** What a manifest's status says of the live object, per kind (the wire contract, section 6.6). Undefined: nothing to say. */

type Json = Record<string, unknown>;

/** Kinds of which only some fields are reported. */
const FIELDS: Record<string, string[]> = {
  'apps/Deployment': [
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'observedGeneration',
  ],
  'apps/ReplicaSet': ['replicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
  'apps/DaemonSet': [
    'currentNumberScheduled',
    'desiredNumberScheduled',
    'numberAvailable',
    'numberMisscheduled',
    'numberReady',
    'updatedNumberScheduled',
    'numberUnavailable',
    'observedGeneration',
  ],
  'apps/StatefulSet': [
    'availableReplicas',
    'currentReplicas',
    'readyReplicas',
    'replicas',
    'updatedReplicas',
    'observedGeneration',
  ],
  'batch/Job': ['active', 'succeeded', 'failed', 'conditions', 'startTime', 'completionTime'],
  'policy/PodDisruptionBudget': [
    'disruptionsAllowed',
    'expectedPods',
    'desiredHealthy',
    'currentHealthy',
    'disruptedPods',
  ],
  'autoscaling/HorizontalPodAutoscaler': ['currentReplicas', 'desiredReplicas'],
};

/** Kinds whose status also says which generation of object and template it is about. */
const WITH_GENERATIONS = new Set(['apps/Deployment', 'apps/ReplicaSet', 'apps/DaemonSet', 'apps/StatefulSet']);

export function statusBody(live: Unstructured): Json | undefined {
  const kind = `${parseApiVersion(live.apiVersion).group}/${live.kind}`;
  const status = live['status'];
  if (typeof status !== 'object' || status === null) return undefined;
  if (kind === '/Service') return serviceStatus(live, status as Json);
  const fields = FIELDS[kind];
  if (!fields) return status as Json;
  const body: Json = WITH_GENERATIONS.has(kind) ? generations(live) : {};
  for (const field of fields) if (field in status) body[field] = (status as Json)[field];
  return body;
}

function serviceStatus(live: Unstructured, status: Json): Json | undefined {
  const type = (live['spec'] as Json | undefined)?.['type'];
  return type === 'LoadBalancer' ? { loadBalancer: status['loadBalancer'] ?? {} } : undefined;
}

function generations(live: Unstructured): Json {
  const template = Number(live.metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION] ?? Number.NaN);
  return {
    ...(live.metadata.generation === undefined ? {} : { generation: live.metadata.generation }),
    ...(Number.isInteger(template) ? { resourceTemplateGeneration: template } : {}),
  };
}
