import { beforeEach, describe, expect, test } from 'vitest';
import { newConflict, newForbidden, newInvalid } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { Controller, ControllerOptions, ReconcileResult } from '../../shared/controller/controller.ts';
import { newWorkStates } from './delivery.ts';
import {
  configMap,
  deployment,
  FINALIZER,
  newDeliveryWorld,
  putWork,
  SPACE,
  setHub,
  settle,
  startDelivery,
} from './delivery-fixture.ts';
import { condition, enter, hold, isThere, justBefore, LONG_MS, orphans, work, world } from './delivery-scene.ts';
import { newCutWatches, newFakeInformer } from './fake-informer.ts';
import { reconcileWork, type WorkDeps } from './reconcile.ts';

/** When a Work is looked at again, what others hear of it meanwhile, and what is kept of it. */

const KEY = `${SPACE}/w`;
const { signal } = new AbortController();

/** The controllers of the delivery, by name. */
let controllers: Record<string, ControllerOptions>;
/** Of Works, one after the other. */
let results: (ReconcileResult | undefined)[];
let isToldAtOnce: boolean;
let writing: Promise<void>[];

beforeEach(async () => {
  [controllers, results, isToldAtOnce, writing] = [{}, [], false, []];
  enter(newDeliveryWorld());
  setHub(world, 'hub-1');
  const { newController } = world.controllers;
  await startDelivery(world, {
    newController: (options) => {
      controllers[options.name] = options;
      if (options.name === 'work-status') return newTeller(options);
      if (options.name !== 'work') return newController(options);
      const reconcile: ControllerOptions['reconcile'] = async (key, aborted) => {
        const result = await options.reconcile(key, aborted);
        results.push(result);
        return result;
      };
      return newController({ ...options, reconcile });
    },
  });
});

/** Writes a status when it is asked to, where it is told at once, and not after the delivery. */
function newTeller(options: ControllerOptions): Controller {
  const teller = world.controllers.newController(options);
  const write = async (key: string): Promise<void> => {
    const result = await options.reconcile(key, signal);
    if (result?.requeueAfterMs !== undefined) teller.enqueueAfter(key, result.requeueAfterMs);
  };
  return { ...teller, enqueue: (key) => (isToldAtOnce ? void writing.push(write(key)) : teller.enqueue(key)) };
}

const immutable = { reason: 'FieldValueInvalid', message: 'field is immutable', field: 'data' };
const fitsNot = newInvalid({ resource: 'configmaps', name: 'a' }, [immutable]);
const foo: Unstructured = { apiVersion: 'x/v1', kind: 'Foo', metadata: { name: 'f' } };

function refuse(request: string, error: Error): void {
  world.member.intercept((one) => {
    if (one === request) throw error;
  });
}

function drift(): void {
  world.member.put('configmaps', { ...world.member.get('configmaps', 'default/a')!, data: { a: 'theirs' } });
}

describe('a Work is looked at again', () => {
  test('when the first of its manifests is due', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    refuse('apply configmaps default/a', fitsNot);
    putWork(world, [configMap('a', { a: '2' }), foo]);
    await settle(world, 0);
    expect(results.at(-1)).toEqual({ requeueAfterMs: 5000 });
  });

  test('not at once where what has drifted can not be set back', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    refuse('apply configmaps default/a', fitsNot);
    drift();
    await settle(world, 0);
    expect(results.at(-1)).toEqual({ requeueAfterMs: 30_000 });
  });

  test('not at once where what has drifted is to be set back later', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    for (let round = 0; round < 4; round += 1) {
      drift();
      await settle(world, 0);
    }
    expect(results.at(-1)).toEqual({ requeueAfterMs: 1000 });
  });

  test('only when that is due where it has failed, though it names what others wait for', async () => {
    let tries = 0;
    world.member.intercept((request) => {
      if (request !== 'apply configmaps default/a') return;
      tries += 1;
      if (tries < 50) throw newForbidden({ resource: 'configmaps', name: 'a' }, 'no');
    });
    putWork(world, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }, configMap('a')]);
    await settle(world, 250);
    expect(tries).toBeLessThan(5);
    expect(isThere('a')).toBe(false);
  });
});

