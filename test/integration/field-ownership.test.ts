import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployments } from '../../shared/apis/apps/v1.ts';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually, throughout } from '../framework/eventually.ts';
import { joinMember } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, deploymentManifest, getWork, newWork, untilApplied } from '../framework/works.ts';
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

const keyOf = (name: string) => ({ namespace: 'default', name });
const getConfigMap = (name: string) => member.client.get(configMaps, keyOf(name));
const getReplicas = async (name: string) => (await member.client.get(deployments, keyOf(name))).spec?.replicas;

async function deliver(name: string, manifest: Unstructured): Promise<void> {
  await hub.client.create(works, newWork('m1', name, [manifest]));
  await untilApplied(hub, 'm1', name);
}

const setManifests = (name: string, manifests: Unstructured[]) =>
  hub.client.patch(
    works,
    { name, namespace: executionSpace('m1') },
    { type: 'merge', patch: { spec: { workload: { manifests } } } },
  );

async function condition(name: string, type: string) {
  const { status } = await getWork(hub, 'm1', name);
  return status?.conditions?.find((one) => one.type === type);
}

function annotated(manifest: Unstructured, annotations: Record<string, string>): Unstructured {
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

describe('a field that a Work names', () => {
  test('and a manager takes back three times is set back, and the Work says who and which', async () => {
    await deliver('contested', configMapManifest('default', 'contested', { color: 'blue', size: 's' }));
    expect(await condition('contested', 'Degraded')).toMatchObject({ status: 'False', reason: 'FieldsUncontested' });
    for (const color of ['red', 'green', 'white']) {
      const patch = { data: { color } };
      await member.client.patch(
        configMaps,
        keyOf('contested'),
        { type: 'merge', patch },
        { fieldManager: 'rival', force: false },
      );
      await eventually(
        `${color} is blue again`,
        async () => (await getConfigMap('contested')).data?.['color'] === 'blue',
      );
    }
    const degraded = await eventually('the Work says so', async () => {
      const found = await condition('contested', 'Degraded');
      return found?.status === 'True' ? found : undefined;
    });
    expect(degraded).toMatchObject({
      reason: 'FieldsContested',
      message: 'ConfigMap default/contested: "rival" keeps taking back .data.color from this Work',
    });
  });

  test('and leaves to others counts when the object is made, and is theirs then', async () => {
    const ignore = { 'pullet.io/ignore-fields': '/spec/replicas, /spec/template/spec/containers/0/image' };
    await deliver('left', annotated(deploymentManifest('default', 'left', 3), ignore));
    expect(await getReplicas('left')).toBe(3);
    const containers = [{ name: 'web', image: 'nginx:1.30' }];
    await member.client.patch(deployments, keyOf('left'), {
      type: 'strategic',
      patch: { spec: { replicas: 5, template: { spec: { containers } } } },
    });
    await setManifests('left', [
      annotated(deploymentManifest('default', 'left', 4), ignore),
      configMapManifest('default', 'left-too', {}),
    ]);
    await eventually('the change is delivered', () => getConfigMap('left-too'));
    await throughout('theirs', 300, async () => (await getReplicas('left')) === 5);
    const { spec } = await member.client.get(deployments, keyOf('left'));
    expect(spec?.template?.spec?.containers?.[0]?.image).toBe('nginx:1.30');
  });

  test('and comes to leave to others keeps its value, until they change it', async () => {
    const manifest = deploymentManifest('default', 'let-go', 4);
    await deliver('let-go', manifest);
    await setManifests('let-go', [annotated(manifest, { 'pullet.io/ignore-fields': '/spec/replicas' })]);
    await eventually('the annotation is delivered', async () => {
      const { metadata } = await member.client.get(deployments, keyOf('let-go'));
      const ours = metadata.managedFields?.find(({ manager }) => manager === 'pullet-agent');
      return !Object.hasOwn((ours?.fieldsV1?.['f:spec'] as object) ?? {}, 'f:replicas');
    });
    expect(await getReplicas('let-go')).toBe(4);
    await member.client.patch(deployments, keyOf('let-go'), { type: 'merge', patch: { spec: { replicas: 7 } } });
    await throughout('theirs', 300, async () => (await getReplicas('let-go')) === 7);
  });

  test('and takes back, while it comes to leave another, never has its default meanwhile', async () => {
    const ignoring = (pointer: string, replicas: number): Unstructured =>
      annotated(deploymentManifest('default', 'swapped', replicas), { 'pullet.io/ignore-fields': pointer });
    await deliver('swapped', ignoring('/spec/replicas', 3));
    const seen = new Set<number | undefined>();
    const { resourceVersion = '' } = (await member.client.get(deployments, keyOf('swapped'))).metadata;
    const end = new AbortController();
    const options = { namespace: 'default', fieldSelector: 'metadata.name=swapped', resourceVersion };
    const watching = (async () => {
      for await (const event of member.client.watch(deployments, options, end.signal)) {
        if (event.type === 'MODIFIED') seen.add(event.object.spec?.replicas);
      }
    })().catch(() => undefined); // ended by the test
    await setManifests('swapped', [ignoring('/spec/template/spec/containers/0/image', 4)]);
    await eventually('the Work has its replicas back', () => seen.has(4));
    end.abort();
    await watching;
    expect([...seen].filter((replicas) => replicas !== 3)).toEqual([4]);
  });

  test('that can not be changed is told, and the object made again only where the manifest asks for it', async () => {
    const frozen = (color: string): Unstructured => ({
      ...configMapManifest('default', 'frozen', { color }),
      immutable: true,
    });
    await deliver('frozen', frozen('blue'));
    const before = await getConfigMap('frozen');
    await setManifests('frozen', [frozen('red')]);
    const { status } = await untilApplied(hub, 'm1', 'frozen', 'False');
    const applied = status?.conditions?.find(({ type }) => type === 'Applied');
    expect(applied?.message).toContain('ConfigMap default/frozen');
    expect(applied?.message).toContain('pullet.io/recreate: on-immutable-change');
    expect((await getConfigMap('frozen')).metadata.uid).toBe(before.metadata.uid);

    await setManifests('frozen', [annotated(frozen('red'), { 'pullet.io/recreate': 'on-immutable-change' })]);
    await eventually('it is made again', async () => (await getConfigMap('frozen')).data?.['color'] === 'red');
    expect((await getConfigMap('frozen')).metadata.uid).not.toBe(before.metadata.uid);
    await untilApplied(hub, 'm1', 'frozen');
  });

  test("and that Karmada's agent wrote is taken over, and taken away with the manifest's", async () => {
    const manifest = configMapManifest('default', 'inherited', { kept: 'a', dropped: 'b' });
    const metadata = {
      ...manifest.metadata,
      labels: { 'karmada.io/managed': 'true' },
      annotations: { 'work.karmada.io/name': 'inherited', 'work.karmada.io/namespace': executionSpace('m1') },
    };
    await member.client.create(configMaps, { ...manifest, metadata }, { fieldManager: 'karmada-agent' });
    await member.client.patch(
      configMaps,
      keyOf('inherited'),
      { type: 'merge', patch: { data: { other: 'theirs' } } },
      { fieldManager: 'somebody' },
    );
    await deliver('inherited', configMapManifest('default', 'inherited', { kept: 'a' }));
    const live = await getConfigMap('inherited');
    expect(live.data).toEqual({ kept: 'a', other: 'theirs' });
    expect(live.metadata.managedFields?.map(({ manager }) => manager).sort()).toEqual(['pullet-agent', 'somebody']);
  });
});
