/**
 * Lease renewals a second on 64 connections, each an agent with its own certificate that renews its lease again as soon as the last renewal is answered,
 * and the memory of the server meanwhile: the embedded hub against kube-apiserver with etcd. Both are up, and take turns.
 */

import { ensureBinaries } from '../kube/binaries.ts';
import { memoryMib, percentile, printMachine, printTable, processorSeconds, ratio } from './figures.ts';
import type { LeaseConnection } from './lease-connection.ts';
import { type Bench, runBench } from './run-bench.ts';
import { type BenchServer, startEmbeddedHub, startKubeServer } from './servers.ts';
import { issueFor, openClusterLease, prepareCluster } from './simulated-agent.ts';

const CONNECTIONS = 64;
const CLUSTERS = Array.from({ length: CONNECTIONS }, (_, index) => `bench-${index}`);
/** A long load fills the servers' histories and caches, which takes the peer five minutes: `PULLET_BENCH_SECONDS=180` loads each for so long. */
const LOAD_SECONDS = Number(process.env['PULLET_BENCH_SECONDS'] ?? 18);
const WARM_UP_MS = 1500;
/** Before the first round each server answers so many, or as many as it can in so long: servers run for weeks, and a new one is still compiling. */
const FIRST_WARM_UP: Stretch = { ms: 25_000, renewals: 15_000 };
/** Longer, and the connections of the one that waits are closed as idle. */
const ROUND_MS = LOAD_SECONDS > 60 ? 20_000 : 6000;
const ROUNDS = Math.ceil((LOAD_SECONDS * 1000) / ROUND_MS);
const LIMIT_MS = 300_000 + 3000 * LOAD_SECONDS;
const MEMORY_PERIOD_MS = 250;

interface Stretch {
  ms: number;
  /** Of all agents together; without it there is no limit. */
  renewals?: number;
}

interface Contestant {
  name: string;
  server: BenchServer;
  /** From nothing to ready, keys and certificates included. */
  startSeconds: number;
  agents: LeaseConnection[];
  rounds: Round[];
}

interface Round {
  renewals: number;
  seconds: number;
  latenciesMs: number[];
  peakMib: number;
  peakOwnMib: number;
  serverSeconds: number;
  clientSeconds: number;
}

await runBench(LIMIT_MS, async (bench) => {
  printMachine();
  const contestants = [...(await newBuilds(bench)), ...(await newPeer(bench))];
  for (const contestant of contestants) {
    await connect(bench, contestant);
    await renewAll(contestant.agents, FIRST_WARM_UP, bench.signal);
  }
  for (let round = 1; round <= ROUNDS; round++) {
    for (const contestant of contestants) {
      await renewAll(contestant.agents, { ms: WARM_UP_MS }, bench.signal);
      contestant.rounds.push(await measureRound(contestant, bench.signal));
    }
  }
  report(contestants);
});

/** The hub, or several builds of it: `PULLET_BENCH_HUBS=/before/hub.js:/after/hub.js`. */
async function newBuilds(bench: Bench): Promise<Contestant[]> {
  const paths = (process.env['PULLET_BENCH_HUBS'] ?? '').split(':').filter((path) => path !== '');
  if (paths.length === 0) return [await newContestant(bench, 'embedded hub', () => startEmbeddedHub(bench))];
  const builds: Contestant[] = [];
  for (const [index, bundlePath] of paths.entries()) {
    const start = () => startEmbeddedHub(bench, { name: `hub-${index}`, bundlePath });
    builds.push(await newContestant(bench, `build ${index + 1}`, start));
  }
  return builds;
}

async function newPeer(bench: Bench): Promise<Contestant[]> {
  if (process.env['PULLET_BENCH_PEER'] === 'no') return [];
  const binaries = await ensureBinaries();
  if ('reason' in binaries) {
    console.log(`without the peer: ${binaries.reason}`);
    return [];
  }
  const start = () => startKubeServer(bench, { name: 'leases', controllers: [], isDurable: true });
  return [await newContestant(bench, 'kube-apiserver + etcd', start)];
}

async function newContestant(bench: Bench, name: string, start: () => Promise<BenchServer>): Promise<Contestant> {
  const startMs = performance.now();
  const server = await start();
  const startSeconds = (performance.now() - startMs) / 1000;
  for (const cluster of CLUSTERS) await prepareCluster(server.admin, cluster, bench.signal);
  return { name, server, startSeconds, agents: [], rounds: [] };
}

