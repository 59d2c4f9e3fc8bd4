import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stampOf } from '../../agent/work/lease-stamp.ts';
import { CLUSTER_NAMESPACE, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { startAgentProcess } from '../framework/agent-process.ts';
import { eventually } from '../framework/eventually.ts';
import { registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { keptMark } from '../framework/kept-mark.ts';
import { startLink } from '../framework/link.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, namespaceManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** Every second. */
const HEARTBEAT = '--cluster-lease-duration=4s';

let world: World;
let hub: TestHub;
let member: TestMember;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world, ['--cluster-monitor-grace-period=4s', '--cluster-startup-grace-period=4s']);
  member = await startTestMember(world, 'm1');
});

afterAll(() => world.stop());

/** How long a lease is good for, and everything else in proportion. */
const QUICK = ['lease-duration=3s', 'renew-deadline=2s', 'retry-period=500ms'].map((flag) => `--leader-elect-${flag}`);

const holder = async ({ client }: TestMember = member) => {
  const lease = await client.get(leases, { namespace: 'karmada-system', name: 'pullet-agent' });
  return lease.spec?.holderIdentity || undefined;
};

test('of two agents of one member one leads, and the other takes over as soon as it stops', async () => {
  const kubeconfig = await registerMember(world, { hub, member });
  const first = await startTestAgent(world, member, kubeconfig, [HEARTBEAT]);
  const leader = await eventually('the first leads', () => holder());
  await startTestAgent(world, member, kubeconfig, [HEARTBEAT]);
  await untilReady(hub, 'm1', 'True');
  expect(await holder()).toBe(leader);
  await first.stop();
  await eventually('the second leads', async () => {
    const now = await holder();
    return now !== undefined && now !== leader;
  });
  const manifests = [namespaceManifest('shop'), configMapManifest('shop', 'settings', { a: 'b' })];
  const { metadata } = await hub.client.create(works, newWork('m1', 'shop', manifests));
  await eventually('the second delivers', async () => {
    const { data } = await member.client.get(configMaps, { namespace: 'shop', name: 'settings' });
    return data?.['a'] === 'b';
  });
  await eventually('its heartbeat says how far it has seen the hub, and the member has that too', async () => {
    const stamp = stampOf(await hub.client.get(leases, { namespace: CLUSTER_NAMESPACE, name: 'm1' }));
    const kept = (await keptMark(member.client))?.lease;
    return Number(stamp.seen) >= Number(metadata.resourceVersion) && isDeepStrictEqual(kept, stamp);
  });
});

test('a leader that is killed has a successor, which goes on with its Works and does nothing twice', async () => {
  const shared = await startTestMember(world, 'm3');
  const kubeconfig = await registerMember(world, { hub, member: shared });
  const first = startAgentProcess(world, shared, kubeconfig, [HEARTBEAT, ...QUICK]);
  const leader = await eventually('the first leads', () => holder(shared));
  const manifests = [namespaceManifest('shop'), configMapManifest('shop', 'settings', { a: 'b' })];
  await hub.client.create(works, newWork('m3', 'shop', manifests));
  await untilApplied(hub, 'm3', 'shop');
  const settings = () => shared.client.get(configMaps, { namespace: 'shop', name: 'settings' });
  const before = await settings();
  startAgentProcess(world, shared, kubeconfig, [HEARTBEAT, ...QUICK]);
  await first.kill();
  await eventually('the second leads', async () => {
    const now = await holder(shared);
    return now !== undefined && now !== leader;
  });
  await hub.client.create(works, newWork('m3', 'late', [configMapManifest('shop', 'late', { a: 'b' })]));
  await untilApplied(hub, 'm3', 'late');
  expect((await settings()).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  const drift = { type: 'merge', patch: { data: { a: 'drifted' } } } as const;
  await shared.client.patch(configMaps, { namespace: 'shop', name: 'settings' }, drift);
  await eventually('drift is undone', async () => (await settings()).data?.['a'] === 'b');
  await untilReady(hub, 'm3', 'True');
});

test('an agent whose member does not answer loses its lease there, and tells the hub that, not nothing', async () => {
  const far = await startTestMember(world, 'm2');
  const link = await startLink(world, far);
  const kubeconfig = await registerMember(world, { hub, member: far });
  const near = { ...far, kubeconfig: await link.kubeconfigFrom(far.kubeconfig) };
  await startTestAgent(world, near, kubeconfig, [HEARTBEAT, ...QUICK]);
  await untilReady(hub, 'm2', 'True');
  link.cut();
  const cutAt = Date.now();
  await untilReady(hub, 'm2', 'False');
  await eventually('a heartbeat after the lease and the hub’s patience are over', async () => {
    const { spec } = await hub.client.get(leases, { namespace: 'karmada-cluster', name: 'm2' });
    return Date.parse(spec?.renewTime ?? '') > cutAt + 7000;
  });
  await eventually('it says that the member can not be reached', async () => {
    const { status } = await hub.client.get(clusters, { name: 'm2' });
    return status?.conditions?.some(({ type, reason }) => type === 'Ready' && reason === 'ClusterNotReachable');
  });
  link.join();
  await untilReady(hub, 'm2', 'True');
  const manifests = [namespaceManifest('shop'), configMapManifest('shop', 'settings', { a: 'b' })];
  await hub.client.create(works, newWork('m2', 'shop', manifests));
  await untilApplied(hub, 'm2', 'shop');
});
