import { beforeEach, expect, test } from 'vitest';
import type { KubeClient } from '../../shared/client/client.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { configMap, newDeliveryWorld, putWork, SPACE, setHub, settle, startDelivery } from './delivery-fixture.ts';
import { condition, enter, isThere, memberRequests, work, world } from './delivery-scene.ts';
import { newCutWatches, newFakeInformer } from './fake-informer.ts';

/** What happens to delivered objects without any event that tells of it in time. */

const MINUTE_MS = 60_000;

/** The member's watches tell nothing as long as they are cut. */
let cut: (wanted: boolean) => void;
/** Done once after the member has applied the object of that name, before it answers. */
let beforeAnswer: { name: string; act: () => void } | undefined;

beforeEach(async () => {
  enter(newDeliveryWorld());
  setHub(world, 'hub-1');
  beforeAnswer = undefined;
  const ofHub = newFakeInformer(world.hub);
  const ofMember = newCutWatches(world.member);
  cut = ofMember.cut;
  const apply: KubeClient['apply'] = async (type, object, options) => {
    const live = await world.member.client.apply(type, object, options);
    const due = beforeAnswer?.name === object.metadata.name ? beforeAnswer : undefined;
    if (due) beforeAnswer = undefined;
    due?.act();
    return live;
  };
  await startDelivery(world, {
    member: { ...world.member.client, apply },
    newInformer: (options) => (options.client === world.hub.client ? ofHub(options) : ofMember.newInformer(options)),
  });
  putWork(world, [configMap('a')]);
  await settle(world);
});

const dataOf = (name: string): unknown => world.member.get('configmaps', `default/${name}`)?.['data'];
const remove = (name: string): void => world.member.remove('configmaps', `default/${name}`);
/** The watches end, and begin anew with a whole list. */
function listAnew(): void {
  cut(false);
  world.member.rewind(world.member.version());
}

test.each<[string, string, () => void]>([
  ['that is new, though the watch tells of it before the answer', 'b', () => remove('b')],
  ['that was changed, though the watch tells of it before the answer', 'a', () => remove('a')],
  [
    'while the watch is broken, though the new list is there before the answer',
    'b',
    () => {
      cut(true);
      remove('b');
      listAnew();
    },
  ],
])('an object is made again that is deleted right after it was applied: one %s', async (_name, name, act) => {
  beforeAnswer = { name, act };
  putWork(world, [configMap('a', { a: '2' }), configMap('b')]);
  await settle(world);
  expect(beforeAnswer).toBeUndefined();
  await settle(world, MINUTE_MS);
  expect([isThere('a'), isThere('b'), condition('Applied')?.status]).toEqual([true, true, 'True']);
});

test('an object is made again that was made and deleted while the watch was broken', async () => {
  cut(true);
  world.member.remove('configmaps', 'default/b');
  putWork(world, [configMap('a'), configMap('b')]);
  await settle(world);
  remove('b');
  await settle(world, MINUTE_MS);
  expect(isThere('b')).toBe(false);
  listAnew();
  await settle(world);
  expect(isThere('b')).toBe(true);
});

const restores: [string, (restore: (version?: number) => void) => void][] = [
  ['that is below what was applied', (restore) => restore()],
  ['that is above what was applied already', (restore) => restore(10_000)],
];

test.each(restores)('content is set again in a member that was restored to a version %s', async (_name, act) => {
  const restore = world.member.backup();
  putWork(world, [configMap('a', { a: '2' })]);
  await settle(world);
  expect(dataOf('a')).toEqual({ a: '2' });
  act(restore);
  expect(dataOf('a')).toEqual({ a: '1' });
  await settle(world);
  expect(dataOf('a')).toEqual({ a: '2' });
});

test.each(restores)(
  'content is set again, though the watch had not seen it, in a member restored to a version %s',
  async (_name, act) => {
    const restore = world.member.backup();
    cut(true);
    putWork(world, [configMap('a', { a: '2' })]);
    await settle(world);
    act(restore);
    cut(false);
    await settle(world);
    expect(dataOf('a')).toEqual({ a: '2' });
  },
);

test.each<[string, () => void]>([
  ['goes', () => world.hub.remove('works', `${SPACE}/w`)],
  ['stops naming it', () => void putWork(world, [configMap('b')])],
])('an object that was made again while the watch was broken goes when its Work %s', async (_what, act) => {
  cut(true);
  remove('a');
  putWork(world, [configMap('a', { a: '2' })]);
  await settle(world);
  expect(dataOf('a'), 'made again').toEqual({ a: '2' });
  act();
  await settle(world);
  expect(isThere('a')).toBe(false);
});

test('an object that was made again goes when its Work goes, though nobody heard that it was made', async () => {
  const act = (): void => {
    world.hub.remove('works', `${SPACE}/w`);
    throw new TransportError('no answer');
  };
  beforeAnswer = { name: 'a', act };
  remove('a');
  await settle(world, MINUTE_MS);
  expect([beforeAnswer, work(), isThere('a')]).toEqual([undefined, undefined, false]);
});

test('other content of the very version that was applied is set back in a restored member', async () => {
  const restore = world.member.backup();
  putWork(world, [configMap('a', { a: '2' })]);
  await settle(world);
  const { resourceVersion } = world.member.get('configmaps', 'default/a')!.metadata;
  cut(true);
  restore(Number(resourceVersion) - 1);
  world.member.put('configmaps', { ...world.member.get('configmaps', 'default/a')!, data: { a: 'theirs' } });
  expect(world.member.get('configmaps', 'default/a')?.metadata.resourceVersion).toBe(resourceVersion);
  listAnew();
  await settle(world);
  expect(dataOf('a')).toEqual({ a: '2' });
});

test('an object that was deleted and is not made again yet is told of as unknown', async () => {
  for (let round = 0; round < 5; round += 1) {
    beforeAnswer = { name: 'a', act: () => remove('a') };
    putWork(world, [configMap('a', { a: `${round}` })]);
    await world.controllers.settle();
    remove('a');
    await world.controllers.settle();
  }
  await settle(world, 500);
  expect(isThere('a')).toBe(false);
  expect(work()?.status?.manifestStatuses).toMatchObject([{ health: 'Unknown' }]);
});

test('a new list that says what was known already costs no request', async () => {
  await settle(world, MINUTE_MS);
  world.member.requests.length = 0;
  world.hub.requests.length = 0;
  listAnew();
  await settle(world, MINUTE_MS);
  expect([memberRequests(), world.hub.requests]).toEqual([[], []]);
});
