import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { parseApiVersion } from '../../shared/apis/resource-type.ts';
import type { Health } from '../../shared/apis/work/v1alpha1.ts';

/**
 * Whether a live object does what it is there for, per kind (the wire contract, section 6.6). A kind without a rule is Healthy unless the conditions that many kinds have in common
 * (Ready, Stalled, and an observedGeneration) say otherwise.
 */

type Json = Record<string, unknown>;

export function healthOf(live: Unstructured): Health {
  const rule = RULES[`${parseApiVersion(live.apiVersion).group}/${live.kind}`];
  const parts = { live, spec: json(live['spec']), status: json(live['status']) };
  return (rule ?? isWellByConvention)(parts) ? 'Healthy' : 'Unhealthy';
}

interface Parts {
  live: Unstructured;
  spec: Json;
  status: Json;
}

const RULES: Record<string, (parts: Parts) => boolean> = {
  'apps/Deployment': (parts) => isRolledOut(parts, 0),
  'apps/StatefulSet': (parts) => isRolledOut(parts, heldBack(parts.spec)),
  'apps/ReplicaSet': ({ live, spec, status }) =>
    isObserved(live, status) && count(status, 'availableReplicas') >= count(spec, 'replicas', 1),
  'apps/DaemonSet': isOnEveryNode,
  '/Service': ({ spec, status }) => spec['type'] !== 'LoadBalancer' || hasIngress(status),
  'networking.k8s.io/Ingress': ({ status }) => hasIngress(status),
  '/PersistentVolumeClaim': ({ status }) => status['phase'] === 'Bound',
  '/Pod': ({ status }) =>
    status['phase'] === 'Succeeded' || (status['phase'] === 'Running' && hasCondition(status, 'Ready', 'True')),
  '/Namespace': ({ status }) => status['phase'] !== 'Terminating',
  'policy/PodDisruptionBudget': ({ status }) => count(status, 'currentHealthy') >= count(status, 'desiredHealthy'),
  'autoscaling/HorizontalPodAutoscaler': ({ status }) =>
    !hasCondition(status, 'AbleToScale', 'False') &&
    (!hasCondition(status, 'ScalingActive', 'False') || reasonOf(status, 'ScalingActive') === 'ScalingDisabled'),
  'batch/CronJob': () => true,
  'batch/Job': ({ status }) => !hasCondition(status, 'Failed', 'True'),
  'apiextensions.k8s.io/CustomResourceDefinition': ({ status }) => hasCondition(status, 'Established', 'True'),
  'apiregistration.k8s.io/APIService': ({ status }) => hasCondition(status, 'Available', 'True'),
};

/** `heldBack`: so many pods need not be those of the newest template. */
function isRolledOut({ live, spec, status }: Parts, heldBack: number): boolean {
  const wanted = count(spec, 'replicas', 1);
  const updated = count(status, 'updatedReplicas');
  const isAvailable = count(status, 'availableReplicas') >= Math.max(wanted, updated);
  return isObserved(live, status) && updated >= wanted - heldBack && isAvailable;
}

/** Pods of a StatefulSet that only a person replaces, or that a partition holds back. */
function heldBack(spec: Json): number {
  const { type, rollingUpdate } = json(spec['updateStrategy']);
  return type === 'OnDelete' ? Number.POSITIVE_INFINITY : count(json(rollingUpdate), 'partition');
}

function isOnEveryNode({ live, spec, status }: Parts): boolean {
  const desired = count(status, 'desiredNumberScheduled');
  const updated = json(spec['updateStrategy'])['type'] === 'OnDelete' ? 0 : desired;
  return (
    isObserved(live, status) &&
    count(status, 'updatedNumberScheduled') >= updated &&
    count(status, 'numberAvailable') >= desired
  );
}

function isWellByConvention({ live, status }: Parts): boolean {
  const isBehind =
    'observedGeneration' in status && count(status, 'observedGeneration') < (live.metadata.generation ?? 0);
  return !isBehind && !hasCondition(status, 'Ready', 'False') && !hasCondition(status, 'Stalled', 'True');
}

function reasonOf(status: Json, type: string): unknown {
  return maps(status['conditions']).find((condition) => condition['type'] === type)?.['reason'];
}

function isObserved(live: Unstructured, status: Json): boolean {
  return (live.metadata.generation ?? 0) === count(status, 'observedGeneration');
}

function hasIngress(status: Json): boolean {
  return maps(json(status['loadBalancer'])['ingress']).some((point) => Boolean(point['ip'] ?? point['hostname']));
}

function hasCondition(status: Json, type: string, value: string): boolean {
  return maps(status['conditions']).some((condition) => condition['type'] === type && condition['status'] === value);
}

function count(of: Json, field: string, otherwise = 0): number {
  const value = of[field];
  return typeof value === 'number' ? value : otherwise;
}

function json(value: unknown): Json {
  return isJson(value) ? value : {};
}

/** Those of a list: whoever writes a status of no schema may write anything. */
function maps(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
