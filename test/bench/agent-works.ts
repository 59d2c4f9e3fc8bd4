/**
 * One agent, from its start to 500 Works that come, change and go: how long each takes and what memory it needs; Pullet's against Karmada's, one after the
 * other on the same kube-apiservers as hub and member. A Work holds a ConfigMap and a Deployment; nothing runs in the member.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { ensureBinaries } from '../kube/binaries.ts';
import { type AgentContestant, type Arena, agentContestants, startContestant } from './agent-contestants.ts';
import { admitUntilReady, ensureNamespace, installHubApi, prepareMailbox, removeCluster } from './agent-hub.ts';
import { newDeliveryStages, secondsSince } from './delivery-stages.ts';
import { peakResidentMib, printMachine, printTable, processorSeconds, ratio, residentMib } from './figures.ts';
import {
  processorTimesBetween as between,
  type ProcessorTimes,
  processorsUsed,
  processorTimePerWork,
  processorTimes,
} from './processor-times.ts';
import { type RequestCounts, requestCounts, requestsPerWork } from './request-counts.ts';
import { type BenchProcess, runBench } from './run-bench.ts';
import { startKubeServer } from './servers.ts';

const WORKS = Number(process.env['PULLET_BENCH_WORKS'] ?? 500);
const IDLE_MS = 8000;
const SETTLE_MS = 3000;
/** On a busy machine too. */
const LIMIT_MS = Math.max(600_000, 400 * WORKS);

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
  const agent = await startContestant(arena, contestant);
  await admitUntilReady(hub.admin, cluster, agent.throwIfEnded);
  const readyS = secondsSince(agent.startedMs);
  await delay(IDLE_MS);
  const idleMib = await residentMib([agent.pid]);
  const figures = { readyS, idleMib, ...(await measureLoad(arena, { cluster, namespace, agent })) };
  await agent.stop();
  await removeCluster(hub.admin, cluster);
  return figures;
}

interface Loaded {
  cluster: string;
  /** In the member. */
  namespace: string;
  agent: BenchProcess;
}

async function measureLoad({ bench, hub, member }: Arena, { cluster, namespace, agent }: Loaded) {
  const { createAll, changeAll, deleteAll } = newDeliveryStages(bench, {
    hub,
    member,
    cluster,
    namespace,
    count: WORKS,
  });
  const processorStartS = await processorSeconds([agent.pid]);
  const counted = newCounted({ hub, member }, agent);
  const createdS = await counted('created', createAll);
  const loadedMib = await residentMib([agent.pid]);
  const changedS = await counted('changed', changeAll);
  const deletedS = await counted('deleted', deleteAll);
  const peakMib = await peakResidentMib(agent.pid);
  const processorS = (await processorSeconds([agent.pid])) - processorStartS;
  return { createdS, loadedMib, changedS, deletedS, peakMib, processorS };
}

/** Measures, lets it settle, and prints what that cost: processor time, and what both servers were asked; on the hub the benchmark's own writes are among it. */
function newCounted({ hub, member }: Pick<Arena, 'hub' | 'member'>, agent: BenchProcess) {
  const servers = { hub, member };
  const pids = { agent: [agent.pid], bench: [process.pid], hub: hub.pids, member: member.pids };
  const look = async (): Promise<{ spent: ProcessorTimes; asked: RequestCounts[] }> => ({
    spent: await processorTimes(pids),
    asked: await Promise.all(Object.values(servers).map(({ admin }) => requestCounts(admin))),
  });
  return async (what: string, measure: () => Promise<number>): Promise<number> => {
    const before = await look();
    const figure = await measure();
    const spentThen = await processorTimes(pids);
    await delay(SETTLE_MS);
    const after = await look();
    const [until, since] = [between(before.spent, spentThen), between(spentThen, after.spent)];
    console.log(`  ${what} in ${figure.toFixed(2)} s, ${processorsUsed(until, figure)}; for each Work:`);
    console.log(`    processor time until then, ms: ${processorTimePerWork(until, WORKS)}`);
    console.log(`    processor time after it, ms: ${processorTimePerWork(since, WORKS)}`);
    for (const [index, name] of Object.keys(servers).entries()) {
      const asked = requestsPerWork(before.asked[index] ?? new Map(), after.asked[index] ?? new Map(), WORKS);
      console.log(`    requests to the ${name}: ${asked}`);
    }
    return figure;
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
