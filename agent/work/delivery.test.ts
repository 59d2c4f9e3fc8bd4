import { beforeEach, describe, expect, test } from 'vitest';
import { newForbidden, newInvalid, StatusError } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { failedManifestsOf } from '../../shared/apis/work/failed-manifests.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import {
  configMap,
  deployment,
  FINALIZER,
  newDeliveryWorld,
  putWork,
  SPACE,
  settle,
  startDelivery,
} from './delivery-fixture.ts';
import { begin, condition, enter, memberRequests, work, world } from './delivery-scene.ts';

beforeEach(begin);

describe('a Work that appears', () => {
  test('is applied after the finalizer was put on it, and told in one write', async () => {
    putWork(world, [configMap('a'), deployment('d')]);
    await settle(world);
    const applied = world.member.get('configmaps', 'default/a');
    expect(applied?.['data']).toEqual({ a: '1' });
    expect(applied?.metadata.labels).toEqual({ 'karmada.io/managed': 'true' });
    expect(applied?.metadata.annotations).toEqual({
      'work.karmada.io/name': 'w',
      'work.karmada.io/namespace': SPACE,
    });
    expect(world.hub.requests.filter((request) => request.includes(' works '))).toEqual([
      `update works ${SPACE}/w`,
      `update/status works ${SPACE}/w`,
    ]);
    expect(work()?.metadata.finalizers).toEqual([FINALIZER]);
    expect(condition('Applied')).toMatchObject({
      status: 'True',
      reason: 'AppliedSuccessful',
      message: 'Manifest has been successfully applied',
    });
    expect(condition('Dispatching')).toMatchObject({ status: 'True', reason: 'Dispatching' });
    expect(work()?.status?.manifestStatuses?.map(({ identifier }) => identifier)).toEqual([
      { ordinal: 0, group: '', version: 'v1', kind: 'ConfigMap', resource: '', namespace: 'default', name: 'a' },
      { ordinal: 1, group: 'apps', version: 'v1', kind: 'Deployment', resource: '', namespace: 'default', name: 'd' },
    ]);
    expect(world.events.map(({ reason }) => reason)).toEqual(['SyncSucceed']);
  });

  test('is not applied at all when the finalizer can not be written', async () => {
    world.hub.intercept((request) => {
      if (request.startsWith('update works')) throw newForbidden({ resource: 'works' }, 'no');
    });
    putWork(world, [configMap('a')]);
    expect((await settle(world)).length).toBeGreaterThan(0);
    expect(world.member.requests.filter((request) => request.startsWith('apply'))).toEqual([]);
  });

  test('is applied with namespaces first, whatever the order of its manifests', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };
    putWork(world, [deployment('d'), configMap('a'), namespace]);
    await settle(world);
    expect(memberRequests().filter((request) => request.startsWith('apply'))).toEqual([
      'apply namespaces default',
      'apply configmaps default/a',
      'apply deployments default/d',
    ]);
  });

  test('of many manifests asks the member, and deletes there, for some at a time', async () => {
    let [running, most] = [0, 0];
    const { apply, raw } = world.member.client;
    const held =
      <A extends unknown[], R>(ask: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return ask(...args);
      };
    Object.assign(world.member.client, { apply: held(apply), raw: held(raw) });
    putWork(
      world,
      Array.from({ length: 100 }, (_, index) => configMap(`c${index}`)),
    );
    await settle(world);
    expect([most, world.member.list('configmaps').length]).toEqual([32, 100]);
    most = 0;
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world);
    expect([most, world.member.list('configmaps').length]).toEqual([32, 0]);
  });

  test('costs the member one request for each new object', async () => {
    putWork(world, [deployment('d'), configMap('a')]);
    await settle(world);
    expect(memberRequests()).toEqual(['apply configmaps default/a', 'apply deployments default/d']);
  });

  test('is not applied before it can be written down what is about to be made', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    world.member.intercept((request) => {
      if (request.includes('/pullet-state-')) throw new Error('away');
    });
    putWork(world, [configMap('a'), configMap('b')]);
    await settle(world);
    expect(world.member.get('configmaps', 'default/b')).toBeUndefined();
    expect(condition('Applied')).toMatchObject({ status: 'False', message: expect.stringContaining('away') });
    world.member.intercept(() => {});
    await settle(world, 2000);
    expect(world.member.get('configmaps', 'default/b')).toBeDefined();
  });

  test('waits once for what is written down before', async () => {
    putWork(world, [deployment('d'), configMap('a')]);
    await world.controllers.settle();
    const kept = world.member.requests.filter((request) => request.includes('pullet-state-head'));
    const before = kept.length;
    putWork(world, [deployment('d'), configMap('a'), deployment('e'), configMap('b')]);
    await world.controllers.settle();
    const later = world.member.requests.filter((request) => request.includes('pullet-state-head'));
    expect(later.length - before).toBe(1);
  });

  test('reaches nothing that all objects share by the fields that it leaves to others', async () => {
    const { toString: shared } = Object.prototype;
    const annotations = { 'pullet.io/ignore-fields': '/__proto__/toString, /data/constructor' };
    try {
      putWork(world, [configMap('a')], { metadata: { annotations } });
      await settle(world);
      expect(Object.hasOwn(Object.prototype, 'toString')).toBe(true);
    } finally {
      Object.defineProperty(Object.prototype, 'toString', { value: shared, configurable: true, writable: true });
    }
    expect(condition('Applied')?.status).toBe('True');
  });

  test('is only told to be suspended when it says so', async () => {
    putWork(world, [configMap('a')], { spec: { suspendDispatching: true } });
    await settle(world);
    expect(memberRequests()).toEqual([]);
    expect(work()?.metadata.finalizers).toBeUndefined();
    expect(work()?.status?.conditions).toMatchObject([
      { type: 'Dispatching', status: 'False', reason: 'SuspendDispatching' },
    ]);
  });
});

