import { beforeEach, expect, test, vi } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import { configMap, newDeliveryWorld, putWork, SPACE, settle, startDelivery, workOf } from './delivery-fixture.ts';
import { beginDelivered, enter, isThere, LONG_MS, orphans, restart, world } from './delivery-scene.ts';
import { newEnding } from './fake-world.ts';

/** What is kept in the member, under an agent that runs. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

beforeEach(beginDelivered);

const names = (): string[] =>
  world.member
    .list('secrets')
    .map(({ metadata }) => metadata.name ?? '')
    .sort();

test('what somebody deletes is there again before the agent needs it, and proves what may go', async () => {
  const before = names();
  for (const name of before) world.member.remove('secrets', `karmada-system/${name}`);
  await settle(world, 10 * 60_000 + LONG_MS);
  expect(names()).toEqual(before);
  await restart(() => void putWork(world, [configMap('a')]));
  expect([isThere('a'), isThere('b'), orphans()]).toEqual([true, false, []]);
});

test('what may not be read when the agent starts is read when it may, and proves what may go', async () => {
  enter(newDeliveryWorld(world));
  putWork(world, [configMap('a')]);
  world.member.intercept((request) => {
    if (request === 'list secrets') throw newForbidden({ resource: 'secrets' }, 'no');
  });
  const stop = new AbortController();
  const ended = startDelivery(world, { newController: newEnding(world.controllers) }, stop);
  await settle(world, LONG_MS);
  expect([isThere('a'), isThere('b'), orphans()]).toEqual([true, true, ['b: NotInInventory']]);
  world.member.intercept(() => {});
  const look = () => settle(world, LONG_MS).then(() => [isThere('a'), isThere('b'), orphans()]);
  await expect.poll(look, { timeout: 30_000 }).toEqual([true, false, []]);
  stop.abort();
  await ended;
});

test('for what may be read by now nobody waits until the hub answers', async () => {
  enter(newDeliveryWorld(world));
  world.member.intercept((request) => {
    if (request === 'list secrets') throw newForbidden({ resource: 'secrets' }, 'no');
  });
  const stop = new AbortController();
  let begun = 0;
  const heartbeat = { lease: { name: 'm1' }, carry: () => void begun++, stampNow: async () => {} };
  const more = { newController: newEnding(world.controllers), heartbeat };
  const ended = startDelivery(world, more, { signal: stop.signal, hubIsReady: new Promise(() => {}) });
  await settle(world, LONG_MS);
  world.member.intercept(() => {});
  await expect.poll(() => settle(world, LONG_MS).then(() => begun), { timeout: 30_000 }).toBe(2);
  stop.abort();
  await ended;
});

test('a Work that is deleted while what is kept may not be read yet waits for that, and takes its objects along', async () => {
  enter(newDeliveryWorld(world));
  world.hub.remove('works', `${SPACE}/w`);
  world.member.intercept((request) => {
    if (request === 'list secrets') throw newForbidden({ resource: 'secrets' }, 'not yet');
  });
  const stop = new AbortController();
  const ended = startDelivery(world, { newController: newEnding(world.controllers) }, stop);
  await settle(world, 1000);
  world.member.intercept(() => {});
  const look = () => settle(world, LONG_MS).then(() => [workOf(world), isThere('a'), isThere('b'), orphans()]);
  await expect.poll(look, { timeout: 30_000 }).toEqual([undefined, false, false, []]);
  stop.abort();
  await ended;
});

test('a Work that is deleted goes without its objects where what is kept may not be read for long', async () => {
  enter(newDeliveryWorld(world));
  world.hub.remove('works', `${SPACE}/w`);
  world.member.intercept((request) => {
    if (request === 'list secrets') throw newForbidden({ resource: 'secrets' }, 'no');
  });
  const stop = new AbortController();
  const ended = startDelivery(world, { newController: newEnding(world.controllers) }, stop);
  await settle(world, 40_000);
  expect([workOf(world), isThere('a'), isThere('b')]).toEqual([undefined, true, true]);
  stop.abort();
  await ended;
});
