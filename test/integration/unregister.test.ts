import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunningAgent } from '../../agent/agent.ts';
import { unregister } from '../../agent/register/unregister.ts';
import type { UnregisterOptions } from '../../agent/register/unregister-options.ts';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, namespaces, secrets } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import { STATE_LABEL, works } from '../../shared/apis/work/v1alpha1.ts';
import { systemTimers } from '../../shared/client/timers.ts';
import { eventually } from '../framework/eventually.ts';
import { joinMember } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, namespaceManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/**
 * `pullet unregister` between a real hub, a real agent and its member. Each test finds the member joined under a name of its own (a real kube-apiserver
 * keeps a name closed as long as the certificates of the former agent last), with one Work applied.
 */

let world: World;
let hub: TestHub;
let member: TestMember;
let agent: RunningAgent;
let lines: string[];
let name: string;
let joins = 0;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
});

afterAll(() => world.stop());

beforeEach(async () => {
  name = `m${++joins}`;
  agent = await joinMember(world, hub, { ...member, name });
  lines = [];
  const manifests = [namespaceManifest('shop'), configMapManifest('shop', 'settings', { a: 'b' })];
  await hub.client.create(works, newWork(name, 'shop', manifests));
  await untilApplied(hub, name, 'shop');
});

async function leave(change: Partial<UnregisterOptions>): Promise<void> {
  const names = { clusterName: name, namespace: 'karmada-system', agentName: 'karmada-agent' };
  await unregister(
    { ...names, clusterNamespace: 'karmada-cluster', waitMs: 180_000, ...change },
    {
      hub: hub.client,
      member: member.client,
      newHubClient: () => Promise.reject(new Error('the hub is given')),
      print: (line) => lines.push(line),
      clock: systemTimers,
    },
    new AbortController().signal,
  );
  await agent.stop();
}

const settings = () => member.client.get(configMaps, { namespace: 'shop', name: 'settings' });
const isGone = (probe: Promise<unknown>): Promise<boolean> => probe.then(() => false, isNotFound);

async function expectGoneFromHub(): Promise<void> {
  expect(await isGone(hub.client.get(clusters, { name }))).toBe(true);
  await eventually('the name is free', () => isGone(hub.client.get(namespaces, { name: executionSpace(name) })));
}

test('keeping workloads, what was delivered goes on without the marks of delivery', async () => {
  await leave({ keepsWorkloads: true });
  const { metadata, data } = await settings();
  expect(data).toEqual({ a: 'b' });
  expect({ ...metadata.labels, ...metadata.annotations }).toEqual({});
  await expectGoneFromHub();
  await member.client.delete(namespaces, { name: 'shop' });
  await eventually('the namespace is gone', () => isGone(member.client.get(namespaces, { name: 'shop' })));
});

test('what was delivered goes before the cluster does', async () => {
  await leave({});
  expect(await isGone(settings())).toBe(true);
  await expectGoneFromHub();
});

test('forced, without an agent, what stays is said, and where', async () => {
  await agent.stop();
  await leave({ isForced: true, waitMs: 1000 });
  expect((await settings()).data).toEqual({ a: 'b' });
  expect(lines).toContain(
    `Work karmada-es-${name}/shop is given up: its 2 objects stay in the member, if they are there.`,
  );
  const { items } = await member.client.list(secrets, { namespace: 'karmada-system', labelSelector: STATE_LABEL });
  expect(items.length).toBeGreaterThan(0);
  expect(lines).toContainEqual(expect.stringMatching(/^Left behind in the member, as the record of what stays: /));
  await expectGoneFromHub();
});
