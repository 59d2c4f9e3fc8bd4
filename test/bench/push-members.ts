/**
 * Push mode: the hub's memory with 0, 10, 50, 100 members that it dials, and 200 Works in a push member beside the same in a pull member. The many members are embedded APIs in
 * this process, each with an address of its own; Works are delivered into one kube-apiserver, by an agent and by the hub in turns.
 */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runJoin } from '../../cli/commands/join.ts';
import { runUnjoin } from '../../cli/commands/unjoin.ts';
import { newProcessFactory } from '../../cli/process-factory.ts';
import { newLogger } from '../../services/hub/log.ts';
import { startSimulatedMember } from '../../services/hub/simulated-member.ts';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { eventually } from '../framework/eventually.ts';
import { ensureBinaries } from '../kube/binaries.ts';
import { agentContestants } from './agent-contestants.ts';
import { ensureNamespace, prepareMailbox, removeCluster } from './agent-hub.ts';
import { newDeliveryStages } from './delivery-stages.ts';
import { memoryMib, printMachine, printTable, processorSeconds, ratio } from './figures.ts';
import { type Bench, runBench } from './run-bench.ts';
import { type BenchServer, startEmbeddedHub, startKubeServer } from './servers.ts';

const STEPS = (process.env['PULLET_BENCH_PUSH_MEMBERS'] ?? '10,50,100').split(',').map(Number);
const WORKS = Number(process.env['PULLET_BENCH_WORKS'] ?? 200);
/** For what joining has left to be collected, and for two looks at every member. */
const SETTLE_MS = 25_000;
const READY_DEADLINE_MS = 60_000;
const LIMIT_MS = 900_000;

const quiet = newLogger({ format: 'text', verbosity: 0, write: () => {} });

await runBench(LIMIT_MS, async (bench) => {
  printMachine();
  await measureMemory(bench);
  const binaries = await ensureBinaries();
  if ('reason' in binaries) console.log(`without deliveries: ${binaries.reason}`);
  else await measureDeliveries(bench);
});

async function measureMemory(bench: Bench): Promise<void> {
  const hub = await startEmbeddedHub(bench, { name: 'hub-of-many' });
  const rows = [['push members', 'hub, MiB', 'its own, MiB', 'own for a member, MiB', 'processors']];
  await delay(SETTLE_MS);
  const { own: ownWithNone } = await memoryMib(hub.pids);
  let members = 0;
  for (const step of [0, ...STEPS]) {
    for (; members < step; members++) await joinSimulated(bench, hub, `member-${members + 1}`);
    const processorStartS = await processorSeconds(hub.pids);
    await delay(SETTLE_MS);
    const processors = ((await processorSeconds(hub.pids)) - processorStartS) / (SETTLE_MS / 1000);
    const { resident, own } = await memoryMib(hub.pids);
    const each = step === 0 ? '' : ((own - ownWithNone) / step).toFixed(2);
    rows.push([String(step), resident.toFixed(0), own.toFixed(0), each, processors.toFixed(2)]);
  }
  printTable(rows);
}

async function joinSimulated(bench: Bench, hub: BenchServer, name: string): Promise<void> {
  const directory = join(bench.dir, name);
  const member = await startSimulatedMember({ name, directory, store: 'memory', clock: systemClock, log: quiet });
  bench.onStop(() => member.stop());
  await joinPush(hub, member.kubeconfig, name);
}

/** As `pullet join` does it. */
async function joinPush(hub: BenchServer, kubeconfig: string, cluster: string): Promise<void> {
  const factory = newProcessFactory();
  const streams = { ...factory.streams, out: () => {}, err: () => {} };
  const where = { hub: { kubeconfig: hub.kubeconfig }, member: { kubeconfig }, cluster };
  const options = { ...where, clusterNamespace: 'karmada-cluster', zones: [], dryRun: false };
  await runJoin(options, { ...factory, streams }).finally(() => factory.close());
  await eventually(`${cluster} is Ready`, () => isReady(hub, cluster), READY_DEADLINE_MS);
}

