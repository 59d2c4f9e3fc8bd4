import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Condition, Unstructured } from '../../shared/apis/meta/v1.ts';
import { configMap, deployment, putWork, SPACE, settle, workOf } from './delivery-fixture.ts';
import {
  beginDelivered,
  condition,
  hold,
  isThere,
  LONG_MS,
  memberRequests,
  orphans,
  putMarked,
  restart,
  world,
} from './delivery-scene.ts';
import { type HandOverDeps, handOver, newOffers } from './hand-over.ts';
import { observe } from './observed.ts';

/** An object that moves from the Work `w` to the Work `v`: it is the same one afterwards. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

beforeEach(beginDelivered);

const b = (): Unstructured | undefined => world.member.get('configmaps', 'default/b');

interface OtherWork {
  spec?: object;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  /** Annotations of each manifest. */
  manifest?: Record<string, string>;
}

function putOther(names: string[], { annotations = {}, labels = {}, spec = {}, manifest = {} }: OtherWork = {}): void {
  const found = world.hub.get('works', `${SPACE}/v`);
  const manifests = names.map((name) => {
    const object = configMap(name, { a: '2' });
    return { ...object, metadata: { ...object.metadata, annotations: manifest } };
  });
  world.hub.put('works', {
    ...found,
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { ...found?.metadata, name: 'v', namespace: SPACE, annotations, labels },
    spec: { workload: { manifests }, ...spec },
  });
}

function appliedOfOther(): Condition | undefined {
  return workOf(world, 'v')?.status?.conditions?.find(({ type }) => type === 'Applied');
}

const deletions = (): string[] => memberRequests().filter((request) => request.startsWith('delete configmaps'));

describe('an object that another Work names', () => {
  let uid: string | undefined;
  beforeEach(async () => {
    putOther(['b']);
    await settle(world, LONG_MS);
    uid = b()?.metadata.uid;
    expect(appliedOfOther()?.message).toContain(`already delivered to the cluster m1 by Work ${SPACE}/w`);
  });

  async function expectTakenOver(): Promise<void> {
    await settle(world, LONG_MS);
    expect([b()?.metadata.uid, b()?.['data']]).toEqual([uid, { a: '2' }]);
    expect(b()?.metadata.annotations?.['work.karmada.io/name']).toBe('v');
    expect(appliedOfOther()?.status).toBe('True');
    expect([deletions(), orphans()]).toEqual([[], []]);
  }

  test('is taken over by that one, and goes with it', async () => {
    putWork(world, [configMap('a')]);
    await expectTakenOver();
    expect(condition('Progressing')).toBeUndefined();
    putOther([]);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
  });

  test('is taken over when the Work that had it is deleted', async () => {
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, LONG_MS);
    expect(workOf(world)).toBeUndefined();
    expect(isThere('a')).toBe(false);
    expect(b()?.metadata.annotations?.['work.karmada.io/name']).toBe('v');
    expect([b()?.metadata.uid, deletions()]).toEqual([uid, ['delete configmaps default/a']]);
  });

  test('is taken over when the Work that had it lets go of its objects', async () => {
    putWork(world, [configMap('a'), configMap('b')], { spec: { preserveResourcesOnDeletion: true } });
    world.hub.remove('works', `${SPACE}/w`);
    await expectTakenOver();
    expect(world.member.get('configmaps', 'default/a')?.metadata.annotations).toEqual({});
  });

  test('waits for that one while it is suspended, and goes where it no longer names it', async () => {
    putOther(['b'], { spec: { suspendDispatching: true } });
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect([b()?.metadata.uid, deletions()]).toEqual([uid, []]);
    expect(condition('Progressing')?.message).toContain(`until Work ${SPACE}/v, which names it, has taken it over`);
    putOther([], { spec: { suspendDispatching: true } });
    await settle(world, LONG_MS);
    expect([isThere('b'), condition('Progressing')]).toEqual([false, undefined]);
  });

  test.each<[string, () => void]>([
    ['no longer names it', () => void putWork(world, [configMap('a')])],
    ['is deleted', () => world.hub.remove('works', `${SPACE}/w`)],
  ])('is waited for without asking the hub all the time where the first %s', async (_how, letGo) => {
    putOther(['b'], { spec: { suspendDispatching: true } });
    letGo();
    await settle(world, LONG_MS);
    world.hub.requests.length = 0;
    await settle(world, 60_000);
    expect(world.hub.requests.filter((one) => one === 'get namespaces kube-system').length).toBeLessThan(4);
    putOther(['b']);
    await settle(world, 3000);
    expect([workOf(world)?.metadata.deletionTimestamp, condition('Progressing')]).toEqual([undefined, undefined]);
    expect([b()?.metadata.uid, b()?.metadata.annotations?.['work.karmada.io/name']]).toEqual([uid, 'v']);
  });

  test('is noticed to be taken over though it took a while', async () => {
    let isRefused = true;
    world.member.intercept((request) => {
      if (isRefused && request === 'apply configmaps default/b') throw new Error('no room');
    });
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(condition('Progressing')?.message).toContain(`until Work ${SPACE}/v`);
    isRefused = false;
    await settle(world, 3000);
    expect([appliedOfOther()?.status, condition('Progressing')]).toEqual(['True', undefined]);
  });

  test('goes where that one is deleted too', async () => {
    world.hub.remove('works', `${SPACE}/v`);
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b'), workOf(world), workOf(world, 'v')]).toEqual([
      ...[false, false],
      ...[undefined, undefined],
    ]);
  });
});