/** Not before all servers are up: they close connections that are idle. */
async function connect(bench: Bench, { server, agents }: Contestant): Promise<void> {
  const opened = await Promise.all(
    CLUSTERS.map(async (cluster) => openClusterLease(server, cluster, await issueFor(server, cluster))),
  );
  agents.push(...opened);
  for (const agent of opened) bench.onStop(() => agent.close());
}

async function measureRound({ server, agents }: Contestant, signal: AbortSignal): Promise<Round> {
  const serverStart = await processorSeconds(server.pids);
  const clientStart = process.cpuUsage();
  let [peakMib, peakOwnMib] = [0, 0];
  const sampling = setInterval(() => {
    memoryMib(server.pids).then(
      ({ resident, own }) => {
        peakMib = Math.max(peakMib, resident);
        peakOwnMib = Math.max(peakOwnMib, own);
      },
      () => {},
    );
  }, MEMORY_PERIOD_MS);
  const startMs = performance.now();
  const latenciesMs = await renewAll(agents, { ms: ROUND_MS }, signal).finally(() => clearInterval(sampling));
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(clientStart);
  const serverSeconds = (await processorSeconds(server.pids)) - serverStart;
  return {
    renewals: latenciesMs.length,
    seconds,
    latenciesMs,
    peakMib,
    peakOwnMib,
    serverSeconds,
    clientSeconds: (user + system) / 1e6,
  };
}

/** Each agent renews without a pause until the time is up or there were enough; the time each renewal took. */
async function renewAll(
  agents: readonly LeaseConnection[],
  { ms, renewals = Number.POSITIVE_INFINITY }: Stretch,
  signal: AbortSignal,
): Promise<number[]> {
  const endMs = performance.now() + ms;
  const latenciesMs: number[] = [];
  const renewUntilEnd = async (agent: LeaseConnection): Promise<void> => {
    for (let now = performance.now(); now < endMs && latenciesMs.length < renewals && !signal.aborted; ) {
      await agent.renew();
      const after = performance.now();
      latenciesMs.push(after - now);
      now = after;
    }
  };
  await Promise.all(agents.map(renewUntilEnd));
  return latenciesMs;
}

/** Ratios are to the last column: the peer, if it is there. */
function report(contestants: readonly Contestant[]): void {
  const figures = contestants.map(summary);
  const last = figures.at(-1);
  const row = (label: string, key: keyof ReturnType<typeof summary>, digits: number): string[] => [
    label,
    ...figures.map((each) => each[key].toFixed(digits)),
    ...figures.slice(0, -1).map((each) => ratio(each[key], last?.[key])),
  ];
  printTable([
    [
      `${CONNECTIONS} connections`,
      ...contestants.map(({ name }) => name),
      ...contestants.slice(0, -1).map(() => 'ratio'),
    ],
    row('from start to ready, s', 'startSeconds', 2),
    row('renewals a second', 'perSecond', 0),
    row('fastest round, a second', 'bestPerSecond', 0),
    row('renewals for a second of processor time', 'perProcessorSecond', 0),
    row('latency p50, ms', 'p50', 1),
    row('latency p99, ms', 'p99', 1),
    row('peak memory of the server, MiB', 'peakMib', 0),
    row('of that its own (not files), MiB', 'peakOwnMib', 0),
    row('processors used by the server', 'serverProcessors', 2),
    row('processors used by this client', 'clientProcessors', 2),
  ]);
  for (const { name, rounds } of contestants) {
    console.log(`memory of ${name} in each round, MiB: ${rounds.map(({ peakMib }) => peakMib.toFixed(0)).join(' ')}`);
  }
}

function summary({ rounds, startSeconds }: Contestant) {
  const total = (pick: (round: Round) => number): number => rounds.reduce((sum, round) => sum + pick(round), 0);
  const latencies = rounds.flatMap((round) => round.latenciesMs);
  const seconds = total((round) => round.seconds);
  return {
    startSeconds,
    perSecond: total((round) => round.renewals) / seconds,
    bestPerSecond: Math.max(...rounds.map((round) => round.renewals / round.seconds)),
    perProcessorSecond: total((round) => round.renewals) / total((round) => round.serverSeconds),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    peakMib: Math.max(...rounds.map((round) => round.peakMib)),
    peakOwnMib: Math.max(...rounds.map((round) => round.peakOwnMib)),
    serverProcessors: total((round) => round.serverSeconds) / seconds,
    clientProcessors: total((round) => round.clientSeconds) / seconds,
  };
}
