/**
 * Agents beside each other, from their start to 500 Works that come, change and go, in rounds: how long each takes, whose processor time that is, and what memory
 * it needs; Pullet's against Karmada's, on one kube-apiserver as hub, each with one as its member. They take turns, stage by stage, who is first changing with the
 * round, so that a machine whose speed drifts favours none. A Work holds a ConfigMap and a Deployment; nothing runs in the members.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { ensureBinaries } from '../kube/binaries.ts';
import { type AgentContestant, agentContestants, startContestant } from './agent-contestants.ts';
import { admitUntilReady, ensureNamespace, installHubApi, prepareMailbox } from './agent-hub.ts';
import { type DeliveryStages, newDeliveryStages, secondsSince } from './delivery-stages.ts';
import {
  countsBetween as between,
  countsTogether,
  peakResidentMib,
  printMachine,
  printTable,
  processorSeconds,
  ratio,
  residentMib,
} from './figures.ts';
import { type ProcessorTimes, processorsUsed, processorTimePerWork, processorTimes } from './processor-times.ts';
import { type RequestCounts, requestCounts, requestsPerWork } from './request-counts.ts';
import { type Bench, type BenchProcess, runBench } from './run-bench.ts';
import { type BenchServer, startKubeServer } from './servers.ts';

const WORKS = Number(process.env['PULLET_BENCH_WORKS'] ?? 500);
const ROUNDS = Number(process.env['PULLET_BENCH_ROUNDS'] ?? 4);
const IDLE_MS = 8000;
const LOOK_MS = 1000;
/** After a stage, until which its agent tells of what it did. */
const SETTLE_MS = 3000;
const MAX_SETTLE_MS = 30_000;
/** Of one processor, what an agent with nothing to do stays below. */
const IDLE_SHARE = 0.05;
/** On a busy machine too. */
const LIMIT_MS = ROUNDS * Math.max(600_000, 400 * WORKS);

const STAGES = [
  { what: 'created, until applied and told', run: (stages: DeliveryStages) => stages.createAll() },
  { what: 'changed, until delivered', run: (stages: DeliveryStages) => stages.changeAll() },
  { what: 'deleted, until gone in both', run: (stages: DeliveryStages) => stages.deleteAll() },
] as const;

/** What a stage took in all rounds. */
interface Spent {
  /** Of each round. */
  seconds: number[];
  /** Until it was done. */
  until: ProcessorTimes;
  /** Since then, until the agent was idle. */
  after: ProcessorTimes;
  /** Until the agent was idle. */
  asked: { hub: RequestCounts; member: RequestCounts };
}

/** A contestant in its place. */
interface Entrant {
  label: string;
  agent: BenchProcess;
  servers: { hub: BenchServer; member: BenchServer };
  stages: DeliveryStages;
  readyS: number;
  idleMib: number;
  /** After the first round's first stage. */
  loadedMib: number;
  /** In all rounds. */
  peakMib: number;
  /** By the index of the stage. */
  spent: Spent[];
}

await runBench(LIMIT_MS, async (bench) => {
  printMachine();
  const binaries = await ensureBinaries();
  if ('reason' in binaries) throw new Error(binaries.reason);
  const hub = await startKubeServer(bench, { name: 'hub' });
  await installHubApi(hub.admin);
  const contestants = agentContestants();
  if (contestants.length === 1) console.log('without the peer: PULLET_BENCH_KARMADA_AGENT does not name its binary');
  const entrants: Entrant[] = [];
  for (const contestant of contestants) entrants.push(await enter(bench, hub, contestant));
  for (const entrant of entrants) entrant.idleMib = await idleMemory(entrant);
  for (let round = 1; round <= ROUNDS; round++) {
    await runRound(round % 2 === 1 ? entrants : entrants.toReversed(), round);
  }
  for (const entrant of entrants) entrant.peakMib = await peakResidentMib(entrant.agent.pid);
  report(entrants);
});

async function enter(bench: Bench, hub: BenchServer, contestant: AgentContestant): Promise<Entrant> {
  const { cluster, label } = contestant;
  const member = await startKubeServer(bench, { name: `member-${cluster}` });
  const namespace = `load-${cluster}`;
  await ensureNamespace(member.admin, namespace);
  await prepareMailbox(hub.admin, cluster, bench.signal);
  const agent = await startContestant({ bench, hub, member }, contestant);
  await admitUntilReady(hub.admin, cluster, agent.throwIfEnded);
  const readyS = secondsSince(agent.startedMs);
  const stages = newDeliveryStages(bench, { hub, member, cluster, namespace, count: WORKS });
  return { label, agent, servers: { hub, member }, stages, readyS, idleMib: 0, loadedMib: 0, peakMib: 0, spent: [] };
}

async function idleMemory({ agent }: Entrant): Promise<number> {
  const restMs = IDLE_MS - 1000 * secondsSince(agent.startedMs);
  await delay(Math.max(0, restMs));
  return residentMib([agent.pid]);
}

