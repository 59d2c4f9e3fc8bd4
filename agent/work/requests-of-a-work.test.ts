import { beforeEach, expect, test } from 'vitest';
import { configMap, putWork, SPACE, settle } from './delivery-fixture.ts';
import { beginDelivered, isThere, LONG_MS, memberRequests, work, world } from './delivery-scene.ts';

/** What a Work costs the servers: they need most of the time that it takes, whoever asks. */

beforeEach(async () => {
  await beginDelivered();
  world.hub.requests.length = 0;
  world.member.requests.length = 0;
});

const toObjects = (): string[] => memberRequests().filter((request) => !request.includes('secrets'));
const writesToHub = (): string[] => world.hub.requests.filter((request) => !/^(get|list) /.test(request));

test('of a changed Work each object is applied once, without being read, and the hub is told once', async () => {
  putWork(world, [configMap('a', { a: '2' }), configMap('b', { b: '2' })]);
  await settle(world, 30_000);
  expect(toObjects().sort()).toEqual(['apply configmaps default/a', 'apply configmaps default/b']);
  expect(world.hub.requests.filter((request) => request.includes('works'))).toHaveLength(1);
});

test('of a deleted Work each object is deleted once, and the hub gets one write', async () => {
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world, LONG_MS);
  expect([isThere('a'), isThere('b'), work()]).toEqual([false, false, undefined]);
  expect(toObjects().sort()).toEqual(['delete configmaps default/a', 'delete configmaps default/b']);
  expect(writesToHub()).toHaveLength(1);
});
