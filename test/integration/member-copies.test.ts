import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { decodeShard } from '../../agent/work/known-state.ts';
import { startSimulatedMember } from '../../services/hub/simulated-member.ts';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, secrets } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Condition, Unstructured } from '../../shared/apis/meta/v1.ts';
import { STATE_LABEL, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { findCondition } from '../../shared/controller/conditions.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { clientOf } from '../framework/access.ts';
import { type AgentProcess, startAgentProcess } from '../framework/agent-process.ts';
import { eventually } from '../framework/eventually.ts';
import { registerMember } from '../framework/join.ts';
import { newCommandRunner } from '../framework/run-command.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { memberIsKube, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';
import { startKubeControlPlane } from '../kube/control-plane.ts';
import { pickFreePorts } from '../kube/free-ports.ts';

/** A member that is an older copy of itself, and two that are copies of one: with the agent's state, its identity and its cluster name. */

let world: World;
let hub: TestHub;
let run: (args: string[]) => Promise<string>;
let kubeconfig: string;
let member: DiskMember;
let agent: AgentProcess;

/** A member whose files can be copied while it is stopped. */
interface DiskMember extends TestMember {
  stop(): Promise<void>;
}

async function startMember(folder: string, given?: number): Promise<DiskMember> {
  const port = given ?? (await pickFreePorts(1))[0] ?? 0;
  const directory = path.join(world.dir, folder);
  const options = { name: 'm1', directory, port, store: 'disk' as const, clock: systemClock, log: world.log };
  const started = await startSimulatedMember(options);
  world.onStop(folder, () => started.stop());
  const { server, stop } = started;
  const issueCertificate = (): never => {
    throw new Error('not here');
  };
  return {
    name: 'm1',
    server,
    kubeconfig: started.kubeconfig,
    client: await clientOf(world, started.kubeconfig),
    stop,
    issueCertificate,
  };
}

const startAgent = (of: DiskMember): AgentProcess =>
  startAgentProcess(world, of, kubeconfig, ['--leader-elect=false', '--cluster-lease-duration=4s']);

beforeEach(async () => {
  await world?.stop();
  world = await newWorld();
  run = newCommandRunner(world);
  hub = await startTestHub(world);
  member = await startMember('m1');
  kubeconfig = await registerMember(world, { hub, member });
});

afterAll(() => world.stop());

const keyOf = (name: string) => ({ namespace: executionSpace('m1'), name });
const manifestsOf = (names: string[]) => names.map((name) => configMapManifest('default', name, { of: 'work' }));

async function deliver(work: string, ...names: string[]): Promise<void> {
  await hub.client.create(works, newWork('m1', work, manifestsOf(names)));
  await untilApplied(hub, 'm1', work);
}

const change = (work: string, ...names: string[]): Promise<void> => setManifests(work, manifestsOf(names));

async function setManifests(work: string, manifests: Unstructured[]): Promise<void> {
  const patch = { spec: { workload: { manifests } } };
  await hub.client.patch(works, keyOf(work), { type: 'merge', patch });
}

async function removeWork(work: string): Promise<void> {
  await hub.client.delete(works, keyOf(work));
  await eventually(`${work} is gone`, () => hub.client.get(works, keyOf(work)).then(() => false, isNotFound));
}

async function there({ client }: { client: KubeClient }): Promise<string> {
  const { items } = await client.list(configMaps, { namespace: 'default' });
  return items
    .map(({ metadata }) => metadata.name ?? '')
    .filter((name) => name !== 'kube-root-ca.crt')
    .join();
}

const untilThere = (of: DiskMember, names: string) =>
  eventually(`there is ${names}`, async () => (await there(of)) === names);

const untilLater = ({ client }: DiskMember) =>
  eventually('a has its later content', async () => {
    const { data } = await client.get(configMaps, { namespace: 'default', name: 'a' });
    return data?.['of'] === 'later';
  });

const makeTheirs = ({ client }: DiskMember, name: string) =>
  client.create(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    data: { of: 'people' },
  });

const orphans = (): Promise<string> => run(['get', 'works', '--orphans', '--kubeconfig', hub.kubeconfig]);

/** Stopped for the time of it: as a backup, or the snapshot of a virtual machine. */
async function copyMember(to: string): Promise<void> {
  await agent.kill();
  await member.stop();
  await cp(path.join(world.dir, 'm1'), path.join(world.dir, to), { recursive: true });
}

const portOf = ({ server }: DiskMember): number => Number(new URL(server).port);