test('an object that another agent delivered and that could not be taken over from it yet goes over to the Work that names it', async () => {
  let isRefused = true;
  world.member.intercept((request) => {
    if (isRefused && request === 'apply configmaps default/c') throw new Error('no room');
  });
  putMarked('c');
  putWork(world, [configMap('a'), configMap('b'), configMap('c')]);
  putOther(['c']);
  await settle(world, LONG_MS);
  world.hub.remove('works', `${SPACE}/w`);
  isRefused = false;
  await expectMoved('c');
});

test('an object that another agent delivered, and the deleted Work never did, goes over to the Work that names it', async () => {
  await restart(() => {
    putMarked('c');
    putWork(world, [configMap('a'), configMap('b'), configMap('c')]);
    world.hub.remove('works', `${SPACE}/w`);
    putOther(['c']);
  });
  await expectMoved('c');
});

test('an object of any group that another agent delivered goes over to the Work that names it', async () => {
  const deployed = (): Unstructured | undefined => world.member.get('deployments', 'default/d');
  await restart(() => {
    const { labels, annotations } = b()?.metadata ?? {};
    const object = deployment('d');
    world.member.put('deployments', {
      ...object,
      metadata: { ...object.metadata, ...(labels && annotations ? { labels, annotations } : {}) },
    });
    putWork(world, [configMap('a'), configMap('b'), deployment('d')]);
    world.hub.remove('works', `${SPACE}/w`);
    putOther([], { spec: { workload: { manifests: [deployment('d')] } } });
  });
  await settle(world, LONG_MS);
  expect([workOf(world), deployed()?.metadata.annotations?.['work.karmada.io/name']]).toEqual([undefined, 'v']);
  expect(memberRequests()).not.toContain('delete deployments default/d');
});

async function expectMoved(name: string): Promise<void> {
  const { uid } = world.member.get('configmaps', `default/${name}`)?.metadata ?? {};
  await settle(world, 60_000);
  const { metadata } = world.member.get('configmaps', `default/${name}`) ?? {};
  expect([metadata?.uid, metadata?.annotations?.['work.karmada.io/name']]).toEqual([uid, 'v']);
  expect([workOf(world), appliedOfOther()?.status, isThere('a')]).toEqual([undefined, 'True', false]);
  expect(deletions()).not.toContain(`delete configmaps default/${name}`);
}

test('an object stays while another Work names it in a manifest that can not be used as it is', async () => {
  putOther(['b'], { manifest: { 'pullet.io/ignore-fields': 'data.a' } });
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world, LONG_MS);
  expect([isThere('a'), isThere('b')]).toEqual([false, true]);
  expect(condition('Progressing')?.message).toContain('which names it, has taken it over');
  putOther(['b']);
  await settle(world, LONG_MS);
  expect([isThere('b'), workOf(world)]).toEqual([true, undefined]);
});

