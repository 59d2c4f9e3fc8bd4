import type { Node, Pod } from '../../../../shared/apis/core/v1.ts';
import { isConflict, isNotFound } from '../../../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../../../shared/client/client.ts';
import type { ReconcileResult } from '../../../../shared/controller/controller.ts';
import type { Store } from '../../../../shared/controller/store.ts';
import { nodeFor } from './node-for.ts';

/** Plays the scheduler of a simulated member: a pod that came without a node is bound to one. */

export interface SchedulerDeps {
  client: KubeClient;
  pods: Store<Pod>;
  nodes: Store<Node>;
}

export async function reconcileUnscheduled(deps: SchedulerDeps, key: string): Promise<ReconcileResult | undefined> {
  const pod = deps.pods.get(key);
  if (!pod?.spec || pod.spec.nodeName || pod.metadata.deletionTimestamp) return undefined;
  const gates = pod.spec['schedulingGates'];
  if (Array.isArray(gates) && gates.length > 0) return undefined;
  const { name = '', namespace = '', uid } = pod.metadata;
  const node = nodeFor(name, deps.nodes.list());
  if (!node) return undefined;
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, ...(uid ? { uid } : {}) },
    target: { kind: 'Node', name: node },
  };
  try {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/binding`;
    const headers = { 'content-type': 'application/json' };
    await deps.client.raw({ method: 'POST', path, headers, body: JSON.stringify(binding) });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
  return undefined;
}
