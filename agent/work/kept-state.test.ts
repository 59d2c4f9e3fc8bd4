import { beforeEach, expect, test, vi } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { ControllerOptions } from '../../shared/controller/controller.ts';
import { configMap, newDeliveryWorld, putWork, settle, startDelivery } from './delivery-fixture.ts';
import { beginDelivered, enter, isThere, LONG_MS, orphans, restart, world } from './delivery-scene.ts';

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

/** Controllers that end, as those of an agent do. */
function ending(newController: typeof world.controllers.newController): typeof newController {
  return (options: ControllerOptions) => {
    let hasEnded = false;
    const reconcile: ControllerOptions['reconcile'] = async (key, signal) =>
      hasEnded ? undefined : options.reconcile(key, signal);
    const controller = newController({ ...options, reconcile });
    const run = async (signal: AbortSignal): Promise<void> => {
      await controller.run(signal);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      hasEnded = true;
    };
    return { ...controller, run };
  };
}

test('what may not be read when the agent starts is read when it may, and proves what may go', async () => {
  enter(newDeliveryWorld(world));
  putWork(world, [configMap('a')]);
  world.member.intercept((request) => {
    if (request === 'list secrets') throw newForbidden({ resource: 'secrets' }, 'no');
  });
  const stop = new AbortController();
  const ended = startDelivery(world, { newController: ending(world.controllers.newController) }, stop);
  await settle(world, LONG_MS);
  expect([isThere('a'), isThere('b'), orphans()]).toEqual([true, true, ['b: NotInInventory']]);
  world.member.intercept(() => {});
  const look = () => settle(world, LONG_MS).then(() => [isThere('a'), isThere('b'), orphans()]);
  await expect.poll(look, { timeout: 30_000 }).toEqual([true, false, []]);
  stop.abort();
  await ended;
});
