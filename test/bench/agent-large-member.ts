/**
 * An agent in a large member: nodes and pods as real objects of a real kube-apiserver, made and marked as running by this process, and Works on top. Whether what
 * the agent tells of them is right, what memory it needs, and what it costs when nothing happens. Pullet's agent, and the peer's where there is one.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { addResources, toResourceList } from '../../agent/cluster/resource-list.ts';
import { type ClusterStatus, clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { type Node, nodes, type Pod, pods, type ResourceList } from '../../shared/apis/core/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { eventually } from '../framework/eventually.ts';
import { ensureBinaries } from '../kube/binaries.ts';
import { type AgentContestant, type Arena, agentContestants, startContestant } from './agent-contestants.ts';
import { admitUntilReady, ensureNamespace, installHubApi, prepareMailbox, removeCluster } from './agent-hub.ts';
import { peakResidentMib, printMachine, printTable, processorSeconds, residentMib } from './figures.ts';
import { follow } from './follow.ts';
import { runBench } from './run-bench.ts';
import { startKubeServer } from './servers.ts';
import type { LoadedWork } from './work-load.ts';
import { createAll, each, isTold } from './work-writes.ts';

const NODES = Number(process.env['PULLET_BENCH_NODES'] ?? 500);
const PODS = Number(process.env['PULLET_BENCH_PODS'] ?? 5000);
const WORKS = Number(process.env['PULLET_BENCH_WORKS'] ?? 500);
const SETTLE_MS = 5000;
const IDLE_MS = 60_000;
const LIMIT_MS = 900_000;
const SUMMARY_DEADLINE_MS = 60_000;
const NAMESPACE = 'pods';

interface Figures {
  summaryS: number;
  knownMib: number;
  loadedMib: number;
  idleMib: number;
  peakMib: number;
  idlePercent: number;
}

await runBench(LIMIT_MS, async (bench) => {
  printMachine();
  const binaries = await ensureBinaries();
  if ('reason' in binaries) throw new Error(binaries.reason);
  const hub = await startKubeServer(bench, { name: 'hub' });
  const member = await startKubeServer(bench, { name: 'member' });
  await installHubApi(hub.admin);
  const startMs = performance.now();
  await fillMember(member.admin);
  console.log(`${NODES} nodes and ${PODS} pods were made in ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  const contestants = agentContestants().slice(0, 2);
  const results: Figures[] = [];
  for (const contestant of contestants) results.push(await measure({ bench, hub, member }, contestant));
  report(contestants, results);
});

async function fillMember(member: KubeClient): Promise<void> {
  await ensureNamespace(member, NAMESPACE);
  const indexes = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  await each(indexes(NODES), async (index) => {
    const { status, ...node } = newNode(index);
    await member.create(nodes, node);
    await member.patch(nodes, node.metadata as { name: string }, merge({ status }), { subresource: 'status' });
  });
  await each(indexes(PODS), async (index) => {
    const { status, ...pod } = newPod(index);
    const { name = '' } = pod.metadata;
    await member.create(pods, pod);
    await member.patch(pods, { name, namespace: NAMESPACE }, merge({ status }), { subresource: 'status' });
  });
}

function merge(patch: object) {
  return { type: 'merge', patch } as const;
}

function newNode(index: number): Node {
  const capacity = { cpu: '16', memory: '64Gi', pods: '110' };
  const condition = (type: string, status: string) => ({
    type,
    status,
    reason: 'Kubelet',
    message: 'as the kubelet says',
  });
  const conditions = [
    condition('MemoryPressure', 'False'),
    condition('DiskPressure', 'False'),
    condition('Ready', 'True'),
  ];
  const images = Array.from({ length: 20 }, (_, image) => ({
    names: [`registry.example/image-${image}:1`],
    sizeBytes: 1e8,
  }));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${index}`, labels: { 'kubernetes.io/hostname': `node-${index}` } },
    status: { capacity, allocatable: capacity, conditions, images },
  } as Node;
}

/** About as large as pods are: two containers with environment and mounts, and a status for each. */
function newPod(index: number): Pod {
  const container = (name: string) => ({
    name,
    image: `registry.example/${name}:1`,
    env: Array.from({ length: 12 }, (_, at) => ({ name: `VARIABLE_${at}`, value: `value ${at} of pod ${index}` })),
    resources: { requests: { cpu: '100m', memory: '128Mi' } },
  });
  const statusOf = (name: string) => ({
    ...{ name, image: `registry.example/${name}:1`, imageID: `sha256:${index}`, containerID: `containerd://${index}` },
    ...{ ready: true, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } },
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace: NAMESPACE, labels: { app: `app-${index % 100}` } },
    spec: {
      nodeName: `node-${index % NODES}`,
      automountServiceAccountToken: false,
      containers: [container('web'), container('side')],
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [statusOf('web'), statusOf('side')],
    },
  } as unknown as Pod;
}

