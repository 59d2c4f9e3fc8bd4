import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { type ConfigMap, configMaps } from '../../shared/apis/core/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { type HubProcess, startHubProcess } from '../framework/hub-process.ts';
import { joinMember } from '../framework/join.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, deliverShop, namespaceManifest } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** kill -9 on the hub with the embedded API, under load. */

let world: World;
let hub: HubProcess;
let member: TestMember;

beforeAll(async () => {
  world = await newWorld();
  hub = await startHubProcess(world);
  member = await startTestMember(world, 'm1');
  await joinMember(world, hub, member, ['--cluster-lease-duration=4s']);
  await deliverShop(hub, 'm1');
});

afterAll(() => world.stop());

const newConfigMap = (name: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
});

/** Writes without pause, several at a time, until writing fails; the names and versions of all that was answered are added to `answered`. */
async function writeUntilItFails(run: number, answered: Map<string, string>): Promise<void> {
  const writer = async (number: number): Promise<void> => {
    for (let index = 0; ; index++) {
      const name = `run${run}-${number}-${index}`;
      const { metadata } = await hub.client.create(configMaps, newConfigMap(name));
      answered.set(name, metadata.resourceVersion ?? '');
    }
  };
  await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(writer));
}

describe('a hub that is killed', () => {
  test.each([1, 2, 3])('in the middle of many writes has every answered one when it is back (%i)', async (run) => {
    const answered = new Map<string, string>();
    const writing = writeUntilItFails(run, answered);
    await eventually('many are written', () => answered.size > 100);
    await hub.kill();
    await writing;
    await hub.start();
    const { items, metadata } = await hub.client.list(configMaps, { namespace: 'default' });
    const kept = new Map(items.map((item) => [item.metadata.name ?? '', item.metadata.resourceVersion ?? '']));
    const lost = [...answered].filter(([name, version]) => kept.get(name) !== version);
    expect(lost).toEqual([]);
    const newest = Math.max(...[...answered.values()].map(Number));
    expect(Number(metadata.resourceVersion)).toBeGreaterThanOrEqual(newest);
  });

  test('is found again by its agents, which go on where they were', async () => {
    const before = await hub.client.get(clusters, { name: 'm1' });
    await hub.kill();
    await hub.start();
    expect((await hub.client.get(clusters, { name: 'm1' })).metadata.uid).toBe(before.metadata.uid);
    const leaseKey = { name: 'm1', namespace: 'karmada-cluster' };
    const { spec } = await hub.client.get(leases, leaseKey);
    await eventually('the heartbeat goes on', async () => {
      const now = await hub.client.get(leases, leaseKey);
      return now.spec?.renewTime !== spec?.renewTime;
    });
    const manifests = [namespaceManifest('shop'), configMapManifest('shop', 'settings', { a: 'new' })];
    const patch = { spec: { workload: { manifests } } };
    await hub.client.patch(works, { namespace: executionSpace('m1'), name: 'shop' }, { type: 'merge', patch });
    await eventually('a change is delivered', async () => {
      const { data } = await member.client.get(configMaps, { namespace: 'shop', name: 'settings' });
      return data?.['a'] === 'new';
    });
  });
});
