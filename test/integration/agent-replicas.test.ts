import { afterAll, beforeAll, expect, test } from 'vitest';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, namespaceManifest, newWork } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

let world: World;
let hub: TestHub;
let member: TestMember;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
});

afterAll(() => world.stop());

const holder = async () => {
  const lease = await member.client.get(leases, { namespace: 'karmada-system', name: 'pullet-agent' });
  return lease.spec?.holderIdentity || undefined;
};

test('of two agents of one member one leads, and the other takes over as soon as it stops', async () => {
  const kubeconfig = await registerMember(world, { hub, member });
  const first = await startTestAgent(world, member, kubeconfig);
  const leader = await eventually('the first leads', holder);
  await startTestAgent(world, member, kubeconfig);
  await untilReady(hub, 'm1', 'True');
  expect(await holder()).toBe(leader);
  await first.stop();
  await eventually('the second leads', async () => {
    const now = await holder();
    return now !== undefined && now !== leader;
  });
  const manifests = [namespaceManifest('shop'), configMapManifest('shop', 'settings', { a: 'b' })];
  await hub.client.create(works, newWork('m1', 'shop', manifests));
  await eventually('the second delivers', async () => {
    const { data } = await member.client.get(configMaps, { namespace: 'shop', name: 'settings' });
    return data?.['a'] === 'b';
  });
});
