import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { joinMember } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, deliverShop, namespaceManifest } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

let world: World;
let hub: TestHub;
let member: TestMember;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
  await joinMember(world, hub, member, ['--cluster-lease-duration=4s']);
  await deliverShop(hub, 'm1');
});

afterAll(() => world.stop());

const settings = async () => (await member.client.get(configMaps, { namespace: 'shop', name: 'settings' })).data;

test('a hub that was stopped and started again has everything, and its agents carry on by themselves', async () => {
  const before = await hub.client.get(clusters, { name: 'm1' });
  await hub.stop();
  const patch = { data: { a: 'changed while the hub was away' } };
  await member.client.patch(configMaps, { namespace: 'shop', name: 'settings' }, { type: 'merge', patch });
  await eventually('drift is undone without the hub', async () => (await settings())?.['a'] === 'b');
  await hub.start();

  const after = await hub.client.get(clusters, { name: 'm1' });
  expect(after.metadata.uid).toBe(before.metadata.uid);
  expect(Number(after.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(before.metadata.resourceVersion));
  const lease = await hub.client.get(leases, { name: 'm1', namespace: 'karmada-cluster' });
  await eventually('the heartbeat goes on', async () => {
    const now = await hub.client.get(leases, { name: 'm1', namespace: 'karmada-cluster' });
    return now.spec?.renewTime !== lease.spec?.renewTime;
  });
  const manifests = [namespaceManifest('shop'), configMapManifest('shop', 'settings', { a: 'new' })];
  const key = { namespace: executionSpace('m1'), name: 'shop' };
  await hub.client.patch(works, key, { type: 'merge', patch: { spec: { workload: { manifests } } } });
  await eventually('a change is delivered', async () => (await settings())?.['a'] === 'new');
});