describe('while a Work is being delivered', () => {
  /** What the status of the Work would be written as, at that moment. */
  const tell = (): void => void controllers['work-status']?.reconcile(KEY, signal);
  const tellings = (): string[] => world.hub.requests.filter((one) => one.startsWith('update/status works'));

  test('half of the truth is not told', async () => {
    putWork(world, [configMap('a')]);
    await settle(world);
    world.hub.requests.length = 0;
    let told: string[] | undefined;
    justBefore(world.member, 'apply deployments default/d', () => {
      tell();
      told = tellings();
    });
    putWork(world, [configMap('a'), configMap('b'), deployment('d')]);
    await settle(world);
    expect(told).toEqual([]);
    expect(tellings()).toHaveLength(1);
  });

  test('what was told before it was pruned is told anew when it is', async () => {
    putWork(world, [configMap('a'), configMap('b')]);
    await settle(world);
    hold('configmaps', 'default/b', ['hold']);
    putWork(world, [configMap('a')]);
    await settle(world, 3000);
    expect(condition('Progressing')?.message).toContain('ConfigMap default/b (held by finalizer hold)');
    isToldAtOnce = true;
    hold('configmaps', 'default/b', []);
    await settle(world, 0);
    await Promise.all(writing);
    expect([isThere('b'), condition('Progressing')]).toEqual([false, undefined]);
  });

  test('it may change: what it has stopped naming by then is still its own, and is deleted', async () => {
    justBefore(world.member, 'apply configmaps default/b', () => putWork(world, [configMap('a')]));
    putWork(world, [configMap('a'), configMap('b')]);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b'), orphans()]).toEqual([true, false, []]);
  });
});

test('a Work that has gone on is delivered as our own last write left it, and not written again, while the watch has not told of that', async () => {
  enter(newDeliveryWorld());
  setHub(world, 'hub-1');
  const { newInformer: ofHub, cut } = newCutWatches(world.hub);
  const ofMember = newFakeInformer(world.member);
  await startDelivery(world, {
    newInformer: (options) => (options.client === world.hub.client ? ofHub(options) : ofMember(options)),
  });
  putWork(world, [configMap('a')]);
  cut(true);
  await settle(world);
  drift();
  expect(await settle(world)).toEqual([]);
  expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ a: '1' });
  expect(world.hub.requests.filter((one) => one.includes(' works '))).toEqual([
    `update works ${KEY}`,
    `update/status works ${KEY}`,
  ]);
});

test('a Work that is resumed is told to be dispatched, and applied', async () => {
  putWork(world, [configMap('a')]);
  await settle(world);
  putWork(world, [configMap('a')], { spec: { suspendDispatching: true } });
  await settle(world);
  expect(condition('Dispatching')).toMatchObject({ status: 'False', observedGeneration: 2 });
  putWork(world, [configMap('a', { a: '2' })]);
  await settle(world);
  expect(condition('Dispatching')).toMatchObject({ status: 'True', observedGeneration: 3 });
  expect(condition('Applied')).toMatchObject({ status: 'True', observedGeneration: 3 });
});

test('a fight that is over is told no longer', async () => {
  const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.data.a' }];
  let applies = 0;
  world.member.intercept((request) => {
    if (request !== 'apply configmaps default/a') return;
    applies += 1;
    if (applies % 2 === 0) throw newConflict({ resource: 'configmaps', name: 'a' }, 'taken', causes);
  });
  putWork(world, [configMap('a')]);
  await settle(world);
  for (let round = 0; round < 3; round += 1) {
    drift();
    await settle(world);
  }
  expect(condition('Degraded')).toMatchObject({ status: 'True', message: expect.stringContaining('"kubectl"') });
  world.clock.advance(10 * 60_000);
  await settle(world);
  expect(condition('Degraded')?.status).toBe('False');
});

test('what somebody writes over what is told of a Work is told again', async () => {
  putWork(world, [configMap('a')]);
  await settle(world);
  const told = work()?.status;
  world.hub.put('works', { ...(work() as unknown as Unstructured), status: { conditions: [] } });
  await settle(world, 5000);
  expect(work()?.status).toMatchObject({ manifestStatuses: told?.manifestStatuses });
  expect(condition('Applied')?.status).toBe('True');
});

describe('as long as the hub has not told its Works', () => {
  test('nothing is deleted, nor asked about it, though the Work that is known is on its way out', async () => {
    const asked: string[] = [];
    const metadata = { name: 'w', namespace: SPACE, uid: 'uid-1', finalizers: [FINALIZER] };
    const work = { metadata: { ...metadata, deletionTimestamp: '2020-01-01T00:00:00Z' }, spec: {} } as unknown as Work;
    const deps: Partial<WorkDeps> = {
      ...{ states: newWorkStates(), clock: world.clock, getWork: () => work, isLive: () => false },
      isKeptReadSoon: () => {
        asked.push('for its deletion');
        return true;
      },
    };
    expect([await reconcileWork(deps as WorkDeps, KEY, signal), asked]).toEqual([undefined, []]);
  });
});

test('of a Work that is gone nothing is kept', async () => {
  const states = newWorkStates();
  const work = { metadata: { name: 'w', namespace: SPACE, uid: 'uid-1' }, spec: {} } as unknown as Work;
  states.of(KEY, work);
  const deps: Partial<WorkDeps> = { states, getWork: () => undefined, orphansChanged: () => {} };
  await reconcileWork(deps as WorkDeps, KEY, signal);
  expect([...states.entries()]).toEqual([]);
});
