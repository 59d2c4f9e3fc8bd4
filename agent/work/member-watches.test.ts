import { expect, test } from 'vitest';
import { newNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { configMap, newDeliveryWorld, putWork, setHub, settle, startDelivery } from './delivery-fixture.ts';
import { condition, enter, LONG_MS, world } from './delivery-scene.ts';
import { newFakeInformer } from './fake-informer.ts';
import { type FakeApi, newFakeApi, newFakeClock } from './fake-world.ts';
import { kindKey, newMemberWatches } from './member-watches.ts';

const MINUTE_MS = 60_000;
const type: ResourceType<Unstructured> = {
  ...{ group: 'shop.example', version: 'v1', resource: 'widgets', kind: 'Widget', namespaced: true },
};
const KEY = kindKey('shop.example/v1', 'Widget');

/** Informers that are told which resources the member does not serve. */
function newStarts(api: FakeApi, isServed: () => boolean) {
  const started: { options: InformerOptions<KubeObject>; signal: AbortSignal }[] = [];
  const ofApi = newFakeInformer(api);
  const newInformer = <T extends KubeObject>(options: InformerOptions<T>): Informer<T> => ({
    ...ofApi(options),
    run: async (signal) => {
      started.push({ options: options as unknown as InformerOptions<KubeObject>, signal });
      if (isServed()) options.onList?.();
      else options.onNotServed?.();
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
  });
  return { started, newInformer };
}

function newWatched() {
  const member = newFakeApi();
  const clock = newFakeClock();
  const is = { served: true, needed: true };
  const warned: object[] = [];
  const { started, newInformer } = newStarts(member, () => is.served);
  const log = { ...silentLogger, warn: (fields: object) => void warned.push(fields) };
  const stop = new AbortController();
  const watches = newMemberWatches(
    {
      ...{ member: member.client, newInformer, clock, log: { ...log, child: () => log } },
      ...{ onChange: () => {}, onList: () => {}, onNotServed: () => {} },
      neededKinds: () => new Set(is.needed ? [KEY] : []),
    },
    stop.signal,
  );
  const pass = async (ms: number, everyMs: number, act: () => Promise<void>): Promise<void> => {
    for (let passed = 0; passed < ms; passed += everyMs) {
      await act();
      clock.advance(everyMs);
    }
  };
  return { watches, started, clock, is, warned, stop, pass };
}

const areEnded = (started: { signal: AbortSignal }[]): boolean[] => started.map(({ signal }) => signal.aborted);

test('what is not served is asked for ever more rarely, and told of as rarely, however often it is needed', async () => {
  const { watches, started, is, warned, pass } = newWatched();
  is.served = false;
  await pass(6 * 60 * MINUTE_MS, MINUTE_MS / 4, () => watches.watch(type));
  expect(started.length).toBeGreaterThan(5);
  expect(started.length).toBeLessThan(15);
  expect(warned).toHaveLength(started.length);
  expect(areEnded(started)).not.toContain(false);
});

test.each<[string, (watches: ReturnType<typeof newWatched>['watches']) => Promise<void> | void]>([
  ['an object of it is applied', (watches) => watches.served(type)],
  [
    'there are other kinds than before',
    (watches) => {
      watches.kindsChanged();
      return watches.watch(type);
    },
  ],
])('what was not served is watched as soon as %s', async (_when, act) => {
  const { watches, started, is } = newWatched();
  is.served = false;
  await watches.watch(type);
  is.served = true;
  await watches.watch(type);
  expect(areEnded(started)).toEqual([true]);
  await act(watches);
  expect(areEnded(started)).toEqual([true, false]);
  watches.served(type);
  await watches.watch(type);
  expect(started).toHaveLength(2);
});

test('what can be applied and is said not to be there when it is watched is asked for ever more rarely, and watched as soon as it can be', async () => {
  const { watches, started, is, pass } = newWatched();
  is.served = false;
  const deliver = async (): Promise<void> => {
    await watches.watch(type);
    watches.served(type);
  };
  await pass(60 * MINUTE_MS, MINUTE_MS / 4, deliver);
  expect(started.length).toBeGreaterThan(4);
  expect(started.length).toBeLessThan(10);
  is.served = true;
  watches.served(type);
  await pass(60 * MINUTE_MS, MINUTE_MS / 4, async () => {});
  expect(areEnded(started).filter((isEnded) => !isEnded)).toHaveLength(1);
});

test('what nothing needs any more is watched no longer after a while, and again when it is asked for', async () => {
  const { watches, started, is, clock } = newWatched();
  await watches.watch(type);
  clock.advance(30 * MINUTE_MS);
  expect(areEnded(started)).toEqual([false]);
  is.needed = false;
  clock.advance(10 * MINUTE_MS);
  expect(areEnded(started)).toEqual([true]);
  expect(watches.look(type, 'default', 'a')).toEqual({ object: undefined, upTo: undefined });
  await watches.watch(type);
  expect(areEnded(started)).toEqual([true, false]);
});

test('what was asked for just now is watched, though nothing of it is delivered yet', async () => {
  const { watches, started, is, clock } = newWatched();
  is.needed = false;
  clock.advance(9 * MINUTE_MS);
  await watches.watch(type);
  clock.advance(MINUTE_MS);
  expect(areEnded(started)).toEqual([false]);
  clock.advance(10 * MINUTE_MS);
  expect(areEnded(started)).toEqual([true]);
});

/** An agent that delivers to the world; the watches that it starts in the member. */
async function beginWatched(isServed: () => boolean): Promise<ReturnType<typeof newStarts>['started']> {
  enter(newDeliveryWorld());
  setHub(world, 'hub-1');
  const ofHub = newFakeInformer(world.hub);
  const { started, newInformer } = newStarts(world.member, isServed);
  await startDelivery(world, {
    newInformer: (options) => (options.client === world.hub.client ? ofHub : newInformer)(options),
  });
  return started;
}

test('a Work is told not to be applied when the member stops serving what it was delivered as', async () => {
  let isServed = true;
  const started = await beginWatched(() => isServed);
  putWork(world, [configMap('a')]);
  await settle(world);
  expect(condition('Applied')?.status).toBe('True');
  isServed = false;
  world.member.intercept((request) => {
    if (!isServed && /^(get|apply) configmaps/.test(request)) throw newNotFound({ resource: 'configmaps', name: 'a' });
  });
  started[0]?.options.onNotServed?.();
  await settle(world, LONG_MS);
  expect(condition('Applied')).toMatchObject({ status: 'False' });
  isServed = true;
  await settle(world, LONG_MS);
  expect(condition('Applied')?.status).toBe('True');
});

test('the watch of a kind ends some time after the last Work has stopped naming it', async () => {
  const started = await beginWatched(() => true);
  const watched = (): string[] =>
    started.filter(({ signal }) => !signal.aborted).map(({ options }) => options.type.resource);
  putWork(world, [configMap('a'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }]);
  await settle(world, 25 * MINUTE_MS);
  expect(watched().sort()).toEqual(['configmaps', 'namespaces']);
  putWork(world, [configMap('a')]);
  await settle(world, 25 * MINUTE_MS);
  expect(watched()).toEqual(['configmaps']);
});