test('an object that waits for another Work holds back only what it would go with', async () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  putWork(world, [namespace, configMap('a'), configMap('b'), deployment('d')]);
  await settle(world, LONG_MS);
  const left = (): string[] =>
    ['namespaces', 'deployments', 'configmaps'].flatMap((resource) =>
      world.member.list(resource).map(({ metadata }) => metadata.name ?? ''),
    );
  putOther([], { spec: { suspendDispatching: true, workload: { manifests: [deployment('d')] } } });
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world, LONG_MS);
  expect(left()).toEqual(['shop', 'd']);
  expect(condition('Progressing')?.message).toContain('Namespace shop (after the others)');
  putOther([]);
  await settle(world, LONG_MS);
  expect([left(), workOf(world)]).toEqual([[], undefined]);
});

test('an object that is not the one of the Work is let go of without a search for others that name it', async () => {
  const type = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true };
  const object = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'b' };
  const watches = { get: () => observe(b() as Unstructured) };
  const deps = { member: world.member.client, watches } as unknown as HandOverDeps;
  const removal = { type, object, workKey: `${SPACE}/another`, uid: b()?.metadata.uid ?? '' };
  expect(await handOver(deps, removal, new AbortController().signal)).toEqual({ is: 'foreign' });
});

const orphaned = { reason: 'WorkMissing', since: '' };

test.each<[string, object, object, string | undefined]>([
  ['who delivers it in that group', {}, {}, 'offered'],
  ['nobody where it is orphaned there', { orphaned }, {}, undefined],
  ['nobody where that Work is another by now', {}, { uid: 'another' }, undefined],
  ['nobody where that Work is on its way out', {}, { deletionTimestamp: '2020-01-01T00:00:00Z' }, undefined],
  ['nobody where that Work has stopped naming it', { name: 'unnamed' }, {}, undefined],
])('an object that is served in another group too is offered to %s', async (_whom, more, metadata, expected) => {
  const type = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true };
  const { uid = '' } = b()?.metadata ?? {};
  const object = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'b' };
  const manifests = [{ ...configMap('b'), apiVersion: 'other/v1' }];
  const deliverer = {
    metadata: { name: 'v', namespace: SPACE, uid: 'uid-v', ...metadata },
    spec: { workload: { manifests } },
  };
  const record = { work: `${SPACE}/v`, objects: [{ ...object, group: 'other', uid, ...more }] };
  const deps = {
    ...{ watches: { get: () => observe(b() as Unstructured) }, worksNaming: () => [], offer: () => {} },
    ...{ inventory: { withObject: () => [['uid-v', record]] }, getWork: () => deliverer },
  } as unknown as HandOverDeps;
  const letGo = await handOver(deps, { type, object, workKey: `${SPACE}/w`, uid }, new AbortController().signal);
  expect(letGo?.is).toBe(expected);
});

test('an object that is on its way out already is offered to nobody: what holds it is told', async () => {
  putOther(['b'], { spec: { suspendDispatching: true } });
  hold('configmaps', 'default/b', ['hold']);
  world.member.remove('configmaps', 'default/b');
  putWork(world, [configMap('a')]);
  await settle(world, LONG_MS);
  expect(condition('Progressing')?.message).toContain('ConfigMap default/b (held by finalizer hold)');
});

test('all Works that wait for another are looked at when that one changes, and only then', async () => {
  let change = (_taker: string): void => {};
  const never = new Promise<void>(() => {});
  const subscribe = (listener: (key: string) => void) => {
    change = listener;
    return () => undefined;
  };
  const { note, source } = newOffers({ name: 'works', synced: () => never, subscribe });
  await source.synced();
  const enqueued: string[] = [];
  source.subscribe((key) => enqueued.push(key));
  for (const giver of ['w', 'x']) note('v', giver);
  for (const taker of ['u', 'v', 'v']) change(taker);
  expect(enqueued).toEqual(['w', 'x']);
});

test.each<[string, object]>([
  ['asks what it would change', { annotations: { 'pullet.io/dry-run': 'true' } }],
  ['tells the hub of what is in the member', { labels: { 'endpointslice.karmada.io/managed-by': 'ServiceExport' } }],
])('an object goes though another Work %s', async (_what, marks) => {
  putOther(['b'], { spec: { suspendDispatching: true }, ...marks });
  putWork(world, [configMap('a')]);
  await settle(world, LONG_MS);
  expect([isThere('a'), isThere('b')]).toEqual([true, false]);
});
