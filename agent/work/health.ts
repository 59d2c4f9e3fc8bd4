import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { parseApiVersion } from '../../shared/apis/resource-type.ts';
import type { Health } from '../../shared/apis/work/v1alpha1.ts';

/** Whether a live object does what it is there for, per kind (the wire contract, section 6.6). Kinds without a rule are Healthy. */

type Json = Record<string, unknown>;

export function healthOf(live: Unstructured): Health {
  const rule = RULES[`${parseApiVersion(live.apiVersion).group}/${live.kind}`];
  if (!rule) return 'Healthy';
  const status = json(live['status']);
  return rule({ live, spec: json(live['spec']), status }) ? 'Healthy' : 'Unhealthy';
}

interface Parts {
  live: Unstructured;
  spec: Json;
  status: Json;
}

const RULES: Record<string, (parts: Parts) => boolean> = {
  'apps/Deployment': isRolledOut,
  'apps/StatefulSet': isRolledOut,
  'apps/ReplicaSet': ({ live, spec, status }) =>
    isObserved(live, status) && count(status, 'availableReplicas') >= count(spec, 'replicas', 1),
  'apps/DaemonSet': ({ live, status }) =>
    isObserved(live, status) &&
    count(status, 'updatedNumberScheduled') >= count(status, 'desiredNumberScheduled') &&
    count(status, 'numberAvailable') >= count(status, 'updatedNumberScheduled'),
  '/Service': ({ spec, status }) => spec['type'] !== 'LoadBalancer' || hasIngress(status),
  'networking.k8s.io/Ingress': ({ status }) => hasIngress(status),
  '/PersistentVolumeClaim': ({ status }) => status['phase'] === 'Bound',
  '/Pod': ({ status }) =>
    status['phase'] === 'Succeeded' || (status['phase'] === 'Running' && hasCondition(status, 'Ready', 'True')),
  '/Namespace': ({ status }) => status['phase'] !== 'Terminating',
  'policy/PodDisruptionBudget': ({ status }) => count(status, 'currentHealthy') >= count(status, 'desiredHealthy'),
  'batch/Job': ({ status }) => !hasCondition(status, 'Failed', 'True'),
  'apiextensions.k8s.io/CustomResourceDefinition': ({ status }) => hasCondition(status, 'Established', 'True'),
  'apiregistration.k8s.io/APIService': ({ status }) => hasCondition(status, 'Available', 'True'),
};

function isRolledOut({ live, spec, status }: Parts): boolean {
  return (
    isObserved(live, status) &&
    count(status, 'updatedReplicas') >= count(spec, 'replicas', 1) &&
    count(status, 'availableReplicas') >= count(status, 'updatedReplicas')
  );
}

function isObserved(live: Unstructured, status: Json): boolean {
  return (live.metadata.generation ?? 0) === count(status, 'observedGeneration');
}

function hasIngress(status: Json): boolean {
  const ingress = json(status['loadBalancer'])['ingress'];
  return Array.isArray(ingress) && ingress.some((point: Json) => Boolean(point['ip'] ?? point['hostname']));
}

export function hasCondition(status: Json, type: string, value: string): boolean {
  const conditions = status['conditions'];
  return (
    Array.isArray(conditions) &&
    conditions.some((condition: Json) => condition['type'] === type && condition['status'] === value)
  );
}

function count(of: Json, field: string, otherwise = 0): number {
  const value = of[field];
  return typeof value === 'number' ? value : otherwise;
}

function json(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
