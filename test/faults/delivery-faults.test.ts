import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, test } from 'vitest';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { isConflict, isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { MANAGED_LABEL, works } from '../../shared/apis/work/v1alpha1.ts';
import { pullet } from '../e2e/processes.ts';
import { eventually } from '../framework/eventually.ts';
import { type Link, startLink } from '../framework/link.ts';
import { configMapManifest } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';
import { type Data, decided, forgotten, type LiveConfigMap, newModel, violations } from './model.ts';
import { newRandom } from './random.ts';
import {
  type AgentProcess,
  type ApiProcess,
  type HubProcess,
  startAgentProcess,
  startHubProcess,
  startMemberProcess,
} from './servers.ts';

/**
 * A hub, a member and an agent, each a process, with cables between them; for as many steps as asked for, Works come, change and go, people edit the
 * member, processes are killed, cables are cut, slow, dead and torn, and the hub is restored from a backup. In between and in the end the member has to be
 * what the model says. FAULTS_SEED and FAULTS_STEPS choose another run, and a longer one; PULLET_TEST_MEMBER=kube takes a real kube-apiserver as member.
 */

const SEED = Number(process.env['FAULTS_SEED'] ?? 1);
const STEPS = Number(process.env['FAULTS_STEPS'] ?? 90);
const CONVERGE_EVERY = 15;
/** A dead connection is found out within half a minute; all else is much quicker, on a quiet machine. */
const CONVERGE_MS = 180_000;
const CLUSTER = 'm1';
const SPACE = executionSpace(CLUSTER);

let world: World;
let hub: HubProcess;
let member: ApiProcess;
let agent: AgentProcess;
let links: Link[];

beforeAll(async () => {
  world = await newWorld();
  [hub, member] = await Promise.all([startHubProcess(world, 'hub'), startMemberProcess(world, 'member')]);
  links = [await startLink(world, hub), await startLink(world, member)];
  agent = startAgentProcess(world, await join());
});

afterAll(() => world.stop());

/** `pullet token create` and `register`, as people do it; the agent's flags. */
async function join(): Promise<string[]> {
  const agentKubeconfig = path.join(await mkdtemp(path.join(world.dir, 'agent-')), 'hub.kubeconfig');
  const created = await pullet(['token', 'create', '--kubeconfig', hub.kubeconfig, '--print-register-command']);
  const words = created.stdout.trim().split(/\s+/);
  const line = words.slice(words.indexOf('register'));
  const more = [
    '--cluster-name',
    CLUSTER,
    '--kubeconfig',
    member.kubeconfig,
    '--agent-kubeconfig-out',
    agentKubeconfig,
  ];
  const registered = await pullet([...line, ...more]);
  if (registered.code !== 0) throw new Error(registered.stdout + registered.stderr);
  const [hubLink, memberLink] = links as [Link, Link];
  return [
    `--cluster-name=${CLUSTER}`,
    `--karmada-kubeconfig=${await hubLink.kubeconfigFrom(agentKubeconfig)}`,
    `--kubeconfig=${await memberLink.kubeconfigFrom(member.kubeconfig)}`,
    '--cluster-status-update-frequency=1s',
  ];
}

const random = newRandom(SEED);
const model = newModel();
const counts: Record<string, number> = {};
const done: string[] = [];
/** How often all was as it has to be, and of how many objects in the member. */
const checked = { times: 0, objects: 0 };
const key = (name: string) => ({ namespace: 'default', name });
const newData = (): Data => ({
  a: `${random.below(1000)}`,
  ...(random.chance(0.5) ? { b: `${random.below(1000)}` } : {}),
});
let backups = 0;
let backup: { file: string; works: typeof model.works } | undefined;

async function liveConfigMaps(): Promise<Map<string, LiveConfigMap>> {
  const { items } = await member.client.list(configMaps, { namespace: 'default' });
  return new Map(
    items
      .filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
      .map(({ metadata, data = {} }) => [
        metadata.name ?? '',
        { data, isManaged: metadata.labels?.[MANAGED_LABEL] === 'true' },
      ]),
  );
}

async function managedName(): Promise<string | undefined> {
  const names = [...(await liveConfigMaps())]
    .filter(([, { isManaged }]) => isManaged)
    .map(([name]) => name)
    .sort();
  return names.length > 0 ? random.pick(names) : undefined;
}

/** With all cables joined and everybody alive the member becomes what the model says, and the Works tell it. */
async function converge(): Promise<void> {
  for (const link of links) {
    link.join();
    link.slow(0);
  }
  let wrong: string[] = [];
  let live = new Map<string, LiveConfigMap>();
  await eventually(
    'the member is what its Works say',
    async () => {
      live = await liveConfigMaps();
      wrong = [...violations(model, live, await orphaned()), ...(await untold())];
      return wrong.length === 0;
    },
    CONVERGE_MS,
  ).catch(async (error: unknown) => {
    const text = `seed ${SEED}, after ${JSON.stringify(counts)}: ${wrong.join('; ')}\n${await evidence(wrong)}`;
    throw new Error(text, { cause: error });
  });
  checked.times += 1;
  checked.objects += live.size;
}

/** The last steps, the objects and Works that a violation names, what is told as orphaned, and the agent's last words. */
async function evidence(wrong: string[]): Promise<string> {
  const named = ({ metadata }: KubeObject): boolean => wrong.some((text) => text.includes(metadata.name ?? '?'));
  const { items: objects } = await member.client.list(configMaps, { namespace: 'default' });
  const { items: all } = await hub.client.list(works, { namespace: SPACE });
  const orphans = all.find(({ metadata }) => metadata.name === 'pullet-orphans')?.status;
  const found = [...objects, ...all].filter(named).map((object) => JSON.stringify(object));
  return [
    `steps: ${done.slice(-40).join(', ')}`,
    ...found,
    `orphans: ${JSON.stringify(orphans?.manifestStatuses ?? [])}`,
    agent.log().slice(-4000),
  ].join('\n');
}

/**
 * What the agent tells of, for a person to decide; once the hub has forgotten something, that may be more than what it forgot: a Work that is changed or deleted before it
 * was delivered anew by the restored hub leaves things behind, for that may as well be the work of what was forgotten.
 */
async function orphaned(): Promise<Set<string>> {
  if (!model.hasForgotten) return new Set();
  const { items } = await hub.client.list(works, { namespace: SPACE });
  const told = items.find(({ metadata }) => metadata.name === 'pullet-orphans')?.status?.manifestStatuses ?? [];
  return new Set(told.map(({ identifier }) => identifier.name));
}

async function untold(): Promise<string[]> {
  const { items } = await hub.client.list(works, { namespace: SPACE });
  const names = items.map(({ metadata }) => metadata.name ?? '').filter((name) => name !== 'pullet-orphans');
  const told = items.filter(({ metadata, status }) =>
    status?.conditions?.some(
      ({ type, status: is, observedGeneration }) =>
        type === 'Applied' && is === 'True' && observedGeneration === metadata.generation,
    ),
  );
  const silent = names.filter((name) => !told.some(({ metadata }) => metadata.name === name));
  const gone = [...model.works.keys()].filter((name) => !names.includes(name));
  return [
    ...silent.map((name) => `Work ${name} is not told to be applied`),
    ...gone.map((name) => `Work ${name} is lost`),
  ];
}

async function writeWork(): Promise<string> {
  const name = `w${random.below(6)}`;
  const manifests = new Map(
    Array.from({ length: 1 + random.below(4) }, (_, index): [string, Data] => [`${name}-${index}`, newData()]),
  );
  const list = [...manifests].map(([each, data]) => configMapManifest('default', each, data));
  const spec = { workload: { manifests: list } };
  for (;;) {
    try {
      if (model.works.has(name))
        await hub.client.patch(works, { namespace: SPACE, name }, { type: 'merge', patch: { spec } });
      else
        await hub.client.create(works, {
          apiVersion: 'work.karmada.io/v1alpha1',
          kind: 'Work',
          metadata: { namespace: SPACE, name },
          spec,
        });
      break;
    } catch (error) {
      // One of that name is still leaving: the agent has to take its objects away first.
      if (!isAlreadyThere(error)) throw error;
      await converge();
    }
  }
  model.works.set(name, manifests);
  decided(model, name);
  return `${name}(${manifests.size})`;
}

const isAlreadyThere = (error: unknown): boolean =>
  isConflict(error) || (error as Error).message.includes('already exists');

async function deleteWork(): Promise<string> {
  if (model.works.size === 0) return 'nothing';
  const name = random.pick([...model.works.keys()].sort());
  await hub.client.delete(works, { namespace: SPACE, name });
  model.works.delete(name);
  decided(model, name);
  return name;
}

async function editMember(): Promise<void> {
  const name = await managedName();
  const patch = { data: random.chance(0.3) ? { theirs: 'x' } : { a: 'edited' } };
  if (name && !model.mayStay.has(name))
    await unlessGone(member.client.patch(configMaps, key(name), { type: 'merge', patch }));
}

async function deleteInMember(): Promise<void> {
  const name = await managedName();
  if (name && !model.mayStay.has(name)) await unlessGone(member.client.delete(configMaps, key(name)));
}

async function makeUnmanaged(): Promise<void> {
  const name = `theirs-${model.unmanaged.size}`;
  const data = newData();
  await member.client.create(configMaps, { ...configMapManifest('default', name, {}), data });
  model.unmanaged.set(name, data);
}

async function unlessGone(doing: Promise<unknown>): Promise<void> {
  await doing.catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

async function killAgent(): Promise<void> {
  await agent.kill();
  agent.start();
}

async function killAnd({ kill, start }: ApiProcess): Promise<void> {
  await kill();
  await start();
}

/** The Work vanishes though nobody has seen it being deleted. */
async function loseWork(): Promise<void> {
  if (model.works.size === 0) return;
  await converge();
  await agent.kill();
  const name = random.pick([...model.works.keys()].sort());
  await hub.client.patch(
    works,
    { namespace: SPACE, name },
    { type: 'merge', patch: { metadata: { finalizers: null } } },
  );
  await hub.client.delete(works, { namespace: SPACE, name });
  const lost = [...(model.works.get(name)?.keys() ?? [])];
  model.works.delete(name);
  forgotten(model, lost);
  agent.start();
}

async function makeBackup(): Promise<void> {
  await converge();
  backups += 1;
  const file = path.join(world.dir, `backup-${backups}`);
  await hub.backup(file);
  backup = { file, works: new Map(model.works) };
}

async function restoreBackup(): Promise<void> {
  if (!backup) return;
  await converge();
  const live = await liveConfigMaps();
  await hub.kill();
  await hub.restore(backup.file);
  model.works = new Map(backup.works);
  forgotten(
    model,
    [...live].filter(([, { isManaged }]) => isManaged).map(([name]) => name),
  );
  await hub.start();
}

function joinLinks(): void {
  for (const link of links) link.join();
}

/** A step may say what it was done to. */
const steps: [number, string, () => unknown][] = [
  [10, 'write', writeWork],
  [4, 'delete', deleteWork],
  [6, 'edit', editMember],
  [3, 'delete in member', deleteInMember],
  [2, 'unmanaged', makeUnmanaged],
  [2, 'kill agent', killAgent],
  [1, 'kill hub', () => killAnd(hub)],
  [1, 'kill member', () => killAnd(member)],
  [2, 'cut', () => random.pick(links).cut()],
  [1, 'drop', () => random.pick(links).drop()],
  [1, 'reset', () => random.pick(links).reset()],
  [2, 'join', joinLinks],
  [1, 'slow', () => random.pick(links).slow(20 + random.below(300))],
  [1, 'lose', loseWork],
  [1, 'backup', makeBackup],
  [1, 'restore', restoreBackup],
  [6, 'pause', () => delay(random.below(400))],
];
/** Dealt like cards: in as many steps as there are of them each happens as often as it weighs. */
const cards = steps.flatMap(([weight, name, step]) => Array.from({ length: weight }, () => ({ name, step })));
let deck: typeof cards = [];

function deal(): (typeof cards)[number] {
  if (deck.length === 0) deck = random.shuffled(cards);
  return deck.pop() ?? deal();
}

test('whatever happens, the member is in the end what its Works say, and nothing else was touched', async () => {
  const startedAt = Date.now();
  await makeBackup();
  for (let step = 1; step <= STEPS; step += 1) {
    const { name, step: take } = deal();
    const what = await take();
    done.push(`${step} ${name}${typeof what === 'string' ? ` ${what}` : ''}`);
    counts[name] = (counts[name] ?? 0) + 1;
    if (step % CONVERGE_EVERY === 0) await converge();
  }
  await converge();
  const all = Object.entries(counts).map(([name, times]) => `${name} ${times}`);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  const checks = `${checked.times} checks of ${checked.objects} objects`;
  process.stdout.write(`faults: seed ${SEED}, ${STEPS} steps in ${seconds} s, ${checks}: ${all.join(', ')}\n`);
});