describe('a member that was restored from an older backup', () => {
  test('gets what its Works are now, and loses nothing that no Work was seen to give up', async () => {
    agent = startAgent(member);
    await deliver('w', 'a', 'b');
    await deliver('x', 'x1');
    await makeTheirs(member, 'theirs');
    await eventually('all is written down', async () => (await writtenDown(member)) >= 3);
    const port = portOf(member);
    await copyMember('backup');
    member = await startMember('m1', port);
    agent = startAgent(member);
    await change('w', 'a', 'c');
    await untilThere(member, 'a,c,theirs,x1');
    await removeWork('x');
    await deliver('y', 'y1');
    await untilThere(member, 'a,c,theirs,y1');
    await agent.kill();
    await member.stop();
    await rm(path.join(world.dir, 'm1'), { recursive: true });
    await cp(path.join(world.dir, 'backup'), path.join(world.dir, 'm1'), { recursive: true });
    member = await startMember('m1', port);
    expect(await there(member)).toBe('a,b,theirs,x1');
    agent = startAgent(member);
    await untilThere(member, 'a,c,theirs,x1,y1');
    await eventually('x1 is told of', async () => /ConfigMap\/default\/x1 +x +WorkMissing/.test(await orphans()));
    expect(await there(member)).toBe('a,c,theirs,x1,y1');
  });
});

// Of a simulated member, a version that is still to come is refused, and so it is listed anew.
test.runIf(memberIsKube)('a member whose etcd was restored under its agent gets what its Works are now', async () => {
  const kube = await startKubeControlPlane({ name: 'm1' });
  world.onStop('kube-apiserver', () => kube.stop());
  const { server, kubeconfigPath } = kube;
  const real = { ...member, server, kubeconfig: kubeconfigPath, client: await clientOf(world, kubeconfigPath) };
  agent = startAgent(real);
  await deliver('w', 'a', 'b');
  const [etcd, copy] = [path.join(kube.dir, 'etcd'), path.join(kube.dir, 'copy')];
  await kube.halt();
  await cp(etcd, copy, { recursive: true });
  await kube.resume();
  await change('w', 'a', 'c');
  await untilThere(real, 'a,c');
  await setManifests('w', [configMapManifest('default', 'a', { of: 'later' }), ...manifestsOf(['c'])]);
  await untilLater(real);
  await deliver('y', 'y1');
  await kube.halt();
  await rm(etcd, { recursive: true });
  await cp(copy, etcd, { recursive: true });
  await kube.resume();
  await eventually('what is missing is made again', async () => (await there(real)) === 'a,b,c,y1');
  await untilLater(real);
});

/** Objects in the inventory. */
async function writtenDown({ client }: DiskMember): Promise<number> {
  const { items } = await client.list(secrets, { namespace: 'karmada-system', labelSelector: STATE_LABEL });
  const shards = items.filter(({ metadata }) => /-\d+$/.test(metadata.name ?? ''));
  const decoded = await Promise.all(shards.map(({ data }) => decodeShard(Buffer.from(data?.['data'] ?? '', 'base64'))));
  return decoded.flatMap((shard) => Object.values(shard ?? {}).flatMap(({ record }) => record.objects)).length;
}

describe('two members that are copies of one', () => {
  test('are told to be, both get what the Works say, and neither loses what no Work gave up', async () => {
    agent = startAgent(member);
    await deliver('w', 'a', 'b');
    await deliver('x', 'x1');
    await eventually('all is written down', async () => (await writtenDown(member)) >= 3);
    await copyMember('copy');
    member = await startMember('m1');
    const copy = await startMember('copy');
    await makeTheirs(member, 'theirs');
    await makeTheirs(copy, 'theirs-too');
    agent = startAgent(member);
    const other = startAgent(copy);
    const told = await eventually('the hub is told', async () => (await identityShared('True')) ?? false);
    expect(told.message).toContain('both are the agent of this cluster');
    for (const { log } of [agent, other])
      await eventually('the log says so', () => log().includes('both are the agent of this cluster'));
    await change('w', 'a', 'c');
    await untilThere(member, 'a,c,theirs,x1');
    await untilThere(copy, 'a,c,theirs-too,x1');
    await removeWork('x');
    // The other may have seen the Work being deleted, and may not: then it keeps the object and tells of it.
    expect(await there(member)).toMatch(/^a,c,theirs(,x1)?$/);
    expect(await there(copy)).toMatch(/^a,c,theirs-too(,x1)?$/);
    await other.kill();
    await eventually('the hub is told that it is over', async () => identityShared('False'));
    await change('w', 'a');
    await eventually('the one that is left goes on', async () => !(await there(member)).includes('c'));
    expect(await there(copy)).toContain('a,c,theirs-too');
  });
});

async function identityShared(status: string): Promise<Condition | undefined> {
  const cluster = await hub.client.get(clusters, { name: 'm1' });
  const found = findCondition(cluster.status?.conditions, 'IdentityShared');
  return found?.status === status ? found : undefined;
}
