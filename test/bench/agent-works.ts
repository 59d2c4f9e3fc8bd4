/**
 * One agent, from its start to 500 Works that come, change and go: how long each takes and what memory it needs; Pullet's against Karmada's, one after the
 * other on the same kube-apiservers as hub and member. A Work holds a ConfigMap and a Deployment; nothing runs in the member.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { deployments } from '../../shared/apis/apps/v1.ts';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import {
  CONDITION_APPLIED,
  TEMPLATE_GENERATION_ANNOTATION,
  type Work,
  works,
} from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { ensureBinaries } from '../kube/binaries.ts';
import { type AgentContestant, agentContestants } from './agent-contestants.ts';
import { admitUntilReady, ensureNamespace, installHubApi, prepareMailbox, removeCluster } from './agent-hub.ts';
import { peakResidentMib, printMachine, printTable, processorSeconds, ratio, residentMib } from './figures.ts';
import { type Followed, follow } from './follow.ts';
import { type RequestCounts, requestCounts, requestsPerWork } from './request-counts.ts';
import { type Bench, type BenchProcess, runBench } from './run-bench.ts';
import { type BenchServer, startKubeServer } from './servers.ts';
import { type LoadedWork, manifestsOf, newLoadedWork, workName } from './work-load.ts';

const WORKS = Number(process.env['PULLET_BENCH_WORKS'] ?? 500);
const WRITERS = 16;
const IDLE_MS = 8000;
const SETTLE_MS = 3000;
const LIMIT_MS = 600_000;

interface Figures {
  readyS: number;
  idleMib: number;
  createdS: number;
  loadedMib: number;
  peakMib: number;
  changedS: number;
  deletedS: number;
  processorS: number;
}

interface Arena {
  bench: Bench;
  hub: BenchServer;
  member: BenchServer;
}

await runBench(LIMIT_MS, async (bench) => {
  printMachine();
  const binaries = await ensureBinaries();
  if ('reason' in binaries) throw new Error(binaries.reason);
  const hub = await startKubeServer(bench, { name: 'hub' });
  const member = await startKubeServer(bench, { name: 'member' });
  await installHubApi(hub.admin);
  const contestants = agentContestants();
  if (contestants.length === 1) console.log('without the peer: PULLET_BENCH_KARMADA_AGENT does not name its binary');
  const results: Figures[] = [];
  for (const contestant of contestants) results.push(await measure({ bench, hub, member }, contestant));
  report(contestants, results);
});

async function measure(arena: Arena, contestant: AgentContestant): Promise<Figures> {
  const { bench, hub, member } = arena;
  const { cluster } = contestant;
  const namespace = `load-${cluster}`;
  await ensureNamespace(member.admin, namespace);
  await prepareMailbox(hub.admin, cluster, bench.signal);
  console.log(contestant.label);
  const agent = await startAgent(arena, contestant);
  await admitUntilReady(hub.admin, cluster, agent.throwIfEnded);
  const readyS = secondsSince(agent.startedMs);
  await delay(IDLE_MS);
  const idleMib = await residentMib([agent.pid]);
  const figures = { readyS, idleMib, ...(await measureLoad(arena, { cluster, namespace, agent })) };
  await agent.stop();
  await removeCluster(hub.admin, cluster);
  return figures;
}

function startAgent({ bench, hub, member }: Arena, { cluster, command, args }: AgentContestant): Promise<BenchProcess> {
  const where = [
    `--cluster-name=${cluster}`,
    `--karmada-kubeconfig=${hub.kubeconfig}`,
    `--kubeconfig=${member.kubeconfig}`,
    `--cluster-api-endpoint=${member.server}`,
  ];
  return bench.spawn(`agent-${cluster}`, command, [...args, ...where]);
}

interface Loaded {
  cluster: string;
  /** In the member. */
  namespace: string;
  agent: BenchProcess;
}

interface Sight {
  works: Followed<Work>;
  configMaps: Followed<KubeObject>;
  deployments: Followed<KubeObject>;
}

async function measureLoad({ bench, hub, member }: Arena, { cluster, namespace, agent }: Loaded) {
  const inMember = { client: member.admin, namespace };
  const sight: Sight = {
    works: follow(bench, works, { client: hub.admin, namespace: executionSpace(cluster) }),
    configMaps: follow(bench, configMaps, inMember),
    deployments: follow(bench, deployments, inMember),
  };
  const loads = Array.from({ length: WORKS }, (_, index): LoadedWork => ({ cluster, namespace, index, version: 1 }));
  const processorStartS = await processorSeconds([agent.pid]);
  const counted = newCounted({ hub, member }, agent);
  const createdS = await counted('created', () => timed(() => createAll(hub.admin, loads), untilTold(sight)));
  const loadedMib = await residentMib([agent.pid]);
  const changedS = await counted('changed', () => timed(() => changeAll(hub.admin, loads), untilDelivered(sight, 2)));
  const deletedS = await counted('deleted', () => timed(() => deleteAll(hub.admin, loads), untilGone(sight)));
  const peakMib = await peakResidentMib(agent.pid);
  const processorS = (await processorSeconds([agent.pid])) - processorStartS;
  return { createdS, loadedMib, changedS, deletedS, peakMib, processorS };
}

