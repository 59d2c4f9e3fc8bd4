/**
 * Lease renewals a second on 64 connections, each an agent with its own certificate that renews its lease again as soon as the last renewal is answered,
 * and the memory of the server meanwhile: the embedded hub against kube-apiserver with etcd. Both are up, and take turns.
 */

import { ensureBinaries } from '../kube/binaries.ts';
import { percentile, printMachine, printTable, processorSeconds, ratio, residentMib } from './figures.ts';
import { type Bench, runBench } from './run-bench.ts';
import { type BenchServer, nodeFlags, startEmbeddedHub, startKubeServer } from './servers.ts';
import { issueFor, newSimulatedAgent, prepareCluster, type SimulatedAgent } from './simulated-agent.ts';

const CONNECTIONS = 64;
const ROUNDS = 3;
const WARM_UP_MS = 1500;
const ROUND_MS = 6000;
const LIMIT_MS = 180_000;
const MEMORY_PERIOD_MS = 250;

interface Contestant {
  name: string;
  server: BenchServer;
  agents: SimulatedAgent[];
  rounds: Round[];
}

interface Round {
  renewals: number;
  seconds: number;
  latenciesMs: number[];
  peakMib: number;
  serverSeconds: number;
  clientSeconds: number;
}

await runBench(LIMIT_MS, async (bench) => {
  printMachine();
  const contestants = [await newContestant(bench, 'embedded hub', await startEmbeddedHub(bench, nodeFlags()))];
  const binaries = await ensureBinaries();
  if ('dir' in binaries) {
    const server = await startKubeServer(bench, { name: 'leases', controllers: [] });
    contestants.push(await newContestant(bench, 'kube-apiserver + etcd', server));
  } else {
    console.log(`without the peer: ${binaries.reason}`);
  }
  for (let round = 1; round <= ROUNDS; round++) {
    for (const contestant of contestants) {
      await renewAll(contestant.agents, WARM_UP_MS, bench.signal);
      contestant.rounds.push(await measureRound(contestant, bench.signal));
    }
  }
  report(contestants);
});

async function newContestant(bench: Bench, name: string, server: BenchServer): Promise<Contestant> {
  const names = Array.from({ length: CONNECTIONS }, (_, index) => `bench-${index}`);
  for (const cluster of names) await prepareCluster(server.admin, cluster, bench.signal);
  const agents = await Promise.all(
    names.map(async (cluster) => newSimulatedAgent(server, cluster, await issueFor(server, cluster))),
  );
  for (const agent of agents) bench.onStop(() => agent.close());
  return { name, server, agents, rounds: [] };
}

async function measureRound({ server, agents }: Contestant, signal: AbortSignal): Promise<Round> {
  const serverStart = await processorSeconds(server.pids);
  const clientStart = process.cpuUsage();
  let peakMib = 0;
  const sampling = setInterval(() => {
    residentMib(server.pids).then(
      (mib) => {
        peakMib = Math.max(peakMib, mib);
      },
      () => {},
    );
  }, MEMORY_PERIOD_MS);
  const startMs = performance.now();
  const latenciesMs = await renewAll(agents, ROUND_MS, signal).finally(() => clearInterval(sampling));
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(clientStart);
  const serverSeconds = (await processorSeconds(server.pids)) - serverStart;
  return {
    renewals: latenciesMs.length,
    seconds,
    latenciesMs,
    peakMib,
    serverSeconds,
    clientSeconds: (user + system) / 1e6,
  };
}

/** Each agent renews without a pause until the time is up; the time each renewal took. */
async function renewAll(agents: readonly SimulatedAgent[], durationMs: number, signal: AbortSignal): Promise<number[]> {
  const endMs = performance.now() + durationMs;
  const latenciesMs: number[] = [];
  const renewUntilEnd = async (agent: SimulatedAgent): Promise<void> => {
    for (let now = performance.now(); now < endMs && !signal.aborted; ) {
      await agent.renew();
      const after = performance.now();
      latenciesMs.push(after - now);
      now = after;
    }
  };
  await Promise.all(agents.map(renewUntilEnd));
  return latenciesMs;
}

function report(contestants: readonly Contestant[]): void {
  const [ours, theirs] = contestants.map(summary);
  if (!ours) return;
  const row = (label: string, key: keyof typeof ours, digits: number): string[] => [
    label,
    ours[key].toFixed(digits),
    theirs?.[key].toFixed(digits) ?? '-',
    ratio(ours[key], theirs?.[key]),
  ];
  printTable([
    [`${CONNECTIONS} connections`, 'embedded hub', 'kube-apiserver + etcd', 'ratio'],
    row('renewals a second', 'perSecond', 0),
    row('fastest round, a second', 'bestPerSecond', 0),
    row('latency p50, ms', 'p50', 1),
    row('latency p99, ms', 'p99', 1),
    row('peak memory of the server, MiB', 'peakMib', 0),
    row('processors used by the server', 'serverProcessors', 2),
    row('processors used by this client', 'clientProcessors', 2),
  ]);
}

function summary({ rounds }: Contestant) {
  const total = (pick: (round: Round) => number): number => rounds.reduce((sum, round) => sum + pick(round), 0);
  const latencies = rounds.flatMap((round) => round.latenciesMs);
  const seconds = total((round) => round.seconds);
  return {
    perSecond: total((round) => round.renewals) / seconds,
    bestPerSecond: Math.max(...rounds.map((round) => round.renewals / round.seconds)),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    peakMib: Math.max(...rounds.map((round) => round.peakMib)),
    serverProcessors: total((round) => round.serverSeconds) / seconds,
    clientProcessors: total((round) => round.clientSeconds) / seconds,
  };
}
