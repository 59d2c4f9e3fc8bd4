import { beforeEach, describe, expect, test } from 'vitest';
import { newInvalid, newNotFound } from '../../shared/apis/meta/status-error.ts';
import {
  configMap,
  type DeliveryWorld,
  loseWork,
  newDeliveryWorld,
  putWork,
  SPACE,
  setHub,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';

/** Questions that `pullet diff` has left on the hub because it was killed. */

let world: DeliveryWorld;

beforeEach(async () => {
  world = newDeliveryWorld();
  setHub(world, 'hub-1');
  await startDelivery(world);
});

const inSeconds = (seconds: number): string => new Date(world.clock.now() + seconds * 1000).toISOString();

function ask(more: Record<string, string>, spec: object = { suspendDispatching: true }): void {
  putWork(world, [configMap('a')], { spec, metadata: { annotations: { 'pullet.io/dry-run': 'true', ...more } } });
}

const isAnswered = (): boolean => workOf(world)?.status?.conditions?.some(({ type }) => type === 'DryRun') ?? false;

test('a question is answered, and taken away when its time is over', async () => {
  ask({ 'pullet.io/dry-run-expires': inSeconds(60) });
  await settle(world, 55_000);
  expect(isAnswered()).toBe(true);
  expect(world.member.get('configmaps', 'default/a')).toBeUndefined();
  await settle(world, 10_000);
  expect(workOf(world)).toBeUndefined();
  expect(world.member.requests.filter((request) => request.startsWith('delete configmaps'))).toEqual([]);
});

test("a question whose time is over by the agent's clock is answered all the same, for that may go wrong, and taken away a minute later", async () => {
  ask({ 'pullet.io/dry-run-expires': inSeconds(-600) });
  await settle(world, 55_000);
  expect(isAnswered()).toBe(true);
  await settle(world, 10_000);
  expect(workOf(world)).toBeUndefined();
});

test('a question that can not be answered is taken away when its time is over', async () => {
  world.hub.intercept((request) => {
    if (request.startsWith('update/status works')) throw new Error('the answer is too large');
  });
  ask({ 'pullet.io/dry-run-expires': inSeconds(60) });
  await settle(world, 55_000);
  expect([isAnswered(), workOf(world) !== undefined]).toEqual([false, true]);
  await settle(world, 60_000);
  expect(workOf(world)).toBeUndefined();
});

test('what an agent has answered before it was restarted, too late for anybody, is taken away at once', async () => {
  ask({ 'pullet.io/dry-run-expires': inSeconds(60) });
  await settle(world);
  expect(isAnswered()).toBe(true);
  world = newDeliveryWorld(world);
  world.clock.advance(61_000);
  await startDelivery(world);
  await settle(world);
  expect(workOf(world)).toBeUndefined();
});

test('what an agent has answered before it was restarted, in time, stays, and is not asked for once more', async () => {
  ask({ 'pullet.io/dry-run-expires': inSeconds(60) });
  await settle(world);
  const { status } = workOf(world) ?? {};
  world = newDeliveryWorld(world);
  world.member.requests.length = 0;
  await startDelivery(world);
  await settle(world, 10_000);
  expect([isAnswered(), workOf(world)?.status]).toEqual([true, status]);
  expect(world.member.requests.filter((request) => request.startsWith('apply configmaps'))).toEqual([]);
});

test.each([
  ['that says no time', {}],
  ['whose time is none', { 'pullet.io/dry-run-expires': 'soon' }],
  ['whose time is far away', { 'pullet.io/dry-run-expires': '9999-01-01T00:00:00Z' }],
])('a question %s stays', async (_name, annotations) => {
  ask(annotations);
  await settle(world, 60_000);
  expect(isAnswered()).toBe(true);
});

test('a Work made under the name of a question, while that is being taken away, stays', async () => {
  ask({ 'pullet.io/dry-run-expires': inSeconds(60) });
  await settle(world);
  const { uid } = workOf(world)?.metadata ?? {};
  let isReplaced = false;
  world.hub.intercept((request) => {
    if (request !== `delete works ${SPACE}/w` || isReplaced) return;
    isReplaced = true;
    loseWork(world);
    putWork(world, [configMap('a')], { spec: { suspendDispatching: true } });
  });
  expect(await settle(world, 65_000)).toEqual([]);
  expect(isReplaced).toBe(true);
  const { metadata } = workOf(world) ?? {};
  expect([metadata !== undefined, metadata?.uid === uid]).toEqual([true, false]);
});

test('a Work that is delivered is never taken away for such a time', async () => {
  ask({ 'pullet.io/dry-run-expires': inSeconds(-1) }, {});
  await settle(world);
  expect(world.member.get('configmaps', 'default/a')).toBeDefined();
  expect(workOf(world)).toBeDefined();
});

test('a Work that was delivered is no question: it is not taken away, and takes its objects along when it is deleted', async () => {
  putWork(world, [configMap('a')]);
  await settle(world);
  ask({ 'pullet.io/dry-run-expires': inSeconds(-1) });
  await settle(world, 60_000);
  expect([isAnswered(), world.member.get('configmaps', 'default/a') === undefined]).toEqual([false, false]);
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world, 5000);
  expect([workOf(world), world.member.get('configmaps', 'default/a')]).toEqual([undefined, undefined]);
});

