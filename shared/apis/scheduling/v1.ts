import type { KubeObject } from '../meta/v1.ts';
import type { ResourceType } from '../resource-type.ts';

/** scheduling.k8s.io/v1. */
export interface PriorityClass extends KubeObject {
  value: number;
  globalDefault?: boolean;
  description?: string;
  preemptionPolicy?: string;
}

export const priorityClasses: ResourceType<PriorityClass> = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  resource: 'priorityclasses',
  kind: 'PriorityClass',
  namespaced: false,
};

const SYSTEM_PRIORITY = 2_000_000_000;

const systemClass = (name: string, value: number, description: string): PriorityClass => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  description,
});

/** Those that every cluster has. */
export const SYSTEM_PRIORITY_CLASSES: readonly PriorityClass[] = [
  systemClass(
    'system-node-critical',
    SYSTEM_PRIORITY + 1000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
  systemClass(
    'system-cluster-critical',
    SYSTEM_PRIORITY,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
];
