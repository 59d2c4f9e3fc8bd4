import { expect, test } from 'vitest';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
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
