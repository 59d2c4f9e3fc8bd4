import { beforeEach, describe, expect, test } from 'vitest';
import type { Secret } from '../../shared/apis/core/v1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { configMap, putWork, SPACE, settle } from './delivery-fixture.ts';
import { begin, condition, hold, putMarked, work, world } from './delivery-scene.ts';
import { decodeShard, shardOf } from './known-state.ts';

beforeEach(begin);

describe("an object that isn't ours", () => {
  test('is left alone, with the words of the contract', async () => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    putWork(world, [configMap('a')]);
    await settle(world);
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ theirs: '1' });
    expect(condition('Applied')).toMatchObject({
      message:
        'Failed to apply all manifests (0/1): resource(kind=ConfigMap, default/a) already exists in the cluster m1 and the ' +
        'work.karmada.io/conflict-resolution strategy value is empty, Karmada will not manage this resource; to have it taken over, ' +
        'annotate the Work or the manifest with work.karmada.io/conflict-resolution: overwrite',
    });
  });

  test('is left alone when another Work delivers it', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    const first = work() as unknown as Unstructured;
    const { finalizers: _, ...metadata } = first.metadata;
    world.hub.put('works', { ...first, metadata: { ...metadata, name: 'w2', uid: 'other' } });
    await settle(world);
    const second = world.hub.get('works', `${SPACE}/w2`) as unknown as Work;
    expect(second.status?.conditions?.find(({ type }) => type === 'Applied')).toMatchObject({
      status: 'False',
      message: expect.stringContaining(`is already delivered to the cluster m1 by Work ${SPACE}/w`),
    });
    const annotations = world.member.get('configmaps', 'default/a')?.metadata.annotations;
    expect(annotations?.['work.karmada.io/name']).toBe('w');
  });

  const delivered = async (...annotations: Record<string, string>[]): Promise<Work> => {
    putWork(world, [configMap('a')]);
    await settle(world);
    const [more = {}] = annotations;
    const { apiVersion, kind, spec } = work() as Work;
    const metadata = { name: 'w2', namespace: SPACE, annotations: more };
    world.hub.put('works', { apiVersion, kind, metadata, spec } as Unstructured);
    await settle(world);
    return world.hub.get('works', `${SPACE}/w2`) as unknown as Work;
  };
  const ownerOf = (name: string): string | undefined =>
    world.member.get('configmaps', `default/${name}`)?.metadata.annotations?.['work.karmada.io/name'];

  test('is left alone when another Work delivers it, even where it says overwrite', async () => {
    const second = await delivered({ 'work.karmada.io/conflict-resolution': 'overwrite' });
    expect(second.status?.conditions?.find(({ type }) => type === 'Applied')).toMatchObject({ status: 'False' });
    expect(ownerOf('a')).toBe('w');
  });

  test('is taken over from a Work that is being deleted, which does not wait for it any more', async () => {
    await delivered();
    hold('configmaps', 'default/a', ['hold']);
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, 40_000);
    expect([work(), ownerOf('a')]).toEqual([undefined, 'w2']);
  });

  test('is looked at again before long: what somebody takes away makes room', async () => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    putWork(world, [configMap('a')]);
    await settle(world);
    world.member.remove('configmaps', 'default/a');
    await settle(world, 31_000);
    expect([ownerOf('a'), condition('Applied')?.status]).toEqual(['w', 'True']);
  });

  test('is ours still when somebody strips our label and our annotations off it', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    const { metadata, ...object } = world.member.get('configmaps', 'default/a') as Unstructured;
    world.member.put('configmaps', { ...object, metadata: { ...metadata, labels: {}, annotations: {} } });
    await settle(world);
    expect([ownerOf('a'), condition('Applied')?.status]).toEqual(['w', 'True']);
  });

  test('is taken over when another agent has delivered it for the same Work', async () => {
    putMarked('a');
    putWork(world, [configMap('a', { b: '2' })]);
    await settle(world);
    expect([world.member.get('configmaps', 'default/a')?.['data'], condition('Applied')?.status]).toEqual([
      { a: '1', b: '2' },
      'True',
    ]);
  });

  test.each(['manifest', 'Work'])('is taken over when the %s says overwrite', async (where) => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    const annotations = { 'work.karmada.io/conflict-resolution': 'overwrite' };
    const manifest = configMap('a');
    if (where === 'manifest') manifest.metadata.annotations = annotations;
    putWork(world, [manifest], where === 'Work' ? { metadata: { annotations } } : {});
    await settle(world);
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ theirs: '1', a: '1' });
    expect(condition('Applied')).toMatchObject({ status: 'True' });
  });

  test('is left alone when the Work says something else than overwrite', async () => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    putWork(world, [configMap('a')], { metadata: { annotations: { 'work.karmada.io/conflict-resolution': 'abort' } } });
    await settle(world);
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ theirs: '1' });
    expect(condition('Applied')?.status).toBe('False');
  });

  test('is left alone when another Work delivers it, though by a manifest that can not be used at the moment', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    const a = configMap('a');
    a.metadata.annotations = { 'pullet.io/ignore-fields': 'data.a' };
    putWork(world, [a]);
    await settle(world);
    const metadata = { name: 'w2', namespace: SPACE };
    const { apiVersion, kind } = work() as Work;
    const spec = { workload: { manifests: [configMap('a', { a: '2' })] } };
    world.hub.put('works', { apiVersion, kind, metadata, spec } as Unstructured);
    await settle(world);
    expect([ownerOf('a'), world.member.get('configmaps', 'default/a')?.['data']]).toEqual(['w', { a: '1' }]);
  });

  test('is not written down as having been delivered', async () => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    putWork(world, [configMap('a')]);
    await settle(world, 5000);
    const { uid = '' } = work()?.metadata ?? {};
    const { data } = world.member.get('secrets', `karmada-system/pullet-state-${shardOf(uid)}`) as Secret;
    const shard = await decodeShard(Buffer.from(data?.['data'] ?? '', 'base64'));
    expect(shard?.[uid]?.record.objects).toEqual([]);
  });

  test('is not deleted with the Work', async () => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    putWork(world, [configMap('a')]);
    await settle(world);
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world);
    expect(work()).toBeUndefined();
    expect(world.member.get('configmaps', 'default/a')).toBeDefined();
  });
});

test('what a Work of another cluster names is not delivered', async () => {
  const work = (space: string, uid: string, name: string): Unstructured => ({
    ...{ apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'v', namespace: space, uid } },
    spec: { workload: { manifests: [configMap(name)] } },
  });
  world.hub.put('works', work('karmada-es-m2', 'theirs', 'b'));
  world.hub.put('works', work(SPACE, 'ours', 'a'));
  await settle(world);
  const isThere = ['a', 'b'].map((name) => world.member.get('configmaps', `default/${name}`) !== undefined);
  expect(isThere).toEqual([true, false]);
});