describe('what the member refuses though it would be delivered', () => {
  const results = (): unknown[] =>
    (workOf(world)?.status?.manifestStatuses ?? []).map(({ status }) => status?.['result']);
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'foos.x' },
    spec: { group: 'x', names: { kind: 'Foo' }, versions: [{ name: 'v1' }] },
  };
  const question = { spec: { suspendDispatching: true }, metadata: { annotations: { 'pullet.io/dry-run': 'true' } } };

  test('for want of a namespace or a kind that other manifests would bring would be created', async () => {
    world.member.intercept((request) => {
      if (request === 'apply configmaps default/a') throw newNotFound({ resource: 'namespaces', name: 'default' });
    });
    const foo = { apiVersion: 'x/v1', kind: 'Foo', metadata: { name: 'f' } };
    putWork(world, [configMap('a'), foo], question);
    await settle(world);
    expect(results()).toEqual(['Refused', 'Refused']);
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };
    putWork(world, [configMap('a'), foo, namespace, definition], question);
    await settle(world);
    expect(results().slice(0, 3)).toEqual(['Created', 'Created', 'Created']);
  });

  test('because a field is immutable would be made anew where it asks for that', async () => {
    world.member.put('configmaps', configMap('a'));
    const causes = [{ reason: 'FieldValueInvalid', message: 'field is immutable', field: 'data' }];
    world.member.intercept((request) => {
      if (request.startsWith('apply')) throw newInvalid({ resource: 'configmaps', name: 'a' }, causes);
    });
    putWork(world, [configMap('a')], question);
    await settle(world);
    expect(results()).toEqual(['Refused']);
    const object = configMap('a');
    const annotations = { 'pullet.io/recreate': 'on-immutable-change' };
    putWork(world, [{ ...object, metadata: { ...object.metadata, annotations } }], question);
    await settle(world);
    expect(results()).toEqual(['Changed']);
  });

  test('because a field is immutable would not be made anew where claims go with what is there', async () => {
    const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's', namespace: 'default' } };
    const spec = { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } };
    world.member.put('statefulsets', { ...set, spec });
    const causes = [{ reason: 'FieldValueInvalid', message: 'field is immutable', field: 'spec' }];
    world.member.intercept((request) => {
      if (request.startsWith('apply')) throw newInvalid({ resource: 'statefulsets', name: 's' }, causes);
    });
    const annotations = { ...question.metadata.annotations, 'pullet.io/recreate': 'on-immutable-change' };
    putWork(world, [{ ...set, spec: {} }], { ...question, metadata: { annotations } });
    await settle(world);
    expect(results()).toEqual(['Refused']);
  });
});

test('what is there is told to be as it should be or not, field by field, and whether a Work may have it', async () => {
  const v = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'v', namespace: SPACE } };
  const manifests = [configMap('same'), configMap('other')];
  world.hub.put('works', { ...v, spec: { workload: { manifests } } });
  for (const name of ['same-theirs', 'theirs']) world.member.put('configmaps', configMap(name));
  await settle(world);
  const changed = { a: '2', b: '3' };
  const asked = [
    configMap('same'),
    configMap('other', changed),
    configMap('same-theirs'),
    configMap('theirs', changed),
  ];
  putWork(world, asked, {
    ...{ spec: { suspendDispatching: true }, metadata: { annotations: { 'pullet.io/dry-run': 'true' } } },
  });
  await settle(world);
  const changes = [
    { field: '.data.a', before: '1', after: '2' },
    { field: '.data.b', after: '3' },
  ];
  const message =
    'it exists and no Work has delivered it: a Work leaves it alone, unless it or the manifest is annotated with work.karmada.io/conflict-resolution: overwrite';
  expect(workOf(world)?.status?.manifestStatuses?.map(({ status }) => status)).toEqual([
    { result: 'Unchanged', changes: [] },
    { result: 'Changed', changes },
    { result: 'Unchanged', changes: [], message },
    { result: 'Changed', changes, message },
  ]);
});

test('what is refused is told without what is in a Secret, nor in the one that is there', async () => {
  world.member.intercept((request) => {
    if (request === 'apply secrets default/s') throw new Error('expected string, got &{Value:4711}, not hunter2!');
  });
  const metadata = { name: 's', namespace: 'default' };
  world.member.put('secrets', { apiVersion: 'v1', kind: 'Secret', metadata, data: { pin: 'aHVudGVyMiE=' } });
  putWork(world, [{ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { pin: 4711 } }], {
    ...{ spec: { suspendDispatching: true }, metadata: { annotations: { 'pullet.io/dry-run': 'true' } } },
  });
  await settle(world, 1000);
  expect(workOf(world)?.status?.manifestStatuses).toMatchObject([
    { status: { result: 'Refused', message: 'expected string, got &{Value:***}, not ***' } },
  ]);
});

test('what is told of many changes has room in the hub', async () => {
  const data = (letter: string): Record<string, string> =>
    Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, letter.repeat(900)]));
  const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
  for (const name of names) world.member.put('configmaps', configMap(name, data('a')));
  putWork(
    world,
    names.map((name) => configMap(name, data('b'))),
    { spec: { suspendDispatching: true }, metadata: { annotations: { 'pullet.io/dry-run': 'true' } } },
  );
  await settle(world, 1000);
  const { status } = workOf(world) ?? {};
  expect([isAnswered(), status?.manifestStatuses?.length]).toEqual([true, 12]);
  expect(JSON.stringify(status).length).toBeLessThan(1024 * 1024);
});
