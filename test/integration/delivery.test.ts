import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import { deployments } from '../../shared/apis/apps/v1.ts';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import { EXECUTION_FINALIZER, works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually, throughout } from '../framework/eventually.ts';
import { joinMember } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import {
  configMapManifest,
  deploymentManifest,
  getWork,
  namespaceManifest,
  newWork,
  untilApplied,
} from '../framework/works.ts';
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

const data = (namespace: string, name: string) =>
  member.client.get(configMaps, { namespace, name }).then((object) => object.data);

const isGone = (probe: Promise<unknown>) =>
  probe.then(
    () => false,
    (error: unknown) => isNotFound(error),
  );

describe('a Work', () => {
  test('whose manifests are in the wrong order is applied, and each manifest has its own status and health', async () => {
    const manifests = [
      deploymentManifest('shop', 'web'),
      configMapManifest('shop', 'settings', { color: 'blue' }),
      namespaceManifest('shop'),
    ];
    await hub.client.create(works, newWork('m1', 'shop', manifests));
    await untilApplied(hub, 'm1', 'shop');
    const healthy = await eventually('every manifest is healthy', async () => {
      const { status } = await getWork(hub, 'm1', 'shop');
      const all = status?.manifestStatuses ?? [];
      return all.length === 3 && all.every(({ health }) => health === 'Healthy') ? all : undefined;
    });
    expect(healthy.map(({ identifier }) => [identifier.ordinal, identifier.kind, identifier.name])).toEqual([
      [0, 'Deployment', 'web'],
      [1, 'ConfigMap', 'settings'],
      [2, 'Namespace', 'shop'],
    ]);
    expect(await data('shop', 'settings')).toEqual({ color: 'blue' });
  });

  test('undoes a change made in the member', async () => {
    const patch = { data: { color: 'red' } };
    await member.client.patch(configMaps, { namespace: 'shop', name: 'settings' }, { type: 'merge', patch });
    await eventually('the color is blue again', async () => (await data('shop', 'settings'))?.['color'] === 'blue');
  });

  test('brings back what was deleted in the member', async () => {
    const before = await member.client.get(configMaps, { namespace: 'shop', name: 'settings' });
    await member.client.delete(configMaps, { namespace: 'shop', name: 'settings' });
    await eventually('the config map is there again', async () => {
      const now = await member.client.get(configMaps, { namespace: 'shop', name: 'settings' });
      return now.metadata.uid !== before.metadata.uid;
    });
  });

  test('leaves fields alone that it does not name', async () => {
    const key = { namespace: 'shop', name: 'web' };
    const patch = { metadata: { annotations: { mine: 'yes' } } };
    await member.client.patch(deployments, key, { type: 'merge', patch });
    await throughout('the annotation is there', 500, async () => {
      const { metadata } = await member.client.get(deployments, key);
      return metadata.annotations?.['mine'] === 'yes';
    });
  });

  test('that changes changes its objects, and takes away those that it no longer names', async () => {
    const key = { name: 'shop', namespace: executionSpace('m1') };
    const manifests = [
      namespaceManifest('shop'),
      configMapManifest('shop', 'settings', { color: 'green' }),
      configMapManifest('shop', 'more', { a: 'b' }),
    ];
    await hub.client.patch(works, key, { type: 'merge', patch: { spec: { workload: { manifests } } } });
    await eventually('the new color', async () => (await data('shop', 'settings'))?.['color'] === 'green');
    await eventually('the new object', () => data('shop', 'more'));
    await eventually('the deployment is gone', () =>
      isGone(member.client.get(deployments, { namespace: 'shop', name: 'web' })),
    );
  });

  test('with one bad manifest applies the others and says what is wrong', async () => {
    const bad = { ...configMapManifest('shop', 'Not_A_Name', {}), data: { a: 'b' } };
    await hub.client.create(works, newWork('m1', 'half', [bad, configMapManifest('shop', 'good', { a: 'b' })]));
    const work = await untilApplied(hub, 'm1', 'half', 'False');
    expect(await data('shop', 'good')).toEqual({ a: 'b' });
    const applied = work.status?.conditions?.find(({ type }) => type === 'Applied');
    expect(applied).toMatchObject({ reason: 'AppliedFailed' });
    expect(applied?.message).toContain('Not_A_Name');
  });

  test('that waits for a kind is applied as soon as somebody brings that to the member', async () => {
    const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { namespace: 'default', name: 'w' } };
    await hub.client.create(works, newWork('m1', 'widget', [widget]));
    const { status } = await untilApplied(hub, 'm1', 'widget', 'False');
    const applied = status?.conditions?.find(({ type }) => type === 'Applied');
    expect(applied?.message).toContain('Widget default/w: no matches for kind "Widget"');
    const schema = { openAPIV3Schema: { type: 'object' as const } };
    await member.client.create(customResourceDefinitions, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        names,
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    });
    await untilApplied(hub, 'm1', 'widget');
  });

  test('written by hand, without the finalizer, gets it before anything is applied', async () => {
    const work = newWork('m1', 'by-hand', [configMapManifest('shop', 'by-hand', { a: 'b' })]);
    const { finalizers: _, ...metadata } = work.metadata;
    await hub.client.create(works, { ...work, metadata });
    await eventually('it is applied', () => data('shop', 'by-hand'));
    expect((await getWork(hub, 'm1', 'by-hand')).metadata.finalizers).toContain(EXECUTION_FINALIZER);
  });

  test('does not touch an object that is not its own', async () => {
    await member.client.create(configMaps, {
      ...configMapManifest('shop', 'theirs', {}),
      data: { owner: 'them' },
    });
    await hub.client.create(works, newWork('m1', 'theirs', [configMapManifest('shop', 'theirs', { owner: 'us' })]));
    await untilApplied(hub, 'm1', 'theirs', 'False');
    expect(await data('shop', 'theirs')).toEqual({ owner: 'them' });
  });

  test('that is deleted takes its objects along, and only then is gone', async () => {
    for (const name of ['half', 'by-hand', 'theirs', 'shop']) {
      await hub.client.delete(works, { name, namespace: executionSpace('m1') });
    }
    for (const name of ['half', 'by-hand', 'theirs', 'shop']) {
      await eventually(`work ${name} is gone`, () => isGone(getWork(hub, 'm1', name)));
    }
    expect(await isGone(member.client.get(namespaces, { name: 'shop' }))).toBe(true);
  });
});
