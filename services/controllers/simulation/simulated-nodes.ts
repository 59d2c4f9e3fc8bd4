import { type Node, nodes } from '../../../shared/apis/core/v1.ts';
import { isAlreadyExists } from '../../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import type { Clock } from '../../../shared/controller/clock.ts';

/** The nodes of a simulated member: API objects that say they are ready; nothing runs on them. */

export interface SimulatedNodesOptions {
  count: number;
  /** As `status.nodeInfo.kubeletVersion` has it. */
  kubeletVersion: string;
}

export async function createSimulatedNodes(
  client: KubeClient,
  clock: Clock,
  { count, kubeletVersion }: SimulatedNodesOptions,
): Promise<void> {
  for (let index = 1; index <= count; index += 1) {
    await createNode(client, newNode(`node-${index}`, kubeletVersion, new Date(clock.now()).toISOString()));
  }
}

/** The status of a Node is a subresource: a second request. */
async function createNode(client: KubeClient, node: Node): Promise<void> {
  try {
    const created = await client.create(nodes, node);
    await client.update(
      nodes,
      { ...created, ...(node.status ? { status: node.status } : {}) },
      { subresource: 'status' },
    );
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

function newNode(name: string, kubeletVersion: string, now: string): Node {
  const resources = { cpu: '4', memory: '16Gi', 'ephemeral-storage': '100Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'pullet.io/simulated': 'true' },
    },
    spec: {},
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'SimulatedKubelet',
          message: 'this node is simulated',
          lastHeartbeatTime: now,
          lastTransitionTime: now,
        },
      ],
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: 'simulated://0',
        kernelVersion: 'simulated',
        kubeProxyVersion: '',
        kubeletVersion,
        machineID: '',
        operatingSystem: 'linux',
        osImage: 'simulated',
        systemUUID: '',
      },
    },
  };
}
