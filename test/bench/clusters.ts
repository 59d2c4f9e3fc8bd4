/**
 * How many clusters one embedded hub carries: more and more simulated agents, each with a Cluster, a certificate and a connection of its own, a watch on its
 * Works and a lease renewed every 10 s; the hub's memory and the time of renewals at each step. Ends at PULLET_BENCH_CLUSTERS (10 000), when the time is up,
 * or when renewals take too long.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { isAlreadyExists } from '../../shared/apis/meta/status-error.ts';
import { memoryMib, percentile, printMachine, printTable, processorSeconds, residentMib } from './figures.ts';
import { type Fleet, newFleet, RENEW_PERIOD_MS } from './fleet.ts';
import type { LeaseConnection } from './lease-connection.ts';
import { type Bench, runBench } from './run-bench.ts';
import { type BenchServer, type CertificateAndKey, startEmbeddedHub } from './servers.ts';
import { issueFor, openClusterLease, prepareCluster, worksWatchPath } from './simulated-agent.ts';

/** `PULLET_BENCH_STEPS=500,1000,2000` for others. */
const STEPS = (process.env['PULLET_BENCH_STEPS'] ?? '1000,3000,5000,7500,10000').split(',').map(Number);
const MOST = Number(process.env['PULLET_BENCH_CLUSTERS'] ?? 10_000);
/** No step is begun after it. */
const ENOUGH_MS = Number(process.env['PULLET_BENCH_SECONDS'] ?? 600) * 1000;
const LIMIT_MS = ENOUGH_MS + 180_000;
const MEASURED_MS = 12_000;
/** A hub that has just taken thousands of clusters has work left of that: renewals are measured again when it is at rest. */
const REST_MS = 30_000;
/** So long that the hub's collector looks at its whole heap meanwhile, which holds up renewals. */
const MEASURED_AT_REST_MS = 60_000;
const JOINING_AT_ONCE = 24;
const MOST_JOIN_FAILURES = 200;
const TOO_LONG_MS = 2000;

/** While clusters came. */
interface Joining {
  joinedPerSecond: number;
  /** Processor time for each that joined, with what the others need meanwhile. */
  hubJoinMs: number;
  clientJoinMs: number;
}

/** While nobody joins. */
interface Renewals {
  clusters: number;
  mib: number;
  ownMib: number;
  renewalsPerSecond: number;
  failed: number;
  p50: number;
  p99: number;
  hubProcessors: number;
  /** Processor time for each renewal, with all else that standing clusters need. */
  hubRenewalMs: number;
  clientProcessors: number;
}

type Step = Renewals & Partial<Joining>;

await runBench(LIMIT_MS, async (bench) => {
  printMachine();
  const startMs = performance.now();
  const hub = await startEmbeddedHub(bench);
  console.log(`from its start the hub was ready in ${((performance.now() - startMs) / 1000).toFixed(2)} s`);
  await delay(3000);
  console.log(`the hub without clusters: ${(await residentMib(hub.pids)).toFixed(0)} MiB`);
  const fleet = newFleet(bench);
  const steps: Step[] = [];
  for (const target of [...STEPS.filter((step) => step < MOST), MOST]) {
    if (performance.now() - startMs > ENOUGH_MS) break;
    const step = await measureStep(bench, { hub, fleet, target, endMs: startMs + ENOUGH_MS });
    steps.push(step);
    console.log(`${step.clusters} clusters: p99 ${step.p99.toFixed(0)} ms, ${step.mib.toFixed(0)} MiB`);
    if (step.p99 > TOO_LONG_MS || step.clusters < target) break;
  }
  await delay(REST_MS);
  steps.push(await measureRenewals(hub, fleet, MEASURED_AT_REST_MS));
  report(steps);
  const reached = fleet.size();
  console.log(
    `${reached} clusters: each with a TLS connection and a client certificate of its own, all from this one process, on the hub's machine`,
  );
  if (reached < MOST) console.log(`${MOST} were not reached: the time for joining was up, or renewals took too long`);
});

interface StepPlan {
  hub: BenchServer;
  fleet: Fleet;
  target: number;
  /** No cluster joins after it. */
  endMs: number;
}

