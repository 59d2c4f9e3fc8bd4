import { beforeEach, describe, expect, test } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { configMap, deployment, FINALIZER, putWork, SPACE, settle } from './delivery-fixture.ts';
import { begin, condition, work, world } from './delivery-scene.ts';

/** What goes with its Work, and how long that is waited for. */

beforeEach(begin);

/** Those of Karmada's hub, besides those that every agent writes. */
const LABELS = [
  'work.karmada.io/permanent-id',
  'resourcebinding.karmada.io/permanent-id',
  'clusterresourcebinding.karmada.io/permanent-id',
];
const ANNOTATIONS = [
  'resourcetemplate.karmada.io/uid',
  'resourcetemplate.karmada.io/generation',
  'resourcetemplate.karmada.io/managed-annotations',
  'resourcetemplate.karmada.io/managed-labels',
  'resourcebinding.karmada.io/name',
  'resourcebinding.karmada.io/namespace',
  'clusterresourcebinding.karmada.io/name',
];
const marked = (keys: string[]): Record<string, string> => Object.fromEntries(keys.map((key) => [key, '1']));

describe('a Work that is deleted', () => {
  test('takes its objects with it, waits until they are gone, and lets go only then', async () => {
    const manifest = deployment('d');
    putWork(world, [configMap('a'), manifest], { metadata: { finalizers: ['other', FINALIZER] } });
    await settle(world);
    const held = world.member.get('deployments', 'default/d')!;
    world.member.put('deployments', { ...held, metadata: { ...held.metadata, finalizers: ['hold'] } });
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, 3000);
    expect(work()?.metadata.finalizers).toEqual(['other', FINALIZER]);
    expect(condition('Progressing')).toMatchObject({
      status: 'True',
      reason: 'WaitingForDeletion',
      message:
        'Waiting until these are gone from the cluster: Deployment default/d (held by finalizer hold), ConfigMap default/a (after the others)',
    });
    expect(world.member.get('configmaps', 'default/a'), 'deleted after what may need it').toBeDefined();
    const live = world.member.get('deployments', 'default/d')!;
    world.member.put('deployments', { ...live, metadata: { ...live.metadata, finalizers: [] } });
    await settle(world, 3000);
    expect(world.member.get('configmaps', 'default/a')).toBeUndefined();
    expect(work()?.metadata.finalizers).toEqual(['other']);
  });

  test('takes them along though its dispatching is suspended', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    putWork(world, [configMap('a')], { spec: { suspendDispatching: true } });
    await settle(world);
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world);
    expect(world.member.get('configmaps', 'default/a')).toBeUndefined();
    expect(work()).toBeUndefined();
  });

  test('leaves them, without our marks, if it says so', async () => {
    putWork(world, [configMap('a')], { spec: { preserveResourcesOnDeletion: true } });
    await settle(world);
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world);
    const kept = world.member.get('configmaps', 'default/a');
    expect(kept?.['data']).toEqual({ a: '1' });
    expect(kept?.metadata.labels).toEqual({});
    expect(kept?.metadata.annotations).toEqual({});
    expect(kept?.metadata.managedFields, 'nobody took its fields').toEqual([{}]);
    expect(work()).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ['leaves them to others', {}, 'False'],
    ['takes them over', { annotations: { 'work.karmada.io/conflict-resolution': 'overwrite' } }, 'True'],
  ])('lets go of them for good: a later Work that names them %s', async (_name, metadata, applied) => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    putWork(world, [configMap('a'), namespace], { spec: { preserveResourcesOnDeletion: true } });
    await settle(world);
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, 3000);
    for (const manifest of [configMap('a', { a: '3' }), namespace]) {
      putWork(world, [manifest], { metadata });
      await settle(world, 3000);
      expect(condition('Applied')?.status).toBe(applied);
    }
  });

  test('leaves them without the marks of whoever sent the Work, and with everything else', async () => {
    putWork(world, [configMap('a')], { spec: { preserveResourcesOnDeletion: true } });
    await settle(world);
    const live = world.member.get('configmaps', 'default/a')!;
    const labels = { ...live.metadata.labels, ...marked(LABELS), theirs: '1' };
    const annotations = { ...live.metadata.annotations, ...marked(ANNOTATIONS), theirs: '1' };
    world.member.put('configmaps', { ...live, metadata: { ...live.metadata, labels, annotations } });
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world);
    const { metadata } = world.member.get('configmaps', 'default/a')!;
    expect([metadata.labels, metadata.annotations]).toEqual([{ theirs: '1' }, { theirs: '1' }]);
  });

  test('without our finalizer costs the member nothing', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    const live = work()!;
    live.metadata.finalizers = ['other'];
    live.metadata.deletionTimestamp = '2020-01-01T00:00:00Z';
    world.hub.put('works', live as unknown as Unstructured);
    await settle(world);
    expect(world.member.get('configmaps', 'default/a')).toBeDefined();
  });
});

describe('a manifest that the Work stops naming', () => {
  beforeEach(async () => {
    putWork(world, [configMap('a'), configMap('b')]);
    await settle(world);
  });

  test('is deleted in the member', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    expect(world.member.get('configmaps', 'default/b')).toBeUndefined();
    expect(world.member.get('configmaps', 'default/a')).toBeDefined();
    expect(work()?.status?.manifestStatuses).toHaveLength(1);
  });

  test('is waited for, with a condition that says what holds it, and before what it may need', async () => {
    putWork(world, [configMap('a'), configMap('b'), deployment('d')]);
    await settle(world);
    const held = world.member.get('deployments', 'default/d')!;
    world.member.put('deployments', { ...held, metadata: { ...held.metadata, finalizers: ['hold'] } });
    putWork(world, [configMap('a')]);
    await settle(world);
    expect(condition('Progressing')).toMatchObject({
      status: 'True',
      reason: 'WaitingForDeletion',
      message:
        'Waiting until these are gone from the cluster: Deployment default/d (held by finalizer hold), ConfigMap default/b (after the others)',
    });
    const live = world.member.get('deployments', 'default/d')!;
    world.member.put('deployments', { ...live, metadata: { ...live.metadata, finalizers: [] } });
    await settle(world, 3000);
    expect(world.member.get('configmaps', 'default/b')).toBeUndefined();
    expect(condition('Progressing')).toBeUndefined();
  });
});

describe('a webhook that refuses to have a Secret taken away, and quotes what is in it', () => {
  const data = { password: 'aHVudGVyMiE=' };
  const secret: Unstructured = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'default' },
    data,
  };
  const refuse = (request: string): void => {
    if (request !== 'delete secrets default/s' && request !== 'patch secrets default/s') return;
    throw newForbidden({ resource: 'secrets', name: 's' }, `hunter2! (${data.password}) is in use`);
  };

  test.each<[string, object, () => void, string]>([
    ['that is deleted', {}, () => world.hub.remove('works', `${SPACE}/w`), ''],
    [
      'that is deleted and lets go of it',
      { preserveResourcesOnDeletion: true },
      () => world.hub.remove('works', `${SPACE}/w`),
      'not let go of yet: ',
    ],
    ['that stops naming it', {}, () => putWork(world, []), ''],
  ])('is told without that, of a Work %s', async (_name, spec, takeAway, before) => {
    putWork(world, [secret], { spec });
    await settle(world);
    world.member.intercept(refuse);
    takeAway();
    const logged = await settle(world, 3000);
    expect(condition('Progressing')?.message).toContain(
      `Secret default/s (${before}secrets "s" is forbidden: *** (***) is in use)`,
    );
    expect(logged.join()).not.toContain('hunter2!');
  });
});