describe('a manifest that can not be applied', () => {
  test('does not hold back the others, and its Work says why', async () => {
    world.member.intercept((request) => {
      if (request === 'apply configmaps default/bad') throw newForbidden({ resource: 'configmaps', name: 'bad' }, 'no');
    });
    putWork(world, [configMap('bad'), configMap('good'), { apiVersion: 'x/v1', kind: 'Foo', metadata: { name: 'f' } }]);
    await settle(world);
    expect(world.member.get('configmaps', 'default/good')).toBeDefined();
    expect(condition('Applied')).toMatchObject({
      status: 'False',
      reason: 'AppliedFailed',
      message:
        'Failed to apply all manifests (1/3): [ConfigMap default/bad: configmaps "bad" is forbidden: no, ' +
        'Foo f: no matches for kind "Foo" in version "x/v1" in the cluster m1]',
    });
    expect(work()?.status?.manifestStatuses?.map(({ health }) => health)).toEqual(['Unknown', 'Healthy', 'Unknown']);
    expect(world.events.map(({ reason }) => reason)).toEqual(['SyncFailed']);
  });

  test('for what it names can not be changed in place is no error that is tried again ever more slowly', async () => {
    const cause = { reason: 'FieldValueInvalid', message: 'field is immutable', field: 'data' };
    putWork(world, [configMap('a')]);
    await settle(world);
    world.member.intercept((request) => {
      if (request === 'apply configmaps default/a') throw newInvalid({ resource: 'configmaps', name: 'a' }, [cause]);
    });
    putWork(world, [configMap('a', { a: '2' })]);
    world.member.requests.length = 0;
    expect(await settle(world, 29_000)).toEqual([]);
    expect(condition('Applied')?.message).toContain("the member can't change this in place: annotate the manifest");
    expect(memberRequests()).toEqual(['apply configmaps default/a']);
    await settle(world, 2000);
    expect(memberRequests()).toHaveLength(2);
  });

  test('is told with a word for a reason, whatever a webhook calls it', async () => {
    const refusal = newForbidden({ resource: 'configmaps', name: 'bad' }, 'no');
    world.member.intercept((request) => {
      if (request === 'apply configmaps default/bad')
        throw new StatusError({ ...refusal.status, reason: 'no "x"\n', code: 400 });
    });
    putWork(world, [configMap('bad')]);
    await settle(world);
    expect(condition('Available')?.message).toContain('#0 ConfigMap default/bad (Other)');
    expect(failedManifestsOf(work() as Work).failed).toMatchObject([{ ordinal: 0, reason: 'Other' }]);
  });

  test.each([
    ['.spec.replica: field not declared in schema', 'UndeclaredField'],
    ['.spec.replicas: expected numeric (int or float), got string', 'Invalid'],
  ])('is told with a reason where the member has none: %s', async (words, reason) => {
    const message = `failed to create typed patch object (default/bad; /v1, Kind=ConfigMap): ${words}`;
    world.member.intercept((request) => {
      if (request === 'apply configmaps default/bad')
        throw new StatusError({
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          metadata: {},
          code: 500,
          message,
        });
    });
    putWork(world, [configMap('bad')]);
    await settle(world);
    expect(failedManifestsOf(work() as Work).failed).toMatchObject([{ ordinal: 0, reason }]);
    expect(condition('Applied')?.message).toContain(words);
  });

  test('is told without what is in it, if it is a Secret', async () => {
    world.member.intercept((request) => {
      if (request === 'apply secrets default/s') throw new Error('expected string, got &{Value:4711}');
    });
    const pin = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'default' },
      stringData: { pin: 4711 },
    };
    putWork(world, [pin]);
    const thrown = await settle(world);
    expect(condition('Applied')?.message).toContain('Secret default/s: expected string, got &{Value:***}');
    expect(JSON.stringify([thrown, world.events, work()?.status])).not.toContain('4711');
  });

  test('is told without what is in the Secret that is there, which a webhook may quote', async () => {
    const metadata = { name: 's', namespace: 'default' };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { pin: 'hunter2!' } };
    putWork(world, [secret]);
    await settle(world);
    world.member.put('secrets', { ...world.member.get('secrets', 'default/s')!, data: { theirs: 'c2VzYW1lIQ==' } });
    world.member.intercept((request) => {
      if (request === 'apply secrets default/s')
        throw newForbidden({ resource: 'secrets', name: 's' }, 'hunter2!, sesame!');
    });
    putWork(world, [{ ...secret, stringData: { pin: 'another!' } }]);
    const thrown = await settle(world);
    expect(condition('Applied')?.message).toContain('Secret default/s: secrets "s" is forbidden: ***, ***');
    expect(JSON.stringify([thrown, world.events, work()?.status])).not.toMatch(/hunter2|sesame/);
  });

  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' } };

  test.each<[string, string, string]>([
    ['without a word of a webhook', 'hunter2!', 'Secret default/s: refused, in words that may quote'],
    ['in words of missing rights', 'User "a" cannot patch resource "secrets" in API group ""', 'User "a" cannot patch'],
  ])('is told %s where the Secret that is there can not be read', async (_name, why, words) => {
    world.member.put('secrets', { ...secret, data: { theirs: 'aHVudGVyMiE=' } });
    world.member.intercept((request) => {
      if (/^(get|apply) secrets default\/s$/.test(request)) throw newForbidden({ resource: 'secrets', name: 's' }, why);
    });
    putWork(world, [secret]);
    const thrown = await settle(world);
    expect(condition('Applied')?.message).toContain(words);
    expect(JSON.stringify([thrown, world.events, work()?.status])).not.toContain('hunter2');
  });

  test.each([
    ['a List', { apiVersion: 'v1', kind: 'List', metadata: {}, items: [] }, /a List can't be delivered/],
    ['a generated name', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'a-' } }, /generateName/],
    ['no kind', { apiVersion: 'v1', metadata: { name: 'a' } }, /needs apiVersion and kind/],
    ['no namespace', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }, /namespace is required/],
  ])('because it has %s is refused once with a reason', async (_name, manifest, reason) => {
    putWork(world, [manifest]);
    expect(await settle(world, 5000)).toEqual([]);
    expect(condition('Applied')).toMatchObject({ status: 'False', message: expect.stringMatching(reason) });
  });

  test('because its kind is not served is applied soon after it is', async () => {
    let isServed = false;
    let tell = (): void => {};
    enter(newDeliveryWorld());
    const foos = { group: 'x', version: 'v1', resource: 'foos', kind: 'Foo', namespaced: false };
    await startDelivery(world, {
      resourceFor: async () => (isServed ? foos : undefined),
      onNewKind: (listener) => {
        tell = listener;
        return () => {};
      },
    });
    putWork(world, [{ apiVersion: 'x/v1', kind: 'Foo', metadata: { name: 'f' } }]);
    await settle(world, 60_000);
    expect(condition('Applied')).toMatchObject({ status: 'False', message: expect.stringContaining('no matches') });
    isServed = true;
    tell();
    await settle(world, 0);
    expect(world.member.get('foos', 'f')).toBeDefined();
    world.member.requests.length = 0;
    isServed = false;
    putWork(world, [{ apiVersion: 'y/v1', kind: 'Foo', metadata: { name: 'g' } }]);
    await settle(world, 60_000);
    isServed = true;
    await settle(world, 5250);
    expect(world.member.get('foos', 'g')).toBeDefined();
  });

  test('because its namespace is not there is applied as soon as another Work brings that', async () => {
    world.member.intercept((request) => {
      const isMissing = world.member.get('namespaces', 'default') === undefined;
      if (request === 'apply configmaps default/a' && isMissing) throw new Error('namespaces "default" not found');
    });
    putWork(world, [configMap('a')]);
    await settle(world, 0);
    const { apiVersion, kind } = work() as unknown as Unstructured;
    const manifests = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }];
    const metadata = { name: 'w2', namespace: SPACE };
    world.hub.put('works', { apiVersion, kind, metadata, spec: { workload: { manifests } } } as Unstructured);
    await settle(world, 0);
    expect(world.member.get('configmaps', 'default/a')).toBeDefined();
  });

  test('is tried again until it works', async () => {
    let failures = 2;
    world.member.intercept((request) => {
      if (request.startsWith('apply') && failures-- > 0) throw new Error('connection refused');
    });
    putWork(world, [configMap('a')]);
    await settle(world, 5000);
    expect(condition('Applied')).toMatchObject({ status: 'True' });
    expect(world.events.map(({ reason }) => reason)).toEqual(['SyncFailed', 'SyncSucceed']);
  });
});

