import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningAgent } from '../../agent/agent.ts';
import { clusters, executionSpace, FORCE_REMOVAL_ANNOTATION } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import { eventually, throughout } from '../framework/eventually.ts';
import { joinMember, untilReady } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { deliverShop } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** A cluster is removed while nobody is there to clean it up. The tests follow one another. */

let world: World;
let hub: TestHub;
let member: TestMember;
let agent: RunningAgent;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world, ['--cluster-monitor-grace-period=2s', '--cluster-startup-grace-period=2s']);
  member = await startTestMember(world, 'm1');
  agent = await joinMember(world, hub, member, ['--cluster-lease-duration=4s']);
  await deliverShop(hub, 'm1');
  await agent.stop();
  await untilReady(hub, 'm1', 'Unknown');
});

afterAll(() => world.stop());

const isGone = (probe: Promise<unknown>): Promise<boolean> => probe.then(() => false, isNotFound);
const getCluster = () => hub.client.get(clusters, { name: 'm1' });

test('the cluster waits for its agent, and its mailbox stays', async () => {
  await hub.client.delete(clusters, { name: 'm1' });
  await throughout('the cluster and its execution space are there', 1500, async () => {
    await getCluster();
    return !(await isGone(hub.client.get(namespaces, { name: executionSpace('m1') })));
  });
});

test('forced, it goes, and what was delivered stays in the member', async () => {
  const patch = { metadata: { annotations: { [FORCE_REMOVAL_ANNOTATION]: 'true' } } };
  await hub.client.patch(clusters, { name: 'm1' }, { type: 'merge', patch });
  await eventually('the cluster is gone', () => isGone(getCluster()));
  await eventually('its execution space is gone', () =>
    isGone(hub.client.get(namespaces, { name: executionSpace('m1') })),
  );
  const { data } = await member.client.get(configMaps, { namespace: 'shop', name: 'settings' });
  expect(data).toEqual({ a: 'b' });
});
