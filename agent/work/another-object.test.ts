import { beforeEach, expect, test } from 'vitest';
import { configMap, putWork, settle } from './delivery-fixture.ts';
import { begin, condition, isThere, justBefore, memberRequests, world } from './delivery-scene.ts';

/** What becomes of an object between our look at it and our apply. */

const REQUEST = 'apply configmaps default/a';

beforeEach(async () => {
  await begin();
  putWork(world, [configMap('a')]);
  await settle(world);
  world.member.requests.length = 0;
});

const remove = (): void => world.member.remove('configmaps', 'default/a');
const dataOf = (): unknown => world.member.get('configmaps', 'default/a')?.['data'];
const makeTheirs = (): void => {
  remove();
  world.member.put('configmaps', configMap('a', { of: 'people' }));
};
const changes: [string, () => void][] = [
  ['the Work changes it', () => void putWork(world, [configMap('a', { a: '2' })])],
  [
    'it has drifted',
    () => {
      world.member.put('configmaps', { ...world.member.get('configmaps', 'default/a')!, data: { a: 'drifted' } });
    },
  ],
  [
    'it is to be made again where that is needed',
    () =>
      void putWork(world, [configMap('a', { a: '2' })], {
        metadata: { annotations: { 'pullet.io/recreate': 'on-immutable-change' } },
      }),
  ],
];

test.each(changes)('what people made in its place is left alone when %s', async (_when, change) => {
  justBefore(world.member, REQUEST, makeTheirs);
  change();
  await settle(world);
  expect(dataOf()).toEqual({ of: 'people' });
  expect(condition('Applied')).toMatchObject({ status: 'False' });
});

test.each(changes)('it is made again at once when somebody deletes it just before %s', async (_when, change) => {
  justBefore(world.member, REQUEST, remove);
  change();
  expect(await settle(world)).toEqual([]);
  expect([isThere('a'), condition('Applied')?.status]).toEqual([true, 'True']);
  expect(memberRequests()).toContain('get configmaps default/a');
});

test('that it is the one that was looked at costs no request more', async () => {
  putWork(world, [configMap('a', { a: '2' })]);
  await settle(world);
  expect(memberRequests()).toEqual([REQUEST]);
});