async function measureStep(bench: Bench, { hub, fleet, target, endMs }: StepPlan): Promise<Renewals & Joining> {
  const before = fleet.size();
  const joining = await spent(hub, () => joinUntil(bench, { hub, fleet, target, endMs }));
  const joined = fleet.size() - before;
  await delay(RENEW_PERIOD_MS / 2);
  return {
    ...(await measureRenewals(hub, fleet, MEASURED_MS)),
    joinedPerSecond: joined / joining.seconds,
    hubJoinMs: (joining.hubS / joined) * 1000,
    clientJoinMs: (joining.clientS / joined) * 1000,
  };
}

async function measureRenewals(hub: BenchServer, fleet: Fleet, measuredMs: number): Promise<Renewals> {
  fleet.take();
  const { seconds, hubS, clientS } = await spent(hub, () => delay(measuredMs));
  const { latenciesMs, failed } = fleet.take();
  const memory = await memoryMib(hub.pids);
  return {
    clusters: fleet.size(),
    mib: memory.resident,
    ownMib: memory.own,
    renewalsPerSecond: latenciesMs.length / seconds,
    failed,
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    hubProcessors: hubS / seconds,
    hubRenewalMs: (hubS / latenciesMs.length) * 1000,
    clientProcessors: clientS / seconds,
  };
}

/** How long something took, and how much processor time of the hub and of this process. */
async function spent(
  hub: BenchServer,
  task: () => Promise<void>,
): Promise<{ seconds: number; hubS: number; clientS: number }> {
  const hubStartS = await processorSeconds(hub.pids);
  const clientStart = process.cpuUsage();
  const startMs = performance.now();
  await task();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(clientStart);
  return { seconds, hubS: (await processorSeconds(hub.pids)) - hubStartS, clientS: (user + system) / 1e6 };
}

async function joinUntil(bench: Bench, { hub, fleet, target, endMs }: StepPlan): Promise<void> {
  let next = fleet.size();
  let failures = 0;
  /** A hub that has no time for a handshake ends it, and the agent tries again. */
  const joinSometime = async (name: string): Promise<LeaseConnection | undefined> => {
    while (performance.now() < endMs && !bench.signal.aborted) {
      try {
        return await join(bench, hub, name);
      } catch (error) {
        if (failures++ === 0) console.log(`a cluster could not join at first: ${String(error)}`);
        if (failures > MOST_JOIN_FAILURES) throw error;
      }
    }
    return undefined;
  };
  const joiner = async (): Promise<void> => {
    while (next < target && performance.now() < endMs && !bench.signal.aborted) {
      const agent = await joinSometime(`sim-${next++}`);
      if (agent) fleet.add(agent);
    }
  };
  await Promise.all(Array.from({ length: JOINING_AT_ONCE }, joiner));
}

/** As registration and the agent's first minute leave a cluster. */
async function join(bench: Bench, hub: BenchServer, name: string): Promise<LeaseConnection> {
  const identity: CertificateAndKey = await issueFor(hub, name);
  await prepareCluster(hub.admin, name, bench.signal);
  await ensureCluster(hub, name);
  const agent = await openClusterLease(hub, name, identity);
  await agent.watch(worksWatchPath(name));
  await agent.renew();
  return agent;
}

async function ensureCluster({ admin }: BenchServer, name: string): Promise<void> {
  const cluster: Cluster = {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name },
    spec: { syncMode: 'Pull', id: name },
  };
  await admin.create(clusters, cluster).catch((error: unknown) => {
    if (!isAlreadyExists(error)) throw error;
  });
}

function report(steps: readonly Step[]): void {
  printTable([
    [
      'clusters',
      'joined/s',
      'hub ms each',
      'client ms each',
      'hub MiB',
      'of that own',
      'renewals/s',
      'failed',
      'p50 ms',
      'p99 ms',
      'hub processors',
      'hub ms a renewal',
      'client processors',
    ],
    ...steps.map((step) => [
      String(step.clusters),
      step.joinedPerSecond?.toFixed(0) ?? 'at rest',
      step.hubJoinMs?.toFixed(1) ?? '–',
      step.clientJoinMs?.toFixed(1) ?? '–',
      step.mib.toFixed(0),
      step.ownMib.toFixed(0),
      step.renewalsPerSecond.toFixed(0),
      String(step.failed),
      step.p50.toFixed(1),
      step.p99.toFixed(1),
      step.hubProcessors.toFixed(2),
      step.hubRenewalMs.toFixed(2),
      step.clientProcessors.toFixed(2),
    ]),
  ]);
}
