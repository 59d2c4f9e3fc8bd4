import { expect, test } from 'vitest';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { SPACE, workOf } from './delivery-fixture.ts';
import { beginDelivered, orphansCondition, putMarked, restart, world } from './delivery-scene.ts';
import { newOrphanController, type OrphanControllerDeps } from './orphan-controller.ts';

test('orphans that could not be looked for are looked for soon after hub or member answer again', async () => {
  const clock = newFakeClock();
  const stop = new AbortController();
  let tries = 0;
  let answerAgain: (() => void) | undefined;
  const deps: Partial<OrphanControllerDeps> = {
    ...{ clock, newController, log: silentLogger, namespace: 'karmada-es-m1' },
    informer: {
      ...{ type: { resource: 'works' }, hasSynced: () => true, synced: async () => {}, addHandler: () => () => {} },
    } as unknown as Informer<Work>,
    wakes: [
      (wake) => {
        answerAgain = wake;
        return () => {};
      },
    ],
    getWork: () => {
      tries += 1;
      throw new Error('away');
    },
  };
  const running = newOrphanController(deps as OrphanControllerDeps).run(stop.signal);
  await clock.advance(10 * 60_000);
  const before = tries;
  expect(before).toBeGreaterThan(1);
  answerAgain?.();
  await clock.advance(2000);
  expect(tries).toBeGreaterThan(before);
  stop.abort();
  await running;
});

test('no Work is missing before the hub has told its Works', async () => {
  const clock = newFakeClock();
  const stop = new AbortController();
  let hasTold = false;
  const asked: string[] = [];
  const deps: Partial<OrphanControllerDeps> = {
    ...{ clock, newController, log: silentLogger, namespace: 'karmada-es-m1', wakes: [] },
    informer: {
      ...{ type: { resource: 'works' }, hasSynced: () => hasTold, synced: async () => {}, addHandler: () => () => {} },
    } as unknown as Informer<Work>,
    getWork: (key) => {
      asked.push(key);
      throw new Error('away');
    },
  };
  const running = newOrphanController(deps as OrphanControllerDeps).run(stop.signal);
  await clock.advance(60_000);
  expect(asked).toEqual([]);
  hasTold = true;
  await clock.advance(2000);
  expect(asked).not.toEqual([]);
  stop.abort();
  await running;
});

test('what was told in part of orphans that are gone by now is taken back', async () => {
  await beginDelivered();
  let isCut = false;
  world.hub.intercept((request) => {
    if (isCut || request !== `update/status works ${SPACE}/pullet-orphans`) return;
    isCut = true;
    world.member.remove('configmaps', 'default/x');
    throw new TransportError('away');
  });
  await restart(() => putMarked('x'));
  expect([isCut, orphansCondition()?.status, workOf(world, 'pullet-orphans')]).toEqual([true, 'False', undefined]);
});
