import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningAgent } from '../../agent/agent.ts';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { registerMember, startTestAgent } from '../framework/join.ts';
import { newCommandRunner } from '../framework/run-command.ts';
import { hubIsKube, startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, namespaceManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** What a member keeps though its hub has forgotten it, and what people decide about it. */

let world: World;
let hub: TestHub;
let member: TestMember;
let kubeconfig: string;
let agent: RunningAgent;
let run: (args: string[]) => Promise<string>;

beforeAll(async () => {
  world = await newWorld();
  run = newCommandRunner(world);
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
  kubeconfig = await registerMember(world, { hub, member });
  agent = await startTestAgent(world, member, kubeconfig);
});

afterAll(() => world.stop());

const configMapsOf = (namespace: string, ...names: string[]) =>
  names.map((name) => configMapManifest(namespace, name, { a: 'b' }));

async function namesIn(namespace: string): Promise<string[]> {
  const { items } = await member.client.list(configMaps, { namespace });
  return items.map(({ metadata }) => metadata.name ?? '').filter((name) => name !== 'kube-root-ca.crt');
}

async function orphanedCondition(): Promise<Condition | undefined> {
  const { status } = await hub.client.get(clusters, { name: 'm1' });
  return (status?.conditions as Condition[] | undefined)?.find(({ type }) => type === 'OrphanedObjects');
}

async function toldOfOrphans(): Promise<Condition | undefined> {
  const condition = await orphanedCondition();
  return condition?.status === 'True' ? condition : undefined;
}

const pullet = (line: string): Promise<string> => run([...line.split(' '), '--kubeconfig', hub.kubeconfig]);

/** The Work vanishes from the hub without its agent being asked: nobody is there to put the finalizer back. */
async function loseWork(name: string): Promise<void> {
  await agent.stop();
  const key = { namespace: executionSpace('m1'), name };
  await hub.client.patch(works, key, { type: 'merge', patch: { metadata: { finalizers: null } } });
  await hub.client.delete(works, key);
  await eventually('the Work is gone', () => hub.client.get(works, key).then(() => false, isNotFound));
  agent = await startTestAgent(world, member, kubeconfig);
}

describe('objects of a Work that vanished', () => {
  test('stay, are told of, and go or stay as a person decides', async () => {
    await hub.client.create(
      works,
      newWork('m1', 'shop', [namespaceManifest('shop'), ...configMapsOf('shop', 'a', 'b')]),
    );
    await untilApplied(hub, 'm1', 'shop');
    await loseWork('shop');
    const told = await eventually('the Cluster says so', toldOfOrphans);
    expect(told.message).toContain('3 objects in the cluster may not be deleted');
    const lines = await eventually('they are listed', async () => {
      const text = await pullet('get works --orphans');
      return text.includes('ConfigMap/shop/b') ? text : undefined;
    });
    expect(lines).toMatch(/m1 +ConfigMap\/shop\/a +shop +WorkMissing/);
    expect(await namesIn('shop')).toEqual(['a', 'b']);

    expect(await pullet('prune m1 ConfigMap/shop/a')).toBe('ConfigMap/shop/a of cluster m1 pruned\n');
    expect(await namesIn('shop')).toEqual(['b']);
    await pullet('adopt m1 --all');
    expect((await member.client.get(configMaps, { namespace: 'shop', name: 'b' })).metadata.labels ?? {}).toEqual({});
    await eventually(
      'the Cluster says that there are none',
      async () => (await orphanedCondition())?.status === 'False',
    );
    expect(await pullet('get works --orphans')).toBe('No orphaned objects found.\n');
  });

  test('are delivered again by a Work that names them, and says that it takes over what a person adopted', async () => {
    const again = newWork('m1', 'again', [namespaceManifest('shop'), configMapManifest('shop', 'b', { c: 'd' })]);
    const created = await hub.client.create(works, again);
    const key = { namespace: executionSpace('m1'), name: 'again' };
    const refusal = await eventually('it is told whose they are', async () => {
      const { status } = await hub.client.get(works, key);
      return status?.conditions?.find(({ type, status: is }) => type === 'Applied' && is === 'False')?.message;
    });
    expect(refusal).toContain('resource(kind=ConfigMap, shop/b) already exists in the cluster m1');
    expect(refusal).toContain('resource(kind=Namespace, /shop) already exists in the cluster m1');
    const annotations = { 'work.karmada.io/conflict-resolution': 'overwrite' };
    await hub.client.patch(works, key, {
      type: 'merge',
      patch: { metadata: { uid: created.metadata.uid, annotations } },
    });
    await untilApplied(hub, 'm1', 'again');
    const { data } = await member.client.get(configMaps, { namespace: 'shop', name: 'b' });
    expect(data, 'nothing of the former delivery goes').toEqual({ a: 'b', c: 'd' });
    await hub.client.delete(works, { namespace: executionSpace('m1'), name: 'again' });
    await eventually('all of it is gone', async () => (await namesIn('shop')).length === 0);
    await eventually('the Namespace, which was there before, is let go of', async () => {
      const { metadata } = await member.client.get(namespaces, { name: 'shop' });
      return !metadata.labels?.['karmada.io/managed'] && !metadata.deletionTimestamp;
    });
  });
});

test.skipIf(hubIsKube)('a hub that went back to an older copy of its files makes nothing go', async () => {
  const files = path.join(world.dir, 'hub');
  await hub.client.create(
    works,
    newWork('m1', 'old', [namespaceManifest('store'), ...configMapsOf('store', 'old', 'both')]),
  );
  await untilApplied(hub, 'm1', 'old');
  await hub.stop();
  await cp(files, `${files}-copy`, { recursive: true });
  await hub.start();
  const patch = {
    spec: { workload: { manifests: [namespaceManifest('store'), ...configMapsOf('store', 'both', 'late')] } },
  };
  await hub.client.patch(works, { namespace: executionSpace('m1'), name: 'old' }, { type: 'merge', patch });
  await hub.client.create(works, newWork('m1', 'new', [configMapManifest('default', 'new', { a: 'b' })]));
  await untilApplied(hub, 'm1', 'new');
  await eventually('the change is delivered', async () => (await namesIn('store')).join() === 'both,late');
  await hub.stop();
  await rm(files, { recursive: true });
  await cp(`${files}-copy`, files, { recursive: true });
  await hub.start();
  await eventually('what the hub knows again is back', async () => (await namesIn('store')).includes('old'));
  const listed = async (): Promise<string | undefined> => {
    const text = await pullet('get works --orphans');
    return /late/.test(text) && /default\/new/.test(text) ? text : undefined;
  };
  const told = await eventually('what it has forgotten is told', listed);
  expect(told).toMatch(/ConfigMap\/store\/late +old +HubChanged/);
  expect(told).toMatch(/ConfigMap\/default\/new +new +WorkMissing/);
  expect(await namesIn('store')).toEqual(['both', 'late', 'old']);
  await member.client.get(configMaps, { namespace: 'default', name: 'new' });
});
