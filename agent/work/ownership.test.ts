import { beforeEach, describe, expect, test } from 'vitest';
import type { Secret } from '../../shared/apis/core/v1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { configMap, putWork, SPACE, settle } from './delivery-fixture.ts';
import { begin, condition, work, world } from './delivery-scene.ts';
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
        'work.karmada.io/conflict-resolution strategy value is empty, Karmada will not manage this resource',
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

  test('is taken over when the manifest says overwrite', async () => {
    world.member.put('configmaps', configMap('a', { theirs: '1' }));
    const manifest = configMap('a');
    manifest.metadata.annotations = { 'work.karmada.io/conflict-resolution': 'overwrite' };
    putWork(world, [manifest]);
    await settle(world);
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ theirs: '1', a: '1' });
    expect(condition('Applied')).toMatchObject({ status: 'True' });
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