/** Measures, lets it settle, and prints what that cost: processor time, and what both servers were asked; on the hub the benchmark's own writes are among it. */
function newCounted({ hub, member }: Pick<Arena, 'hub' | 'member'>, agent: BenchProcess) {
  const servers = { hub, member };
  const look = async (): Promise<{ agent: number; servers: number; asked: RequestCounts[] }> => ({
    agent: await processorSeconds([agent.pid]),
    servers: await processorSeconds([...hub.pids, ...member.pids]),
    asked: await Promise.all(Object.values(servers).map(({ admin }) => requestCounts(admin))),
  });
  return async <T>(what: string, measure: () => Promise<T>): Promise<T> => {
    const before = await look();
    const figure = await measure();
    await delay(SETTLE_MS);
    const after = await look();
    const msPerWork = (seconds: number): string => `${((seconds * 1000) / WORKS).toFixed(1)} ms`;
    const [ofAgent, ofServers] = [after.agent - before.agent, after.servers - before.servers].map(msPerWork);
    console.log(`  ${what}, for each Work: processor time of the agent ${ofAgent}, of both servers ${ofServers}`);
    for (const [index, name] of Object.keys(servers).entries()) {
      const asked = requestsPerWork(before.asked[index] ?? new Map(), after.asked[index] ?? new Map(), WORKS);
      console.log(`    requests to the ${name}: ${asked}`);
    }
    return figure;
  };
}

/** From before the first write until what it leads to is done. */
async function timed(write: () => Promise<void>, done: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await write();
  await done();
  return secondsSince(startMs);
}

function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000;
}

async function createAll(hub: KubeClient, loads: readonly LoadedWork[]): Promise<void> {
  await each(loads, async (load) => void (await hub.create(works, newLoadedWork(load))));
}

async function changeAll(hub: KubeClient, loads: readonly LoadedWork[]): Promise<void> {
  await each(loads, async (load) => {
    const patch = { spec: { workload: { manifests: manifestsOf({ ...load, version: 2 }) } } };
    await hub.patch(works, keyOf(load), { type: 'merge', patch });
  });
}

async function deleteAll(hub: KubeClient, loads: readonly LoadedWork[]): Promise<void> {
  await each(loads, (load) => hub.delete(works, keyOf(load)));
}

function keyOf(load: LoadedWork): { name: string; namespace: string } {
  return { name: workName(load), namespace: executionSpace(load.cluster) };
}

/** Several at a time, in order. */
async function each<T>(items: readonly T[], write: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const writer = async (): Promise<void> => {
    for (const item of rest) await write(item);
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

/** Karmada's agent tells of one manifest of a Work only, so one is all that is asked for. */
function untilTold(sight: Sight): () => Promise<void> {
  return () =>
    sight.works.until('all Works are applied and told', WORKS, ({ status }) => {
      const isApplied = status?.conditions?.some(
        ({ type, status: value }) => type === CONDITION_APPLIED && value === 'True',
      );
      return Boolean(isApplied && status?.manifestStatuses?.length);
    });
}

function untilDelivered(sight: Sight, version: number): () => Promise<void> {
  const isDelivered = ({ metadata }: KubeObject): boolean =>
    metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION] === String(version);
  return async () => {
    await sight.configMaps.until('all ConfigMaps are changed', WORKS, isDelivered);
    await sight.deployments.until('all Deployments are changed', WORKS, isDelivered);
  };
}

/** Not the ConfigMap that every namespace has. */
function isOfAWork({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION] !== undefined;
}

function untilGone(sight: Sight): () => Promise<void> {
  return async () => {
    await sight.works.untilNone('all Works are gone', () => true);
    await sight.configMaps.untilNone('all ConfigMaps are gone', isOfAWork);
    await sight.deployments.untilNone('all Deployments are gone', isOfAWork);
  };
}

function report(contestants: readonly AgentContestant[], results: readonly Figures[]): void {
  const [ours] = results;
  if (!ours) return;
  const row = (label: string, key: keyof Figures, isBetterWhenFaster = false): string[] => [
    label,
    ...results.map((figures) => figures[key].toFixed(1)),
    ...results
      .slice(1)
      .map((theirs) => (isBetterWhenFaster ? ratio(theirs[key], ours[key]) : ratio(ours[key], theirs[key]))),
  ];
  printTable([
    [
      `${WORKS} Works`,
      ...contestants.map(({ label }) => label),
      ...contestants.slice(1).map(({ label }) => `(${label})`),
    ],
    row('start to Ready, s', 'readyS', true),
    row('created, until applied and told, s', 'createdS', true),
    row('changed, until delivered, s', 'changedS', true),
    row('deleted, until gone in both, s', 'deletedS', true),
    row('memory idle, MiB', 'idleMib'),
    row('memory with all Works, MiB', 'loadedMib'),
    row('memory at most, MiB', 'peakMib'),
    row('processor time, s', 'processorS'),
  ]);
  console.log('Ratios: how many times as fast Pullet is; for memory and processor time, what it takes of the peer’s.');
}
