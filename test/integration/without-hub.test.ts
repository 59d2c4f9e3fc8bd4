import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, secrets } from '../../shared/apis/core/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { type Link, startLink } from '../framework/link.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, namespaceManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** An agent that starts while the hub can't be reached. */

let world: World;
let hub: TestHub;
let link: Link;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  link = await startLink(world, hub);
});

afterAll(() => world.stop());

const settingsOf = async ({ client }: TestMember) =>
  (await client.get(configMaps, { namespace: 'shop', name: 'settings' })).data?.['a'];

/** A member with a Work, whose agent has stopped. */
async function newMember(name: string, flags: string[]): Promise<{ member: TestMember; kubeconfig: string }> {
  const member = await startTestMember(world, name);
  const kubeconfig = await link.kubeconfigFrom(await registerMember(world, { hub, member }));
  const agent = await startTestAgent(world, member, kubeconfig, flags);
  const manifests = [namespaceManifest('shop'), configMapManifest('shop', 'settings', { a: 'b' })];
  await hub.client.create(works, newWork(name, 'shop', manifests));
  await untilApplied(hub, name, 'shop');
  await agent.stop();
  return { member, kubeconfig };
}

test('keeps what it was told last, from Secrets of the member or from a directory, and goes on when the hub is back', async () => {
  const dir = `--state-dir=${path.join(world.dir, 'state')}`;
  const [secret, directory] = await Promise.all([newMember('m1', []), newMember('m2', [dir])]);
  const members = [secret.member, directory.member];
  link.cut();
  for (const { client } of members) await client.delete(configMaps, { namespace: 'shop', name: 'settings' });
  await startTestAgent(world, secret.member, secret.kubeconfig);
  await startTestAgent(world, directory.member, directory.kubeconfig, [dir]);
  await Promise.all(members.map(untilKept));

  const manifests = [namespaceManifest('shop'), configMapManifest('shop', 'settings', { a: 'new' })];
  const patch = { spec: { workload: { manifests } } };
  for (const { name } of members) {
    await hub.client.patch(works, { namespace: executionSpace(name), name: 'shop' }, { type: 'merge', patch });
  }
  link.join();
  for (const member of members) {
    await eventually(`news reach ${member.name}`, async () => (await settingsOf(member)) === 'new');
    await untilReady(hub, member.name, 'True');
    expect((await secretsOf(member)).length > 0).toBe(member === secret.member);
  }
});

async function untilKept(member: TestMember): Promise<void> {
  const isKept = async (): Promise<boolean> => (await settingsOf(member)) === 'b';
  await eventually(`what was deleted in ${member.name} is back`, isKept);
  const patch = { data: { a: 'drifted' } };
  await member.client.patch(configMaps, { namespace: 'shop', name: 'settings' }, { type: 'merge', patch });
  await eventually(`drift in ${member.name} is undone`, async () => (await settingsOf(member)) === 'b');
}

async function secretsOf({ client }: TestMember): Promise<string[]> {
  const { items } = await client.list(secrets, { labelSelector: 'pullet.io/state' });
  return items.map(({ metadata }) => metadata.name ?? '');
}
