/**
 * A hub that is killed under thousands of agents and started again on the same data: how long until every agent has renewed its lease again, what renewals take
 * then, and whether any cluster was taken for lost. The agents are the product's own code (`whole-agent.ts`), in this process, with its own backoff.
 */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { percentile, printMachine, printTable, processorSeconds, residentMib } from './figures.ts';
import { type Bench, runBench } from './run-bench.ts';
import { type BenchServer, startEmbeddedHub } from './servers.ts';
import { issueFor, prepareCluster } from './simulated-agent.ts';
import { runWholeAgent, type WholeAgentOptions } from './whole-agent.ts';

const CLUSTERS = Number(process.env['PULLET_BENCH_CLUSTERS'] ?? 1000);
/** Longer than a lease is good for, so that none is when the hub is back. */
const AWAY_MS = Number(process.env['PULLET_BENCH_AWAY_SECONDS'] ?? 60) * 1000;
const LIMIT_MS = 900_000 + AWAY_MS;
const JOINING_AT_ONCE = 24;
const JOIN_DEADLINE_MS = 600_000;
const RETURN_DEADLINE_MS = 180_000;
const MEASURED_MS = 30_000;
/** After the hub's start, when all who have not come back would be Unknown: the hub counts from then. */
const JUDGED_AFTER_MS = 75_000;

interface Renewal {
  startMs: number;
  endMs: number;
  isTaken: boolean;
}

await runBench(LIMIT_MS, async (bench) => {
  printMachine();
  const port = await freeFixedPort();
  const hub = await startEmbeddedHub(bench, { port });
  const fleet = await joinAll(bench, hub);
  await delay(MEASURED_MS);
  const before = fleet.since(performance.now() - MEASURED_MS);
  const killedMs = Date.now();
  process.kill(hub.pids[0] ?? 0, 'SIGKILL');
  await delay(AWAY_MS);
  await printReturn(await comeBack(bench, { port, fleet, killedMs, before }));
});

/** Below the ports that connections get: who dials one of those on this machine while nobody listens may reach himself. */
async function freeFixedPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

interface WholeFleet {
  /** Renewals that were taken and begun since then, by agent. */
  since(ms: number): Renewal[];
  /** When each agent's first renewal since then was answered; of those that have one. */
  firstsSince(ms: number): number[];
  failedSince(ms: number): number;
}

