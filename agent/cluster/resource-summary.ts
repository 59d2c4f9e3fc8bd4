import type { ClusterStatus } from '../../shared/apis/cluster/v1alpha1.ts';
import { type Node, nodes, type Pod, pods, type ResourceList } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { type Amounts, addResources, podRequests, toResourceList } from './resource-list.ts';

/**
 * How many nodes a member has, what they offer and what its pods ask for. Nodes and pods are watched, and of each only the few
 * values that are added up are kept.
 */

export type ResourceStatus = Required<Pick<ClusterStatus, 'nodeSummary' | 'resourceSummary'>>;

export interface ResourceWatch {
  /** Undefined until nodes and pods are known. */
  summary(): ResourceStatus | undefined;
  /** Calls back once, when they are. */
  onReady(callback: () => void): void;
  /** Runs until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ResourceWatchOptions {
  member: KubeClient;
  clock: Clock;
  log: Logger;
  newInformer: {
    (options: InformerOptions<Node>): Informer<Node>;
    (options: InformerOptions<Pod>): Informer<Pod>;
  };
}

export function newResourceWatch(options: ResourceWatchOptions): ResourceWatch {
  const { member: client, clock, log } = options;
  const nodeInformer = options.newInformer({ client, type: nodes, transform: trimNode, clock, log });
  const podInformer = options.newInformer({ client, type: pods, transform: newPodTrimmer(), clock, log });
  let summary: ResourceStatus | undefined;
  const forget = (): void => {
    summary = undefined;
  };
  nodeInformer.addHandler(forget);
  podInformer.addHandler(forget);
  return {
    summary: () => {
      if (!nodeInformer.hasSynced() || !podInformer.hasSynced()) return undefined;
      summary ??= summarize(nodeInformer.store.list(), podInformer.store.list());
      return summary;
    },
    onReady: (callback) => {
      Promise.all([nodeInformer.synced(), podInformer.synced()]).then(callback, () => {});
    },
    run: async (signal) => {
      await Promise.all([nodeInformer.run(signal), podInformer.run(signal)]);
    },
  };
}

/** Both sums of pods contain their number; pods that have ended ask for nothing. */
export function summarize(allNodes: Node[], allPods: Pod[]): ResourceStatus {
  const allocatable: Amounts = new Map();
  for (const node of allNodes) addResources(allocatable, node.status?.allocatable);
  const live = allPods.filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
  return {
    nodeSummary: { totalNum: allNodes.length, readyNum: allNodes.filter(isReady).length },
    resourceSummary: {
      allocatable: toResourceList(allocatable),
      allocating: sumOfPods(live.filter((pod) => !pod.spec?.nodeName)),
      allocated: sumOfPods(live.filter((pod) => pod.spec?.nodeName)),
    },
  };
}

function isReady(node: Node): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function sumOfPods(of: Pod[]): ResourceList {
  const total: Amounts = new Map();
  for (const pod of of) addResources(total, pod.spec?.containers[0]?.resources?.requests);
  return toResourceList(addResources(total, { pods: String(of.length) }));
}

function trimNode(node: Node): Node {
  const { name = '', resourceVersion = '' } = node.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, resourceVersion },
    status: {
      allocatable: node.status?.allocatable ?? {},
      conditions: (node.status?.conditions ?? [])
        .filter(({ type }) => type === 'Ready')
        .map(({ type, status }) => ({ type, status })),
    },
  };
}

const MAX_SHARED = 1000;
const SOME_NODE = 'some node';

/**
 * What is left of a pod: whether it has a node, its phase, and one container that asks for all that it asks for. Most pods of a member are like many others,
 * so what is left of them is kept once.
 */
export function newPodTrimmer(): (pod: Pod) => Pod {
  const shared = new Map<string, Pick<Pod, 'spec' | 'status'>>();
  return (pod) => {
    const { name = '', namespace = '', resourceVersion = '' } = pod.metadata;
    const trimmed = trimmedPod(pod);
    const shape = JSON.stringify(trimmed);
    const rest = shared.get(shape) ?? trimmed;
    if (shared.size >= MAX_SHARED) shared.clear();
    shared.set(shape, rest);
    return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, resourceVersion }, ...rest };
  };
}

function trimmedPod({ spec, status }: Pod): Pick<Pod, 'spec' | 'status'> {
  const requests = spec ? podRequests(spec) : {};
  return {
    spec: { ...(spec?.nodeName ? { nodeName: SOME_NODE } : {}), containers: [{ name: '', resources: { requests } }] },
    status: { phase: status?.phase ?? 'Unknown' },
  };
}
