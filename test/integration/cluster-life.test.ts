import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningAgent } from '../../agent/agent.ts';
import { type Cluster, clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import { clusterRoles } from '../../shared/apis/rbac/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { joinMember, registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { deliverShop } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** A cluster falls silent, comes back, and leaves. The tests follow one another. */

let world: World;
let hub: TestHub;
let member: TestMember;
let agent: RunningAgent;
let agentKubeconfig: string;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world, ['--cluster-monitor-grace-period=3s', '--cluster-startup-grace-period=3s']);
  member = await startTestMember(world, 'm1');
  agentKubeconfig = await registerMember(world, { hub, member });
  agent = await startTestAgent(world, member, agentKubeconfig, ['--cluster-lease-duration=4s']);
  await untilReady(hub, 'm1', 'True');
  await deliverShop(hub, 'm1');
});

afterAll(() => world.stop());

const getCluster = (): Promise<Cluster> => hub.client.get(clusters, { name: 'm1' });
const taintsOf = ({ spec }: Cluster): string[] => (spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
const settings = () => member.client.get(configMaps, { namespace: 'shop', name: 'settings' });
const isGone = (probe: Promise<unknown>): Promise<boolean> =>
  probe.then(
    () => false,
    (error: unknown) => isNotFound(error),
  );

test('the heartbeat is renewed', async () => {
  const key = { name: 'm1', namespace: 'karmada-cluster' };
  const before = await hub.client.get(leases, key);
  await eventually('a later renewal', async () => {
    const now = await hub.client.get(leases, key);
    return now.spec?.renewTime !== before.spec?.renewTime;
  });
});

test('without a heartbeat the cluster becomes Unknown and tainted, and nothing is deleted', async () => {
  await agent.stop();
  await untilReady(hub, 'm1', 'Unknown');
  const ready = (await getCluster()).status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready?.reason).toBe('ClusterStatusUnknown');
  await eventually('the taint', async () =>
    taintsOf(await getCluster()).includes('cluster.karmada.io/unreachable:NoSchedule'),
  );
  expect((await settings()).data).toEqual({ a: 'b' });
  await hub.client.get(works, { namespace: executionSpace('m1'), name: 'shop' });
});

test('with the agent back it is Ready and the taint goes', async () => {
  agent = await startTestAgent(world, member, agentKubeconfig, ['--cluster-lease-duration=4s']);
  await untilReady(hub, 'm1', 'True');
  await eventually('no taint', async () => taintsOf(await getCluster()).length === 0);
});

test('a cluster that is deleted loses its Works first, then its mailbox and rights', async () => {
  await hub.client.delete(clusters, { name: 'm1' });
  await eventually('the object in the member is gone', () => isGone(settings()));
  await eventually('the cluster is gone', () => isGone(getCluster()));
  expect(await isGone(hub.client.get(namespaces, { name: executionSpace('m1') }))).toBe(true);
  expect(await isGone(hub.client.get(clusterRoles, { name: 'system:karmada:m1:agent' }))).toBe(true);
});

test('the same member can join again', async () => {
  await agent.stop();
  await joinMember(world, hub, member);
});