test('a Work by which somebody tells the hub of EndpointSlices is left alone, whatever becomes of it', async () => {
  const labels = { 'endpointslice.karmada.io/managed-by': 'ServiceExport' };
  const finalizers = ['karmada.io/endpointslice-controller'];
  const made = putWork(world, [configMap('a')], {
    spec: { suspendDispatching: true },
    metadata: { labels, finalizers },
  });
  await settle(world);
  expect(work()).toEqual(made);
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world);
  expect(work()?.metadata.finalizers).toEqual(finalizers);
  expect(memberRequests()).toEqual([]);
});

test('a Work that was delivered is none of those, whatever label it is given: it takes its objects along when it is deleted', async () => {
  putWork(world, [configMap('a')]);
  await settle(world);
  const labels = { 'endpointslice.karmada.io/managed-by': 'ServiceExport' };
  putWork(world, [configMap('a')], { spec: { suspendDispatching: true }, metadata: { labels } });
  await settle(world);
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world, 5000);
  expect([work(), world.member.get('configmaps', 'default/a')]).toEqual([undefined, undefined]);
});

test.each<[string, object]>([
  ['with the label of such a one', { labels: { 'endpointslice.karmada.io/managed-by': 'ServiceExport' } }],
  ['with the name of the one that tells of orphans', { name: 'pullet-orphans' }],
  ['with the label of the one that tells of orphans', { labels: { 'pullet.io/orphans': 'true' } }],
])('a Work %s is delivered as any other', async (_name, metadata) => {
  putWork(world, [configMap('a')], { metadata });
  await settle(world);
  expect(world.member.get('configmaps', 'default/a')).toBeDefined();
});
