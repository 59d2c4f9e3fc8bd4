import { beforeEach, expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import {
  configMap,
  loseWork,
  newDeliveryWorld,
  putWork,
  SPACE,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';
import { beginDelivered, condition, enter, isThere, LONG_MS, work, world } from './delivery-scene.ts';

/** A member that is asked to delete an object, and says nothing for longer than an object may take. */

let isHanging = false;

/** An answer that comes afterwards is none. */
function answerLate(signal: AbortSignal | undefined): Promise<string> {
  isHanging = false;
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    world.clock.advance(30_000);
    resolve(JSON.stringify({ kind: 'ConfigMap' }));
  });
}

beforeEach(async () => {
  isHanging = false;
  await beginDelivered();
  enter(newDeliveryWorld(world));
  const { client } = world.member;
  const raw: typeof client.raw = (request) => {
    const isIt = isHanging && request.method === 'DELETE' && request.path.endsWith('/configmaps/b');
    return isIt ? answerLate(request.signal) : client.raw(request);
  };
  await startDelivery(world, { member: { ...client, raw } });
  await settle(world, LONG_MS);
  isHanging = true;
});

/** Of the Work that tells of orphaned objects. */
const decisions = (): string | undefined => {
  const conditions = workOf(world, 'pullet-orphans')?.status?.conditions;
  return conditions?.find(({ type }) => type === 'Progressing')?.message;
};

const WORDS =
  'Waiting until these are gone from the cluster: ConfigMap default/b (the cluster m1: no answer within 30 s)';

test('is given up on where a Work is deleted, which says so, and asked again', async () => {
  putWork(world, [configMap('b')]);
  await settle(world, LONG_MS);
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world, 0);
  expect(condition('Progressing')?.message).toBe(WORDS);
  await settle(world, LONG_MS);
  expect([isThere('b'), work()]).toEqual([false, undefined]);
});

test('is given up on where a Work no longer names an object, and says so, and asked again', async () => {
  putWork(world, [configMap('a')]);
  await settle(world, 0);
  expect(condition('Progressing')?.message).toBe(WORDS);
  await settle(world, LONG_MS);
  expect([isThere('b'), condition('Progressing')]).toEqual([false, undefined]);
});

test('is given up on where a person prunes an orphan, which is told, and asked again', async () => {
  loseWork(world);
  await settle(world, LONG_MS);
  const told = world.hub.get('works', `${SPACE}/pullet-orphans`) as Unstructured;
  const { uid = '' } = world.member.get('configmaps', 'default/b')?.metadata ?? {};
  world.hub.put('works', { ...told, metadata: { ...told.metadata, annotations: { 'pullet.io/prune': uid } } });
  await settle(world, 2000);
  expect(decisions()).toBe(
    'These decisions could not be carried out yet: prune ConfigMap default/b: the cluster m1: no answer within 30 s',
  );
  await settle(world, 90_000);
  expect([isThere('a'), isThere('b'), decisions()]).toEqual([true, false, undefined]);
});