async function measure(arena: Arena, contestant: AgentContestant): Promise<Figures> {
  const { bench, hub, member } = arena;
  const { cluster } = contestant;
  const namespace = `load-${cluster}`;
  await ensureNamespace(member.admin, namespace);
  await prepareMailbox(hub.admin, cluster, bench.signal);
  const agent = await startContestant(arena, contestant);
  await admitUntilReady(hub.admin, cluster, agent.throwIfEnded);
  await eventually('the summary is right', () => summaryIsRight(hub.admin, cluster), SUMMARY_DEADLINE_MS);
  const summaryS = (performance.now() - agent.startedMs) / 1000;
  await delay(SETTLE_MS);
  const knownMib = await residentMib([agent.pid]);
  const told = follow(bench, works, { client: hub.admin, namespace: executionSpace(cluster) });
  const loads = Array.from({ length: WORKS }, (_, index): LoadedWork => ({ cluster, namespace, index, version: 1 }));
  await createAll(hub.admin, loads);
  await told.until('all Works are applied and told', WORKS, isTold);
  await delay(SETTLE_MS);
  const loadedMib = await residentMib([agent.pid]);
  const beforeS = await processorSeconds([agent.pid]);
  await delay(IDLE_MS);
  const idlePercent = (((await processorSeconds([agent.pid])) - beforeS) / IDLE_MS) * 1000 * 100;
  const figures = { summaryS, knownMib, loadedMib, idlePercent, idleMib: await residentMib([agent.pid]) };
  const peakMib = await peakResidentMib(agent.pid);
  await agent.stop();
  await removeCluster(hub.admin, cluster);
  return { ...figures, peakMib };
}

/** Quantities as Kubernetes writes them. */
function quantities(list: ResourceList): ResourceList {
  return toResourceList(addResources(new Map(), list));
}

/** What the member has, to the last byte. Throws what differs. */
async function summaryIsRight(hub: KubeClient, name: string): Promise<boolean> {
  const { status } = await hub.get(clusters, { name });
  const { nodeSummary, resourceSummary }: ClusterStatus = status ?? {};
  const wanted = {
    nodes: `${NODES} of ${NODES}`,
    allocatable: quantities({ cpu: `${NODES * 16}`, memory: `${NODES * 64}Gi`, pods: `${NODES * 110}` }),
    allocated: quantities({ cpu: `${PODS * 200}m`, memory: `${PODS * 256}Mi`, pods: `${PODS}` }),
  };
  const { allocatable, allocated } = resourceSummary ?? {};
  const found = {
    nodes: `${nodeSummary?.readyNum} of ${nodeSummary?.totalNum}`,
    allocatable: quantities(allocatable ?? {}),
    allocated: quantities(allocated ?? {}),
  };
  if (JSON.stringify(found) === JSON.stringify(wanted)) return true;
  throw new Error(`the Cluster says ${JSON.stringify(found)}, and it is ${JSON.stringify(wanted)}`);
}

function report(contestants: readonly AgentContestant[], results: readonly Figures[]): void {
  const row = (label: string, key: keyof Figures): string[] => [label, ...results.map((each) => each[key].toFixed(1))];
  printTable([
    [`${NODES} nodes, ${PODS} pods`, ...contestants.map(({ label }) => label)],
    row('start to a right summary, s', 'summaryS'),
    row('memory, MiB', 'knownMib'),
    row(`memory with ${WORKS} Works, MiB`, 'loadedMib'),
    row('memory a minute later, MiB', 'idleMib'),
    row('memory at most, MiB', 'peakMib'),
    row('processor idle for a minute, % of one', 'idlePercent'),
  ]);
}
