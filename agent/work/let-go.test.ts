import { expect, test } from 'vitest';
import { newConflict } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import {
  configMap,
  FINALIZER,
  newDeliveryWorld,
  putWork,
  SPACE,
  setHub,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';
import { newFakeInformer } from './fake-informer.ts';

/** A delivery that hears of its Works only as long as `late` is empty; what it has not heard of waits in there. */
async function newLateWorld() {
  const world = newDeliveryWorld();
  setHub(world, 'hub-1');
  const late: (() => void)[] = [];
  let isLate = false;
  const hub: typeof world.hub = {
    ...world.hub,
    listen: (resource, listener) =>
      world.hub.listen(resource, (object, deleted) => {
        if (isLate) late.push(() => listener(object, deleted));
        else listener(object, deleted);
      }),
  };
  const [ofHub, ofMember] = [newFakeInformer(hub), newFakeInformer(world.member)];
  await startDelivery(world, {
    newInformer: (options) => (options.client === world.hub.client ? ofHub(options) : ofMember(options)),
  });
  return {
    world,
    beLate: () => {
      isLate = true;
    },
    catchUp: () => {
      isLate = false;
      for (const tell of late.splice(0)) tell();
    },
  };
}

const isOfDelivery = (request: string): boolean => /(works|configmaps) /.test(request);

test('of a deleted Work that was let go nothing is asked while the word that it is gone is on its way', async () => {
  const { world, beLate, catchUp } = await newLateWorld();
  putWork(world, [configMap('a')]);
  await settle(world, 3000);
  for (const api of [world.hub, world.member]) api.requests.length = 0;
  world.hub.remove('works', `${SPACE}/w`);
  beLate();
  await settle(world, 8000);
  expect(world.member.requests.filter(isOfDelivery)).toEqual(['delete configmaps default/a']);
  expect(world.hub.requests.filter(isOfDelivery)).toEqual([`update works ${SPACE}/w`]);
  catchUp();
  await settle(world, 3000);
  expect(world.member.requests.filter(isOfDelivery)).toEqual(['delete configmaps default/a']);
  expect(world.hub.requests.filter(isOfDelivery)).toEqual([`update works ${SPACE}/w`]);
});

test('a Work is let go of that has gone before the agent says so, of which the server says that it is not the one that was meant', async () => {
  const { world, beLate, catchUp } = await newLateWorld();
  putWork(world, [configMap('a')]);
  await settle(world, 3000);
  const UPDATE = `update works ${SPACE}/w`;
  world.hub.intercept((request) => {
    if (request !== UPDATE) return;
    world.hub.forget('works', `${SPACE}/w`);
    throw newConflict({ resource: 'works', name: 'w' }, 'Precondition failed: UID in precondition');
  });
  world.hub.requests.length = 0;
  world.hub.remove('works', `${SPACE}/w`);
  beLate();
  expect(await settle(world, 8000)).toEqual([]);
  catchUp();
  await settle(world, 3000);
  expect(world.hub.requests.filter(isOfDelivery)).toEqual([UPDATE, `get works ${SPACE}/w`]);
  const kept = world.member.list('secrets').map(({ metadata }) => metadata.name);
  expect([kept, world.member.get('configmaps', 'default/a')]).toEqual([['pullet-state-head'], undefined]);
});

test('a Work of the same name that is made and deleted meanwhile takes its own objects along', async () => {
  const { world, beLate, catchUp } = await newLateWorld();
  putWork(world, [configMap('a')]);
  await settle(world, 3000);
  world.hub.remove('works', `${SPACE}/w`);
  beLate();
  await settle(world, 250);
  catchUp();
  putWork(world, [configMap('b')]);
  await settle(world, 250);
  expect(world.member.get('configmaps', 'default/b')).toBeDefined();
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world, 250);
  expect(world.member.get('configmaps', 'default/b')).toBeUndefined();
  expect(world.hub.get('works', `${SPACE}/w`)).toBeUndefined();
});

test('a Work that comes back as it was, from a backup, is looked at again', async () => {
  const { world, beLate } = await newLateWorld();
  putWork(world, [configMap('a')]);
  await settle(world, 3000);
  world.hub.remove('works', `${SPACE}/w`);
  const before = world.hub.get('works', `${SPACE}/w`);
  if (!before) throw new Error('the Work is gone at once');
  beLate();
  await settle(world, 250);
  expect(world.hub.get('works', `${SPACE}/w`)).toBeUndefined();
  world.hub.put('works', before);
  await settle(world, 31_000);
  expect(world.hub.get('works', `${SPACE}/w`)).toBeUndefined();
});

test('a Work on its way out that somebody gives our finalizer again is let go again at once', async () => {
  const { world, beLate, catchUp } = await newLateWorld();
  putWork(world, [configMap('a')]);
  await settle(world, 3000);
  const held = workOf(world) as unknown as Unstructured;
  world.hub.put('works', { ...held, metadata: { ...held.metadata, finalizers: [FINALIZER, 'theirs'] } });
  await settle(world, 3000);
  world.hub.remove('works', `${SPACE}/w`);
  beLate();
  await settle(world, 250);
  const left = workOf(world) as unknown as Unstructured;
  expect(left.metadata.finalizers).toEqual(['theirs']);
  world.hub.put('works', { ...left, metadata: { ...left.metadata, finalizers: ['theirs', FINALIZER] } });
  catchUp();
  await settle(world, 250);
  expect(workOf(world)?.metadata.finalizers).toEqual(['theirs']);
});
