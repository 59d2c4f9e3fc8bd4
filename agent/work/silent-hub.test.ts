import { beforeEach, expect, test } from 'vitest';
import { configMap, putWork, SPACE, setHub, settle, workOf } from './delivery-fixture.ts';
import {
  beginDelivered,
  condition,
  isThere,
  LONG_MS,
  orphans,
  putForgetful,
  restart,
  work,
  world,
} from './delivery-scene.ts';

/** A hub that does not say which one it is (it forbids its agents to read kube-system), as it did before: for half a minute that may be a moment's trouble. */

beforeEach(beginDelivered);

/** An agent that is started anew, with a Work that has changed meanwhile. */
const restartSilent = (change: () => void) =>
  restart(() => {
    world.hub.remove('namespaces', 'kube-system');
    change();
  });

test('is delivered from at once', async () => {
  await restartSilent(() => void putWork(world, [configMap('a', { a: '2' }), configMap('b'), configMap('c')]));
  expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ a: '2' });
  expect(isThere('c')).toBe(true);
  expect(condition('Applied')).toMatchObject({ status: 'True', observedGeneration: work()?.metadata.generation });
});

test.each([
  ['it is the same one, goes then', 'hub-1', false, []],
  ['it is another one, is orphaned then', 'hub-2', true, ['b: HubChanged']],
])('deletes nothing: what a Work stopped naming, if %s', async (_what, uid, isLeft, told) => {
  await restartSilent(() => void putWork(world, [configMap('a')]));
  expect([isThere('a'), isThere('b'), orphans()]).toEqual([true, true, []]);
  setHub(world, uid, 'epoch-1');
  await settle(world, LONG_MS);
  expect([isThere('b'), orphans()]).toEqual([isLeft, told]);
});

test('has not gone on in the history of before: a Work that is older than when it was delivered is found out when the hub speaks', async () => {
  await restartSilent(() => putForgetful([configMap('a')]));
  setHub(world, 'hub-1', 'epoch-1');
  await settle(world, LONG_MS);
  expect([isThere('b'), orphans()]).toEqual([true, ['b: WorkNotNewer']]);
});

test('is found out to be restored, though it has gone on since: a Work that is older than when it was delivered is not written before', async () => {
  putWork(world, [configMap('a')]);
  const restore = world.hub.backup();
  await settle(world, LONG_MS);
  putWork(world, [configMap('a'), configMap('b')]);
  await settle(world, LONG_MS);
  const { resourceVersion: highest = '' } = world.hub.put('configmaps', configMap('others')).metadata;
  await restart(() => {
    restore(Number(highest));
    world.hub.remove('namespaces', 'kube-system');
  });
  setHub(world, 'hub-1', 'epoch-1');
  await settle(world, LONG_MS);
  expect(orphans()).toEqual(['b: HubChanged']);
});

test('keeps a Work that is deleted until it has said which one it is', async () => {
  await restartSilent(() => world.hub.remove('works', `${SPACE}/w`));
  expect([isThere('a'), workOf(world) !== undefined]).toEqual([true, true]);
  setHub(world, 'hub-1', 'epoch-1');
  await settle(world, LONG_MS);
  expect([isThere('a'), workOf(world)]).toEqual([false, undefined]);
});
