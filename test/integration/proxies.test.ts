import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { type ConnectProxy, startConnectProxy } from '../framework/connect-proxy.ts';
import { registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { joinPushMember, QUICK_PUSH } from '../framework/push.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** Clusters with a proxy between them and the hub, in both modes. The tests follow one another. */

let world: World;
let hub: TestHub;
let member: TestMember;
let proxy: ConnectProxy;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world, [...QUICK_PUSH]);
  member = await startTestMember(world, 'm1');
  proxy = await startConnectProxy({ auth: 'me:word' });
  world.onStop('proxy', proxy.close);
});

afterAll(() => world.stop());

const proxyUrl = (): string => proxy.url.replace('//', '//me:word@');

test('an agent that registered through a proxy works through it, and again after the proxy has cut it off', async () => {
  const kubeconfig = await registerMember(world, { hub, member, proxyUrl: proxyUrl() });
  const agent = await startTestAgent(world, member, kubeconfig);
  await untilReady(hub, 'm1', 'True');
  const before = proxy.asked.length;
  proxy.cut();
  const manifests = [configMapManifest('default', 'through', { a: 'b' })];
  await hub.client.create(works, newWork('m1', 'through', manifests));
  await untilApplied(hub, 'm1', 'through');
  expect(proxy.asked.length).toBeGreaterThan(before);
  expect(new Set(proxy.asked)).toEqual(new Set([hub.endpoint]));
  await agent.stop();
});

test('a push-mode cluster is dialled through the proxy of its kubeconfig', async () => {
  const other = await startTestMember(world, 'push1');
  const kubeconfig = path.join(world.dir, 'proxied.kubeconfig');
  const text = await readFile(other.kubeconfig, 'utf8');
  await writeFile(kubeconfig, text.replace(/^( *)server:/m, `$1proxy-url: ${proxyUrl()}\n$1server:`));
  const printed = await joinPushMember(world, { hub, member: other }, { member: { kubeconfig } });
  expect(printed).toMatch(/warning: the proxy-url of the kubeconfig has a password.*joined successfully/s);
  await untilReady(hub, 'push1', 'True');
  const { spec } = await hub.client.get(clusters, { name: 'push1' });
  expect(spec.proxyURL).toBe(proxyUrl());
  expect(proxy.asked).toContain(new URL(other.server).host);
});
