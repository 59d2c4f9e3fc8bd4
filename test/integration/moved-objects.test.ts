import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import { WORK_NAME_ANNOTATION, works } from '../../shared/apis/work/v1alpha1.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { eventually } from '../framework/eventually.ts';
import { joinMember } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { namespaceManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

let world: World;
let hub: TestHub;
let member: TestMember;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
  await joinMember(world, hub, member);
});

afterAll(() => world.stop());

const workKey = (name: string) => ({ name, namespace: executionSpace('m1') });

describe('a Namespace that another Work names stays, with what others have in it,', () => {
  test.each<[string, (work: string) => Promise<unknown>]>([
    [
      'when the first no longer names it',
      (work) =>
        hub.client.patch(works, workKey(work), { type: 'merge', patch: { spec: { workload: { manifests: [] } } } }),
    ],
    ['when the first is deleted', (work) => hub.client.delete(works, workKey(work))],
  ])('%s', async (how, letGo) => {
    const name = how.replaceAll(/[^a-z]+/g, '-');
    await hub.client.create(works, newWork('m1', `${name}-old`, [namespaceManifest(name)]));
    await untilApplied(hub, 'm1', `${name}-old`);
    const before = await member.client.get(namespaces, { name });
    await member.client.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'theirs', namespace: name },
    });
    await hub.client.create(works, newWork('m1', `${name}-new`, [namespaceManifest(name)]));
    await untilApplied(hub, 'm1', `${name}-new`, 'False');
    await letGo(`${name}-old`);
    await untilApplied(hub, 'm1', `${name}-new`);
    const { metadata } = await member.client.get(namespaces, { name });
    expect([metadata.uid, metadata.deletionTimestamp]).toEqual([before.metadata.uid, undefined]);
    expect(metadata.annotations?.[WORK_NAME_ANNOTATION]).toBe(`${name}-new`);
    expect(await getIfPresent(member.client, configMaps, { namespace: name, name: 'theirs' })).toBeDefined();
    await hub.client.delete(works, workKey(`${name}-new`));
    await eventually('it goes with the Work that has it now', async () => {
      const left = await getIfPresent(member.client, namespaces, { name });
      return left === undefined || left.metadata.deletionTimestamp !== undefined;
    });
  });
});
