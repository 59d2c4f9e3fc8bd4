import type { PodTemplateSpec } from '../core/v1.ts';
import type { KubeObject, LabelSelector } from '../meta/v1.ts';
import type { ResourceType } from '../resource-type.ts';

/** apps/v1: the fields of the workload kinds that this product reads or writes. */

export interface WorkloadCondition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastUpdateTime?: string;
  lastTransitionTime?: string;
}

export interface Deployment extends KubeObject {
  spec?: {
    replicas?: number;
    selector: LabelSelector;
    template: PodTemplateSpec;
    [field: string]: unknown;
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    unavailableReplicas?: number;
    conditions?: WorkloadCondition[];
  };
}

export interface DaemonSet extends KubeObject {
  spec?: { selector: LabelSelector; template: PodTemplateSpec; [field: string]: unknown };
  status?: {
    observedGeneration?: number;
    /** Nodes that should run a pod of it. */
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberAvailable?: number;
    [field: string]: unknown;
  };
}

export interface StatefulSet extends KubeObject {
  spec?: { replicas?: number; selector: LabelSelector; template: PodTemplateSpec; [field: string]: unknown };
  status?: Record<string, unknown>;
}

export interface ReplicaSet extends KubeObject {
  spec?: { replicas?: number; selector: LabelSelector; template?: PodTemplateSpec; [field: string]: unknown };
  status?: Record<string, unknown>;
}

const common = { group: 'apps', version: 'v1', namespaced: true } as const;

export const deployments: ResourceType<Deployment> = { ...common, resource: 'deployments', kind: 'Deployment' };
export const daemonSets: ResourceType<DaemonSet> = { ...common, resource: 'daemonsets', kind: 'DaemonSet' };
export const statefulSets: ResourceType<StatefulSet> = { ...common, resource: 'statefulsets', kind: 'StatefulSet' };
export const replicaSets: ResourceType<ReplicaSet> = { ...common, resource: 'replicasets', kind: 'ReplicaSet' };
