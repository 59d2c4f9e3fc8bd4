import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorText } from '../error-text.ts';
import type { Factory } from '../factory.ts';
import { deliverSample, waitUntilDelivered } from './deliver.ts';
import { joinMember, waitUntilReady } from './join.ts';
import { newProgress } from './progress.ts';
import { printSummary } from './summary.ts';

/**
 * The main job, end to end on one machine: a hub, members, a token, real registrations, agents, and one workload delivered to every member. Members
 * are simulated (the embedded API with nodes and workloads that become ready) unless kubeconfigs of real clusters are given.
 */

export interface DemoOptions {
  /** Kubeconfigs of real clusters; empty: two simulated ones. */
  members: string[];
  /** Kept after the end; absent: a temporary one that is removed. */
  dataDir?: string;
  /** Port of the hub; 0 takes a free one. */
  port: number;
  /** End when the workload has arrived instead of waiting for Ctrl-C. */
  exit: boolean;
}

/** A running part of the demo, stopped in reverse order. */
export interface Part {
  stop(): Promise<void>;
}

export interface Member {
  name: string;
  /** File. */
  kubeconfig: string;
  simulated: boolean;
}

export interface HubAccess {
  /** `host:port` */
  endpoint: string;
  caPem: string;
  /** File. */
  adminKubeconfig: string;
}

const SIMULATED = ['member1', 'member2'];

export async function runDemo(options: DemoOptions, factory: Factory): Promise<void> {
  const dir = options.dataDir ? await emptyFolder(options.dataDir) : await mkdtemp(path.join(tmpdir(), 'pullet-demo-'));
  const parts: Part[] = [];
  try {
    await run({ options, factory, dir, parts });
  } finally {
    await stopAll(parts, factory);
    if (!options.dataDir) await rm(dir, { recursive: true, force: true });
  }
}

/** Its agents know addresses that were free when it ran: what an earlier demo has left can be looked at, and not gone on with. */
async function emptyFolder(name: string): Promise<string> {
  const dir = path.resolve(name);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if ((await readdir(dir)).length === 0) return dir;
  throw new Error(`the folder ${dir} is not empty and is left as it is: name another with --data-dir, or remove it`);
}

/** In reverse order; what can't be stopped is said, and the others are stopped all the same. */
async function stopAll(parts: Part[], { streams }: Factory): Promise<void> {
  for (const part of parts.reverse()) {
    await part.stop().catch((error: unknown) => streams.err(`${errorText(error)}\n`));
  }
}

interface DemoRun {
  options: DemoOptions;
  factory: Factory;
  dir: string;
  parts: Part[];
}

async function run(demo: DemoRun): Promise<void> {
  const { options, factory } = demo;
  const { step } = newProgress(factory);
  introduce(options, factory);
  const real = await realMembers(options, factory);
  const hub = await step(
    'starting the hub',
    () => startHub(demo),
    ({ endpoint }) => `hub is up at https://${endpoint}`,
  );
  const members = real.length > 0 ? real : await startMembers(demo, step);
  for (const member of members) {
    const join = () => joinMember({ member, hub, dir: demo.dir, parts: demo.parts }, factory);
    await step(`registering ${member.name}`, join, () => `${member.name} is registered, its agent runs`);
  }
  const names = members.map((member) => member.name);
  await step(
    'waiting for the clusters to be Ready',
    () => waitUntilReady(hub, names, factory),
    () => 'all clusters are Ready',
  );
  await step(
    'sending a workload',
    () => deliverSample(hub, names, factory),
    () => 'one Work is written for every cluster',
  );
  await step(
    'waiting for the workload',
    () => waitUntilDelivered(hub, names, factory),
    () => 'the workload is applied and healthy in every cluster',
  );
  const kept = options.dataDir ? { keptIn: demo.dir } : {};
  await printSummary({ hub, members, ...kept, staysUp: !options.exit }, factory);
  if (!options.exit) await untilInterrupted(factory);
}

function introduce({ members }: DemoOptions, { streams }: Factory): void {
  streams.out('Pullet demo: a hub on this machine, clusters that join it, and a workload delivered to each of them.\n');
  if (members.length === 0) {
    streams.out(
      'The members are simulated: each is a Kubernetes API with nodes, where workloads become ready but nothing runs.\n',
    );
  }
  streams.out('\n');
}

async function startHub({ options, dir, parts, factory }: DemoRun): Promise<HubAccess> {
  const { hubParts } = await import('../../services/hub/main.ts');
  const flags = [`--data-dir=${path.join(dir, 'hub')}`, `--listen=127.0.0.1:${options.port}`];
  const hubOptions = hubParts.parseHubOptions(flags, {});
  if (!hubOptions) throw new Error('the hub was not given its options');
  const log = hubParts.newLogger({ format: 'text', verbosity: 0, write: factory.streams.err });
  const hub = await hubParts.startHub(hubOptions, { clock: hubParts.clock, log });
  parts.push(hub);
  return { endpoint: hub.server.replace('https://', ''), caPem: hub.caPem, adminKubeconfig: hub.adminKubeconfig };
}

type Step = ReturnType<typeof newProgress>['step'];

/** Their kubeconfigs are read before anything is started for them. */
function realMembers({ members }: DemoOptions, factory: Factory): Promise<Member[]> {
  return Promise.all(
    members.map(async (kubeconfig) => {
      const { clusterName } = await factory.memberEndpoint({ kubeconfig });
      return { name: clusterName, kubeconfig: path.resolve(kubeconfig), simulated: false };
    }),
  );
}

async function startMembers({ dir, parts, factory }: DemoRun, step: Step): Promise<Member[]> {
  const { hubParts } = await import('../../services/hub/main.ts');
  const log = hubParts.newLogger({ format: 'text', verbosity: 0, write: factory.streams.err });
  const start = async (name: string): Promise<Member> => {
    const member = await hubParts.startSimulatedMember({
      name,
      directory: path.join(dir, name),
      clock: hubParts.clock,
      log,
    });
    parts.push(member);
    return { name, kubeconfig: member.kubeconfig, simulated: true };
  };
  return step(
    'starting two simulated clusters',
    () => Promise.all(SIMULATED.map(start)),
    (members) => `simulated clusters ${members.map((member) => member.name).join(' and ')} are up`,
  );
}

function untilInterrupted({ signal }: Factory): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    // A listener alone does not keep a process alive.
    const alive = setInterval(() => undefined, 60_000);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}
