import { beforeEach, expect, test, vi } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { configMap, FINALIZER, loseWork, putWork, SPACE, settle, workOf } from './delivery-fixture.ts';
import {
  beginDelivered,
  decide,
  hold,
  isThere,
  LONG_MS,
  orphans,
  putForgetful,
  putMarked,
  restart,
  uidOf,
  world,
} from './delivery-scene.ts';
import { type DecisionDeps, heedDecisions } from './orphan-decisions.ts';
import { newOrphanWaits } from './orphan-waits.ts';

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

beforeEach(beginDelivered);

test.each(['prune', 'adopt'])(
  "a person's word to %s does not reach what the Work has come to name again and does not deliver yet",
  async (word) => {
    putForgetful([]);
    await settle(world, LONG_MS);
    expect(orphans()).toEqual(['a: WorkNotNewer', 'b: WorkNotNewer']);
    putWork(world, [configMap('a')], { spec: { suspendDispatching: true } });
    decide({ [`pullet.io/${word}`]: `${uidOf('a')},${uidOf('b')}` });
    await settle(world, LONG_MS);
    const managed = ['a', 'b'].map((name) => world.member.get('configmaps', `default/${name}`)?.metadata.labels);
    expect(managed).toEqual([{ 'karmada.io/managed': 'true' }, word === 'prune' ? undefined : {}]);
    expect(orphans()).toEqual(['a: WorkNotNewer']);
  },
);

const suspended = (...names: string[]): Unstructured => ({
  ...{ apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'v', namespace: SPACE } },
  spec: { workload: { manifests: names.map((name) => configMap(name)) }, suspendDispatching: true },
});

test("a person's word to prune does not reach what another Work names and does not deliver yet", async () => {
  loseWork(world);
  await settle(world, LONG_MS);
  world.hub.put('works', suspended('a'));
  decide({ 'pullet.io/prune': `${uidOf('a')},${uidOf('b')}` });
  await settle(world, LONG_MS);
  expect([isThere('a'), isThere('b')]).toEqual([true, false]);
});

test('what another Work names is no orphan though nothing is written down about it', async () => {
  putMarked('c');
  putMarked('d');
  world.hub.put('works', suspended('c'));
  await restart();
  expect(orphans()).toEqual(['d: NotInInventory']);
});

test('what only a dry run names is an orphan all the same', async () => {
  putMarked('c');
  const asking = suspended('c');
  world.hub.put('works', { ...asking, metadata: { ...asking.metadata, annotations: { 'pullet.io/dry-run': 'true' } } });
  await restart();
  expect(orphans()).toEqual(['c: NotInInventory']);
});

test('what only a dry run names that has the name of its Work waits for the word of a person, and heeds it', async () => {
  loseWork(world);
  await settle(world, LONG_MS);
  const asking = suspended('a', 'b');
  const annotations = { 'pullet.io/dry-run': 'true' };
  world.hub.put('works', { ...asking, metadata: { ...asking.metadata, name: 'w', annotations } });
  await settle(world, LONG_MS);
  expect(orphans()).toEqual(['a: WorkMissing', 'b: WorkMissing']);
  decide({ 'pullet.io/prune': uidOf('a') });
  await settle(world, LONG_MS);
  expect([isThere('a'), orphans()]).toEqual([false, ['b: WorkMissing']]);
});

test.each([
  ['prune', 'takes over'],
  ['adopt', 'takes over'],
  ['prune', 'takes over and stops naming'],
  ['adopt', 'takes over and stops naming'],
  ['prune', 'has taken with it'],
])("a person's word to %s does not reach what a Work %s while another is done", async (word, what) => {
  const orphaned = { reason: 'WorkNotNewer' as const, since: '2026-01-01T00:00:00Z' };
  const [a, b] = ['a', 'b'].map((name) => ({
    ...{ apiVersion: 'v1', group: '', kind: 'ConfigMap', namespace: 'default', name, orphaned },
    uid: world.member.get('configmaps', `default/${name}`)?.metadata.uid ?? '',
  }));
  const record = { history: 'h', work: `${SPACE}/w`, generation: 1, resourceVersion: '1' };
  let objects: unknown[] = [a, b];
  const annotations = { [`pullet.io/${word}`]: `${a?.uid},${b?.uid}` };
  const told = {
    metadata: { name: 'pullet-orphans', namespace: SPACE, annotations },
    spec: {},
  } as unknown as Unstructured;
  world.hub.put('works', told);
  const asked: string[] = [];
  const deps = {
    inventory: {
      entries: () => [['uid-1', { ...record, objects }]],
      get: () => (objects.length > 0 ? { ...record, objects } : undefined),
      put: () => {},
    },
    ...{ hub: world.hub.client, clock: world.clock, log: silentLogger, namespace: SPACE, worksNaming: () => [] },
    getWork: (key: string) =>
      key.endsWith('/pullet-orphans') ? workOf(world, 'pullet-orphans') : { metadata: { uid: 'uid-1' }, spec: {} },
    typeOf: async ({ kind }: { kind: string }) => {
      asked.push(kind);
      const { orphaned: __, ...leaving } = { ...b, isLeaving: true };
      objects = { 'takes over': [a], 'has taken with it': [] }[what] ?? [a, leaving];
    },
  } as unknown as DecisionDeps;
  await heedDecisions(deps, newOrphanWaits(world.clock), new AbortController().signal);
  expect(asked).toHaveLength(1);
  expect(workOf(world, 'pullet-orphans')?.metadata.annotations).toEqual({});
});

test("a person's word to prune is not held up by a Work that names it and is on its way out", async () => {
  putForgetful([]);
  await settle(world, LONG_MS);
  hold('configmaps', 'default/b', ['hold']);
  putWork(world, [configMap('a'), configMap('b')], { metadata: { finalizers: [FINALIZER, 'theirs'] } });
  await restart(() => world.hub.remove('works', `${SPACE}/w`));
  expect(orphans()).toEqual(['a: WorkNotNewer', 'b: WorkNotNewer']);
  decide({ 'pullet.io/prune': uidOf('a') });
  await settle(world, LONG_MS);
  expect([isThere('a'), isThere('b'), orphans()]).toEqual([false, true, ['b: WorkNotNewer']]);
});
