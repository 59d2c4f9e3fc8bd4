import { beforeEach, describe, expect, test, vi } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { configMap, deployment, putWork, SPACE, settle, workOf } from './delivery-fixture.ts';
import { beginDelivered, condition, hold, isThere, LONG_MS, orphans, restart, world } from './delivery-scene.ts';

/** What a Work stops naming stays until all of its manifests are applied: a mistake is no reason to delete, nor is a successor that is refused. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

beforeEach(beginDelivered);

const namespace: Unstructured = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

const refused = (name: string) => (request: string) => {
  if (request === `apply configmaps default/${name}`) throw newForbidden({ resource: 'configmaps', name }, 'quota');
};

const deletions = (): string[] => world.member.requests.filter((request) => request.startsWith('delete '));

describe('a mistake in a manifest deletes nothing', () => {
  const misplaced = { ...namespace, metadata: { name: 'shop', namespace: 'shop' } };
  const { namespace: _, ...placeless } = configMap('b').metadata;

  test.each<[string, Unstructured, unknown]>([
    ['a namespace for what lives outside of namespaces', namespace, misplaced],
    ['a namespace that is missing', configMap('b'), { ...configMap('b'), metadata: placeless }],
    ['a kind that is missing', configMap('b'), { ...configMap('b'), kind: undefined }],
    ['a kind that is mistyped', configMap('b'), { ...configMap('b'), kind: 'ConfgMap' }],
    ['a group that is mistyped', deployment('d'), { ...deployment('d'), apiVersion: 'app/v1' }],
    ['a version that is missing', deployment('d'), { ...deployment('d'), apiVersion: undefined }],
    ['a name that is missing', configMap('b'), { ...configMap('b'), metadata: { namespace: 'default' } }],
  ])('%s', async (_name, right, wrong) => {
    putWork(world, [configMap('a'), right]);
    await settle(world, LONG_MS);
    world.member.requests.length = 0;
    putWork(world, [configMap('a'), wrong]);
    await settle(world, LONG_MS);
    await restart();
    expect(condition('Applied')?.status).toBe('False');
    putWork(world, [right]);
    await settle(world, LONG_MS);
    expect(deletions()).toEqual(['delete configmaps default/a']);
    expect([condition('Applied')?.status, condition('Progressing'), orphans()]).toEqual(['True', undefined, []]);
  });

  test('and what lives outside of namespaces is not said to wait: the Work still names it', async () => {
    putWork(world, [namespace]);
    await settle(world, LONG_MS);
    putWork(world, [misplaced]);
    await settle(world, LONG_MS);
    expect(condition('Applied')?.message).toContain('metadata.namespace must be empty');
    expect(condition('Progressing')).toBeUndefined();
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, LONG_MS);
    expect([workOf(world), world.member.get('namespaces', 'shop')]).toEqual([undefined, undefined]);
  });

  test('nor what another Work names with a namespace by mistake', async () => {
    putWork(world, [namespace]);
    await settle(world, LONG_MS);
    const { uid } = world.member.get('namespaces', 'shop')?.metadata ?? {};
    const other = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'v', namespace: SPACE } };
    world.hub.put('works', { ...other, spec: { workload: { manifests: [misplaced] } } });
    putWork(world, []);
    await settle(world, LONG_MS);
    expect(world.member.get('namespaces', 'shop')?.metadata.uid).toBe(uid);
    expect(condition('Progressing')?.message).toContain(`until Work ${SPACE}/v, which names it, has taken it over`);
  });
});

describe('what is renamed stays while its successor is refused', () => {
  beforeEach(async () => {
    world.member.intercept(refused('b2'));
    putWork(world, [configMap('a'), configMap('b2')]);
    await settle(world, LONG_MS);
  });

  test('which is said, with the manifest that is waited for', async () => {
    expect([isThere('a'), isThere('b'), isThere('b2')]).toEqual([true, true, false]);
    expect(condition('Progressing')).toMatchObject({
      status: 'True',
      reason: 'WaitingForManifests',
      message:
        'These are deleted only when all manifests are applied: ConfigMap default/b (until #1 ConfigMap default/b2 is applied)',
    });
    putWork(world, [configMap('a'), configMap('b2'), { ...configMap('c'), kind: '' }]);
    await settle(world, LONG_MS);
    expect(condition('Progressing')?.message).toContain('(until #1 ConfigMap default/b2 and 1 more are applied)');
  });

  test('and goes by itself when that is applied', async () => {
    world.member.intercept(() => {});
    await settle(world, 60_000);
    expect([isThere('b'), isThere('b2')]).toEqual([false, true]);
    expect(condition('Progressing')).toBeUndefined();
  });

  test('and goes where the successor is no longer named', async () => {
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
  });

  test('and goes by an agent that was not there before, though its Work has become no newer', async () => {
    await restart(() => world.member.intercept(() => {}));
    expect([isThere('b'), isThere('b2'), orphans()]).toEqual([false, true, []]);
  });

  test('and goes with its Work', async () => {
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, LONG_MS);
    expect([workOf(world), isThere('a'), isThere('b')]).toEqual([undefined, false, false]);
  });

  test('and is no matter of waiting any more when somebody deletes it in the member', async () => {
    world.member.remove('configmaps', 'default/b');
    await settle(world, 40_000);
    expect([isThere('b'), condition('Progressing')]).toEqual([false, undefined]);
  });

  test('and what holds it is told when it is on its way out', async () => {
    hold('configmaps', 'default/b', ['hold']);
    world.member.remove('configmaps', 'default/b');
    await settle(world, 40_000);
    expect(condition('Progressing')).toMatchObject({
      reason: 'WaitingForDeletion',
      message: expect.stringContaining('ConfigMap default/b (held by finalizer hold)'),
    });
  });

  test('and moves to another Work that names it all the same', async () => {
    const { uid } = world.member.get('configmaps', 'default/b')?.metadata ?? {};
    const other = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'v', namespace: SPACE } };
    world.hub.put('works', { ...other, spec: { workload: { manifests: [configMap('b', { a: '2' })] } } });
    await settle(world, 40_000);
    const { metadata, ...b } = world.member.get('configmaps', 'default/b') as Unstructured;
    expect([metadata.uid, metadata.annotations?.['work.karmada.io/name'], b['data']]).toEqual([uid, 'v', { a: '2' }]);
    expect(condition('Progressing')).toBeUndefined();
  });

  test('and the hub is not asked all the time meanwhile', async () => {
    world.member.put('configmaps', configMap('b2'));
    world.member.intercept(() => {});
    await settle(world, 60_000);
    expect(condition('Applied')?.message).toContain('already exists');
    expect(condition('Progressing')?.reason).toBe('WaitingForManifests');
    world.hub.requests.length = 0;
    await settle(world, 60_000);
    expect(world.hub.requests.filter((one) => one === 'get namespaces kube-system').length).toBeLessThan(8);
  });
});