async function joinAll(bench: Bench, hub: BenchServer): Promise<WholeFleet> {
  const renewals: Renewal[][] = Array.from({ length: CLUSTERS }, () => []);
  const startMs = performance.now();
  let next = 0;
  const joiner = async (): Promise<void> => {
    for (let at = next++; at < CLUSTERS && !bench.signal.aborted; at = next++) {
      const name = `whole-${at}`;
      const identity = await issueFor(hub, name);
      await prepareCluster(hub.admin, name, bench.signal);
      await hub.admin.create(clusters, newCluster(name));
      const onRenewal = (renewal: Renewal): void => void renewals[at]?.push(renewal);
      startAgent(bench, hub, { name, identity, onRenewal });
    }
  };
  await Promise.all(Array.from({ length: JOINING_AT_ONCE }, joiner));
  await until(async () => (await verdicts(hub)).ready === CLUSTERS, { everyMs: 2000, deadlineMs: JOIN_DEADLINE_MS });
  console.log(`${CLUSTERS} clusters are Ready after ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  const taken = (ms: number) => renewals.map((own) => own.filter((one) => one.isTaken && one.startMs >= ms));
  return {
    since: (ms) => taken(ms).flat(),
    firstsSince: (ms) => taken(ms).flatMap(([first]) => first?.endMs ?? []),
    failedSince: (ms) => renewals.flat().filter((one) => !one.isTaken && one.startMs >= ms).length,
  };
}

/** With a signal of its own: one that all agents listened to would cost them more than all else. */
function startAgent(bench: Bench, hub: BenchServer, options: WholeAgentOptions): void {
  const ending = new AbortController();
  bench.onStop(() => ending.abort());
  runWholeAgent(hub, options, ending.signal).catch((error: unknown) => {
    if (!ending.signal.aborted) console.log(`agent ${options.name} ended: ${String(error)}`);
  });
}

function newCluster(name: string): Cluster {
  return {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name },
    spec: { syncMode: 'Pull', id: name },
  };
}

/** Looks seldom, for a look costs the hub, or this process, as much as many agents do. */
async function until(
  isSo: () => Promise<boolean> | boolean,
  { everyMs, deadlineMs }: { everyMs: number; deadlineMs: number },
): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`not within ${deadlineMs / 1000} s: ${isSo}`);
    await delay(everyMs);
  }
}

/** How many clusters are Ready, and how many of them have been something else since then. */
async function verdicts({ admin }: BenchServer, sinceMs = Number.POSITIVE_INFINITY) {
  const { items } = await admin.list(clusters);
  const conditions = items.flatMap(({ status }) => status?.conditions?.filter(({ type }) => type === 'Ready') ?? []);
  const second = Math.floor(sinceMs / 1000) * 1000;
  return {
    ready: conditions.filter(({ status }) => status === 'True').length,
    wavered: conditions.filter(({ lastTransitionTime }) => Date.parse(lastTransitionTime ?? '') >= second).length,
    tainted: items.filter(({ spec }) => (spec.taints ?? []).length > 0).length,
  };
}

interface Return {
  before: Renewal[];
  readyMs: number;
  /** After the hub was ready, sorted. */
  firsts: number[];
  after: Renewal[];
  failed: number;
  mib: number;
  hubS: number;
  verdict: Awaited<ReturnType<typeof verdicts>>;
}

interface Away {
  port: number;
  fleet: WholeFleet;
  /** By the clock. */
  killedMs: number;
  before: Renewal[];
}

async function comeBack(bench: Bench, { port, fleet, killedMs, before }: Away): Promise<Return> {
  const startMs = performance.now();
  const hub = await startEmbeddedHub(bench, { port });
  const readyAtMs = performance.now();
  const areBack = (): boolean => fleet.firstsSince(startMs).length === CLUSTERS;
  await until(areBack, { everyMs: 500, deadlineMs: RETURN_DEADLINE_MS });
  const hubS = await processorSeconds(hub.pids);
  const backMs = performance.now();
  await delay(Math.max(MEASURED_MS, startMs + JUDGED_AFTER_MS - backMs));
  return {
    before,
    readyMs: readyAtMs - startMs,
    firsts: fleet.firstsSince(startMs).map((ms) => ms - startMs),
    after: fleet.since(backMs),
    failed: fleet.failedSince(readyAtMs),
    mib: await residentMib(hub.pids),
    hubS,
    verdict: await verdicts(hub, killedMs),
  };
}

async function printReturn({ before, readyMs, firsts, after, failed, mib, hubS, verdict }: Return): Promise<void> {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  const latencies = (renewals: Renewal[]): number[] => renewals.map(({ startMs, endMs }) => endMs - startMs);
  printTable([
    ['', 'figure'],
    ['clusters', String(CLUSTERS)],
    ['hub away, s', seconds(AWAY_MS)],
    ['hub ready after its start, s', seconds(readyMs)],
    ['half have renewed after its start, s', seconds(percentile(firsts, 0.5))],
    ['99 % have renewed, s', seconds(percentile(firsts, 0.99))],
    ['all have renewed, s', seconds(percentile(firsts, 1))],
    ['processor time of the hub until then, s', hubS.toFixed(1)],
    ['renewals that failed after it was ready', String(failed)],
    ['renewals p99 before, ms', percentile(latencies(before), 0.99).toFixed(0)],
    ['renewals p99 after all were back, ms', percentile(latencies(after), 0.99).toFixed(0)],
    ['hub, MiB', mib.toFixed(0)],
    ['clusters Ready', String(verdict.ready)],
    ['… that were not, meanwhile', String(verdict.wavered)],
    ['… tainted', String(verdict.tainted)],
  ]);
}
