/**
 * This commit's agent against the one of the commit before: a small delivery each, in turns, on the same two kube-apiservers. Prints processor time and time. It fails
 * only if this one needs more than twice the processor time in both turns, which no noise does; where there is no commit before, it says so.
 */

import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { ensureBinaries } from '../kube/binaries.ts';
import { type AgentContestant, type Arena, ownAgent, startContestant } from './agent-contestants.ts';
import { admitUntilReady, ensureNamespace, installHubApi, prepareMailbox, removeCluster } from './agent-hub.ts';
import { printMachine, printTable, processorSeconds, ratio } from './figures.ts';
import { follow } from './follow.ts';
import { type Bench, runBench } from './run-bench.ts';
import { startKubeServer } from './servers.ts';
import type { LoadedWork } from './work-load.ts';
import { changeAll, createAll, deleteAll, isTold } from './work-writes.ts';

const WORKS = 100;
const TURNS = 2;
const LIMIT_MS = 300_000;
/** Of the processor time of the build before, in every turn. */
const MAX_RATIO = 2;

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

interface Spent {
  seconds: number;
  processorS: number;
}

await runBench(LIMIT_MS, async (bench) => {
  printMachine();
  const binaries = await ensureBinaries();
  if ('reason' in binaries) return console.log(`not compared: ${binaries.reason}`);
  const previous = await previousCommit();
  if (!previous) return console.log('not compared: there is no commit before this one here (a shallow clone?)');
  const before = await buildPrevious(bench, previous).catch((error: unknown) => console.log(String(error)));
  if (!before)
    return console.log('not compared: the commit before this one can not be built with the packages of this one');
  const bundles = { now: await buildAgent(root, join(bench.dir, 'now')), before };
  const hub = await startKubeServer(bench, { name: 'hub' });
  const member = await startKubeServer(bench, { name: 'member' });
  await installHubApi(hub.admin);
  const turns: { now: Spent; before: Spent }[] = [];
  for (let turn = 1; turn <= TURNS; turn++) {
    const before = await deliver({ bench, hub, member }, ownAgent(`before-${turn}`, bundles.before));
    turns.push({ before, now: await deliver({ bench, hub, member }, ownAgent(`now-${turn}`, bundles.now)) });
  }
  report(previous, turns);
});

/** Undefined in a checkout that has but one. */
async function previousCommit(): Promise<string | undefined> {
  const found = await run('git', ['rev-parse', '--verify', '--quiet', 'HEAD~1'], { cwd: root }).catch(() => undefined);
  return found?.stdout.trim();
}

/** From a copy of its sources, with the packages of this checkout. */
async function buildPrevious(bench: Bench, commit: string): Promise<string> {
  const dir = join(bench.dir, 'previous');
  const archive = join(bench.dir, 'previous.tar');
  await run('git', ['archive', `--prefix=previous/`, `--output=${archive}`, commit], { cwd: root });
  await run('tar', ['-xf', archive, '-C', bench.dir]);
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
  return buildAgent(dir, join(bench.dir, 'before'));
}

/** As the build script of a checkout builds it, but to another place. */
async function buildAgent(checkout: string, outDir: string): Promise<string> {
  const outfile = join(outDir, 'agent.js');
  const banner =
    "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);";
  const { build } = await import('esbuild');
  await build({
    ...{ absWorkingDir: checkout, entryPoints: ['agent/main.ts'], outfile, bundle: true, minifySyntax: true },
    ...{ platform: 'node', target: 'node20', format: 'esm', legalComments: 'none', logLevel: 'warning' },
    banner: { js: banner },
  });
  return outfile;
}

async function deliver(arena: Arena, contestant: AgentContestant): Promise<Spent> {
  const { bench, hub, member } = arena;
  const { cluster } = contestant;
  const namespace = `load-${cluster}`;
  await ensureNamespace(member.admin, namespace);
  await prepareMailbox(hub.admin, cluster, bench.signal);
  const agent = await startContestant(arena, contestant);
  await admitUntilReady(hub.admin, cluster, agent.throwIfEnded);
  const told = follow(bench, works, { client: hub.admin, namespace: executionSpace(cluster) });
  const loads = Array.from({ length: WORKS }, (_, index): LoadedWork => ({ cluster, namespace, index, version: 1 }));
  const startMs = performance.now();
  const startS = await processorSeconds([agent.pid]);
  await createAll(hub.admin, loads);
  await told.until('all Works are applied and told', WORKS, isTold);
  await changeAll(hub.admin, loads);
  await told.until('all changes are told', WORKS, (work) => isTold(work) && isOfGeneration(work));
  await deleteAll(hub.admin, loads);
  await told.untilNone('all Works are gone', () => true);
  const spent = {
    seconds: (performance.now() - startMs) / 1000,
    processorS: (await processorSeconds([agent.pid])) - startS,
  };
  await agent.stop();
  await removeCluster(hub.admin, cluster);
  return spent;
}

function isOfGeneration({ metadata, status }: { metadata: { generation?: number }; status?: object }): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: { observedGeneration?: number }[] };
  return conditions.some(
    ({ observedGeneration }) => observedGeneration === metadata.generation && observedGeneration === 2,
  );
}

function report(commit: string, turns: readonly { now: Spent; before: Spent }[]): void {
  const row = (turn: number, what: string, key: keyof Spent): string[] => {
    const { now, before } = turns[turn] as { now: Spent; before: Spent };
    return [`turn ${turn + 1}, ${what}`, before[key].toFixed(2), now[key].toFixed(2), ratio(now[key], before[key])];
  };
  printTable([
    [`${WORKS} Works made, changed and deleted`, commit.slice(0, 8), 'now', ''],
    ...turns.flatMap((_, turn) => [row(turn, 'processor time, s', 'processorS'), row(turn, 'time, s', 'seconds')]),
  ]);
  if (turns.some(({ now, before }) => now.processorS <= before.processorS * MAX_RATIO)) return;
  throw new Error(`in every turn the agent needs more than ${MAX_RATIO} times the processor time of the commit before`);
}