async function unjoinPush(hub: BenchServer, member: BenchServer, cluster: string): Promise<void> {
  const factory = newProcessFactory();
  const streams = { ...factory.streams, out: () => {}, err: () => {} };
  const where = { hub: { kubeconfig: hub.kubeconfig }, member: { kubeconfig: member.kubeconfig }, cluster };
  const options = { ...where, clusterNamespace: 'karmada-cluster', waitMs: 60_000, force: false, dryRun: false };
  await runUnjoin(options, { ...factory, streams }).finally(() => factory.close());
}

async function isReady(hub: BenchServer, name: string): Promise<boolean> {
  const { status } = await hub.admin.get(clusters, { name });
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

interface Figures {
  mode: 'pull' | 'push';
  createdS: number;
  changedS: number;
  deletedS: number;
  /** Of the hub and, in pull mode, the agent. */
  processorS: number;
}

async function measureDeliveries(bench: Bench): Promise<void> {
  const hub = await startEmbeddedHub(bench);
  const member = await startKubeServer(bench, { name: 'member' });
  const results: Figures[] = [];
  // Twice, so that neither has the advantage of a warm server.
  for (let round = 1; round <= 2; round++) {
    results.push(await measurePull(bench, hub, { member, cluster: `pulled-${round}` }));
    results.push(await measurePush(bench, hub, { member, cluster: `pushed-${round}` }));
  }
  report(results);
}

interface Delivered {
  member: BenchServer;
  cluster: string;
}

async function measurePull(bench: Bench, hub: BenchServer, { member, cluster }: Delivered): Promise<Figures> {
  await prepareMailbox(hub.admin, cluster, bench.signal);
  const [contestant] = agentContestants();
  if (!contestant) throw new Error('there is no agent');
  const where = [
    `--cluster-name=${cluster}`,
    `--karmada-kubeconfig=${hub.kubeconfig}`,
    `--kubeconfig=${member.kubeconfig}`,
    `--cluster-api-endpoint=${member.server}`,
  ];
  const agent = await bench.spawn(`agent-${cluster}`, contestant.command, [...contestant.args, ...where]);
  await eventually(`${cluster} is Ready`, () => isReady(hub, cluster), READY_DEADLINE_MS);
  const figures = await measureStages(bench, { hub, member, cluster, pids: [...hub.pids, agent.pid] });
  await agent.stop();
  await removeCluster(hub.admin, cluster);
  return { mode: 'pull', ...figures };
}

async function measurePush(bench: Bench, hub: BenchServer, { member, cluster }: Delivered): Promise<Figures> {
  await joinPush(hub, member.kubeconfig, cluster);
  const figures = await measureStages(bench, { hub, member, cluster, pids: hub.pids });
  await unjoinPush(hub, member, cluster);
  return { mode: 'push', ...figures };
}

async function measureStages(
  bench: Bench,
  { hub, member, cluster, pids }: Delivered & { hub: BenchServer; pids: readonly number[] },
): Promise<Omit<Figures, 'mode'>> {
  const namespace = `load-${cluster}`;
  await ensureNamespace(member.admin, namespace);
  const stages = newDeliveryStages(bench, { hub, member, cluster, namespace, count: WORKS });
  const processorStartS = await processorSeconds(pids);
  const createdS = await stages.createAll();
  const changedS = await stages.changeAll();
  const deletedS = await stages.deleteAll();
  return { createdS, changedS, deletedS, processorS: (await processorSeconds(pids)) - processorStartS };
}

function report(results: readonly Figures[]): void {
  const row = (label: string, key: Exclude<keyof Figures, 'mode'>): string[] => {
    const of = (mode: Figures['mode']): number[] => results.filter((one) => one.mode === mode).map((one) => one[key]);
    const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
    const told = (values: number[]): string => values.map((value) => value.toFixed(1)).join(' / ');
    return [label, told(of('pull')), told(of('push')), ratio(sum(of('push')), sum(of('pull')))];
  };
  printTable([
    [`${WORKS} Works`, 'pull', 'push', 'push to pull'],
    row('created, until applied and told, s', 'createdS'),
    row('changed, until delivered, s', 'changedS'),
    row('deleted, until gone in both, s', 'deletedS'),
    row('processor time of hub and agent, s', 'processorS'),
  ]);
}
