/**
 * How long a Work takes from being written to being told as applied, in a hub with 100 members that each get one now and then. The hub is `pullet hub` with its embedded
 * API, the members are namespaces of one real kube-apiserver, and their deliveries run in a few processes, each with connections of its own.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { ensureBinaries } from '../kube/binaries.ts';
import { ensureNamespace, prepareMailbox } from './agent-hub.ts';
import { percentile, printMachine, printTable } from './figures.ts';
import { runBench } from './run-bench.ts';
import { type BenchServer, startEmbeddedHub, startKubeServer } from './servers.ts';
import { newLoadedWork } from './work-load.ts';
import { each, isTold } from './work-writes.ts';

const MEMBERS = Number(process.env['PULLET_BENCH_MEMBERS'] ?? 100);
const RATES = [5, 10, 20];
const SECONDS = 20;
const PROCESSES = 4;
const START_DEADLINE_MS = 120_000;
const LIMIT_MS = 600_000;

await runBench(LIMIT_MS, async (bench) => {
  printMachine();
  const binaries = await ensureBinaries();
  if ('reason' in binaries) throw new Error(binaries.reason);
  const hub = await startEmbeddedHub(bench);
  const member = await startKubeServer(bench, { name: 'member' });
  const clusters = Array.from({ length: MEMBERS }, (_, index) => `member-${index}`);
  await each(clusters, async (cluster) => {
    await prepareMailbox(hub.admin, cluster, bench.signal);
    await ensureNamespace(member.admin, cluster);
    await ensureNamespace(member.admin, `state-${cluster}`);
  });
  const script = fileURLToPath(new URL('fleet-engines.ts', import.meta.url));
  for (let index = 0; index < PROCESSES; index++) {
    const own = clusters.filter((_, at) => at % PROCESSES === index);
    const args = ['--import', 'tsx', script, hub.kubeconfig, member.kubeconfig, ...own];
    await bench.spawn(`engines-${index}`, process.execPath, args);
  }
  const fleet = newFleet(hub, bench.signal);
  const wait = delay(START_DEADLINE_MS, undefined, { ref: false }).then(() => {
    throw new Error('the fleet is not at work');
  });
  await Promise.race([Promise.all(clusters.map((cluster) => fleet.deliver(cluster, 0))), wait]);
  const rows: string[][] = [];
  for (const [index, rate] of RATES.entries()) rows.push(await measure(fleet, clusters, { rate, round: index + 1 }));
  printTable([[`${MEMBERS} members`, 'Works', 'p50, ms', 'p90, ms', 'p99, ms', 'most, ms'], ...rows]);
});

interface Fleet {
  /** Writes a Work and resolves, in milliseconds, when it is told as applied. */
  deliver(cluster: string, index: number): Promise<number>;
}

function newFleet(hub: BenchServer, signal: AbortSignal): Fleet {
  const waiting = new Map<string, () => void>();
  void followWorks();

  async function followWorks(): Promise<void> {
    const from = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true } as const;
    for await (const event of hub.admin.watch(works, { ...from, timeoutSeconds: 3600 }, signal)) {
      if (event.type !== 'MODIFIED' || !isTold(event.object)) continue;
      const { namespace, name } = event.object.metadata;
      waiting.get(`${namespace}/${name}`)?.();
    }
  }

  return {
    deliver: async (cluster, index) => {
      const startMs = performance.now();
      const load = { cluster, namespace: cluster, index, version: 1 };
      const told = new Promise<number>((resolve) => {
        waiting.set(`${executionSpace(cluster)}/work-${index}`, () => resolve(performance.now() - startMs));
      });
      await hub.admin.create(works, newLoadedWork(load));
      return told;
    },
  };
}

async function measure(
  fleet: Fleet,
  clusters: readonly string[],
  { rate, round }: { rate: number; round: number },
): Promise<string[]> {
  const started: Promise<number>[] = [];
  const beginMs = performance.now();
  for (let count = 0; count < rate * SECONDS; count++) {
    await delay(Math.max(0, beginMs + (count * 1000) / rate - performance.now()));
    const cluster = clusters[Math.floor(Math.random() * clusters.length)] ?? '';
    started.push(fleet.deliver(cluster, round * 100_000 + count));
  }
  const samples = await Promise.all(started);
  const of = (share: number): string => percentile(samples, share).toFixed(0);
  return [
    `${rate} Works a second`,
    String(samples.length),
    of(0.5),
    of(0.9),
    of(0.99),
    Math.max(...samples).toFixed(0),
  ];
}