async function runRound(entrants: readonly Entrant[], round: number): Promise<void> {
  for (const [index, { what, run }] of STAGES.entries()) {
    console.log(`round ${round} of ${ROUNDS}, ${what}`);
    for (const entrant of entrants) {
      await runStage(entrant, index, run);
      if (index === 0 && round === 1) entrant.loadedMib = await residentMib([entrant.agent.pid]);
    }
  }
}

async function runStage(
  entrant: Entrant,
  index: number,
  run: (stages: DeliveryStages) => Promise<number>,
): Promise<void> {
  const before = await look(entrant);
  const seconds = await run(entrant.stages);
  const then = await processorTimes(pidsOf(entrant));
  await untilIdle(entrant.agent);
  const after = await look(entrant);
  const until = between(before.spent, then);
  console.log(`  ${entrant.label}: ${seconds.toFixed(2)} s, ${processorsUsed(until, seconds)}`);
  const asked = {
    hub: between(before.hub, after.hub),
    member: between(before.member, after.member),
  };
  const stage = { seconds: [seconds], until, after: between(then, after.spent), asked };
  entrant.spent[index] = added(entrant.spent[index], stage);
}

function pidsOf({ agent, servers: { hub, member } }: Entrant): Record<string, readonly number[]> {
  return { agent: [agent.pid], bench: [process.pid], hub: hub.pids, member: member.pids };
}

async function look(entrant: Entrant): Promise<{ spent: ProcessorTimes; hub: RequestCounts; member: RequestCounts }> {
  const { hub, member } = entrant.servers;
  const asked = { hub: await requestCounts(hub.admin), member: await requestCounts(member.admin) };
  return { spent: await processorTimes(pidsOf(entrant)), ...asked };
}

/** So that what one agent still tells of is not in the figures of the next. */
async function untilIdle({ pid }: BenchProcess): Promise<void> {
  const startMs = performance.now();
  await delay(SETTLE_MS);
  let spentS = await processorSeconds([pid]);
  while (performance.now() - startMs < MAX_SETTLE_MS) {
    await delay(LOOK_MS);
    const nowS = await processorSeconds([pid]);
    if (nowS - spentS < (IDLE_SHARE * LOOK_MS) / 1000) return;
    spentS = nowS;
  }
}

function added(before: Spent | undefined, now: Spent): Spent {
  if (!before) return now;
  return {
    seconds: [...before.seconds, ...now.seconds],
    until: countsTogether(before.until, now.until),
    after: countsTogether(before.after, now.after),
    asked: {
      hub: countsTogether(before.asked.hub, now.asked.hub),
      member: countsTogether(before.asked.member, now.asked.member),
    },
  };
}

function report(entrants: readonly Entrant[]): void {
  for (const [index, { what }] of STAGES.entries()) {
    console.log(`${what}; of each round, s; for each Work:`);
    for (const entrant of entrants) reportStage(entrant.label, entrant.spent[index]);
  }
  const row = (label: string, of: (entrant: Entrant) => number, isTime = false): string[] => {
    const [ours = Number.NaN, ...theirs] = entrants.map(of);
    const ratios = theirs.map((each) => (isTime ? ratio(each, ours) : ratio(ours, each)));
    return [label, ...[ours, ...theirs].map((figure) => figure.toFixed(1)), ...ratios];
  };
  const labels = entrants.map(({ label }) => label);
  printTable([
    [`${WORKS} Works, ${ROUNDS} rounds`, ...labels, ...labels.slice(1).map((label) => `(${label})`)],
    row('start to Ready, s', ({ readyS }) => readyS, true),
    ...STAGES.map(({ what }, index) => row(`${what}, s`, ({ spent }) => meanSeconds(spent[index]), true)),
    row('memory idle, MiB', ({ idleMib }) => idleMib),
    row('memory with all Works, MiB', ({ loadedMib }) => loadedMib),
    row('memory at most, MiB', ({ peakMib }) => peakMib),
    row('processor time, s a round', agentSeconds),
  ]);
  console.log(
    'Times are means of the rounds. Ratios: how many times as fast Pullet is; for memory and processor time, what it takes of the peer’s.',
  );
}

function reportStage(label: string, spent: Spent | undefined): void {
  if (!spent) return;
  const count = WORKS * ROUNDS;
  console.log(`  ${label}: ${spent.seconds.map((seconds) => seconds.toFixed(2)).join(' / ')}`);
  console.log(`    processor time until then, ms: ${processorTimePerWork(spent.until, count)}`);
  console.log(`    processor time after it, ms: ${processorTimePerWork(spent.after, count)}`);
  console.log(`    requests to the hub: ${requestsPerWork(spent.asked.hub, count)}`);
  console.log(`    requests to the member: ${requestsPerWork(spent.asked.member, count)}`);
}

function meanSeconds(spent: Spent | undefined): number {
  return (spent?.seconds ?? []).reduce((sum, seconds) => sum + seconds, 0) / ROUNDS;
}

/** What an agent's process spent in a round, of all stages. */
function agentSeconds({ spent }: Entrant): number {
  return (
    spent.reduce((sum, { until, after }) => sum + (until.get('agent') ?? 0) + (after.get('agent') ?? 0), 0) / ROUNDS
  );
}
