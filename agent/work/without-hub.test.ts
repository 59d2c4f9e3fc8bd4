import { beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import {
  configMap,
  type DeliveryWorld,
  deployment,
  loseWork,
  newDeliveryWorld,
  putWork,
  SPACE,
  setHub,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';
import { newFakeInformer } from './fake-informer.ts';
import { HUB_GRACE_MS } from './work-view.ts';

/** An agent that starts while the hub is away, from what the one before it has kept in the member. */

const AFTER_GRACE_MS = HUB_GRACE_MS + 1000;
let world: DeliveryWorld;
/** The hub is back. */
let arrive: () => void;

beforeEach(async () => {
  world = newDeliveryWorld();
  setHub(world, 'hub-1');
  await startDelivery(world);
  putWork(world, [configMap('a'), deployment('d')]);
  await settle(world, 5000);
});

/** Kills the agent, takes the hub away, lets something happen, and starts another agent. */
async function restartWithoutHub(meanwhile: () => void = () => {}): Promise<void> {
  world = newDeliveryWorld(world);
  const { hub, member } = world;
  meanwhile();
  hub.requests.length = 0;
  hub.intercept(() => {
    throw new Error('the hub is away');
  });
  const ofMember = newFakeInformer(member);
  const late = newLateInformers();
  arrive = () => {
    hub.intercept(() => {});
    late.arrive();
  };
  await startDelivery(world, {
    newInformer: (options) => (options.client === hub.client ? late.newInformer(options) : ofMember(options)),
  });
}

/** Informers of the hub that know nothing before it arrives. */
function newLateInformers() {
  const arrivals: (() => void)[] = [];
  const newInformer = <T extends KubeObject>(options: InformerOptions<T>): Informer<T> => {
    const handlers: Parameters<Informer<T>['addHandler']>[0][] = [];
    let inner: Informer<T> | undefined;
    const synced = new Promise<void>((resolve) =>
      arrivals.push(() => {
        inner = newFakeInformer(world.hub)(options);
        for (const handler of handlers) inner.addHandler(handler);
        resolve();
        options.onList?.();
      }),
    );
    return {
      type: options.type,
      store: {
        get: (key) => inner?.store.get(key),
        list: () => inner?.store.list() ?? [],
        byIndex: () => [],
      },
      hasSynced: () => inner !== undefined,
      seenUpTo: () => inner?.seenUpTo(),
      synced: () => synced,
      addHandler: (handler) => {
        handlers.push(handler);
        return () => {};
      },
      run: async () => {},
    };
  };
  return { newInformer, arrive: () => arrivals.forEach((each) => void each()) };
}

const dataOf = (name: string): unknown => world.member.get('configmaps', `default/${name}`)?.['data'];

function drift(name = 'a'): void {
  const live = world.member.get('configmaps', `default/${name}`) as Unstructured;
  world.member.put('configmaps', { ...live, data: { a: 'drifted' } });
}

test('an agent whose hub answers does not say that it has not', async () => {
  world = newDeliveryWorld(world);
  const warned: string[] = [];
  await startDelivery(world, {
    log: { ...silentLogger, warn: (_fields: object, message: string) => void warned.push(message) },
  });
  await settle(world, AFTER_GRACE_MS);
  expect(warned).toEqual([]);
});

describe('without the hub', () => {
  test('what stands in the way of an object is looked at again before long', async () => {
    await restartWithoutHub(() => {
      world.member.remove('configmaps', 'default/a');
      world.member.put('configmaps', configMap('a', { theirs: '1' }));
    });
    await settle(world, AFTER_GRACE_MS);
    expect(dataOf('a')).toEqual({ theirs: '1' });
    world.member.remove('configmaps', 'default/a');
    await settle(world, 31_000);
    expect(dataOf('a')).toEqual({ a: '1' });
  });

  test.each<[string, () => void]>([
    ['a changed value', () => drift()],
    ['a deleted object', () => world.member.remove('configmaps', 'default/a')],
  ])('drift is undone that happened before the start: %s', async (_name, change) => {
    await restartWithoutHub(change);
    await settle(world, AFTER_GRACE_MS);
    expect(dataOf('a')).toEqual({ a: '1' });
  });

  test('drift is undone that happens later, again and again', async () => {
    await restartWithoutHub();
    await settle(world, AFTER_GRACE_MS);
    for (let round = 0; round < 3; round += 1) {
      drift();
      await settle(world);
      expect(dataOf('a')).toEqual({ a: '1' });
    }
  });

  test('drift is undone later where somebody keeps changing it back', async () => {
    await restartWithoutHub();
    await settle(world, AFTER_GRACE_MS);
    for (let round = 0; round < 4; round += 1) {
      drift();
      await settle(world, 250);
    }
    expect(dataOf('a')).toEqual({ a: 'drifted' });
    await settle(world, 2000);
    expect(dataOf('a')).toEqual({ a: '1' });
  });

  test('the hub is given a moment to tell of newer Works first', async () => {
    await restartWithoutHub(() => drift());
    await settle(world, HUB_GRACE_MS - 1000);
    expect(dataOf('a')).toEqual({ a: 'drifted' });
  });

  test('nothing is written to the hub, and nothing deleted or orphaned', async () => {
    await restartWithoutHub(() => drift());
    await settle(world, 60_000);
    expect(world.hub.requests).toEqual([]);
    expect(world.member.requests.filter((request) => request.startsWith('delete'))).toEqual([]);
    expect(world.member.get('deployments', 'default/d')).toBeDefined();
  });

  test.each<[string, () => void]>([
    ['suspended', () => void putWork(world, [configMap('a')], { spec: { suspendDispatching: true } })],
    ['being deleted', () => holdAndRemove()],
  ])('a Work that was %s when it was seen last is not delivered', async (_name, change) => {
    change();
    await settle(world, 5000);
    await restartWithoutHub(() => drift('a'));
    await settle(world, HUB_GRACE_MS + 5000);
    expect(dataOf('a')).toEqual({ a: 'drifted' });
  });

  test('nor is one that was being deleted before an agent that has seen the hub, and was killed, too', async () => {
    world = newDeliveryWorld(world);
    await startDelivery(world);
    await settle(world, 5000);
    holdAndRemove();
    await settle(world, 5000);
    await restartWithoutHub(() => drift('a'));
    await settle(world, HUB_GRACE_MS + 5000);
    expect(dataOf('a')).toEqual({ a: 'drifted' });
  });

  test('nor is one as it is kept with what another of its name had delivered, which the hub has lost', async () => {
    loseWork(world);
    putWork(world, [configMap('a'), deployment('e')], { metadata: { uid: 'another' } });
    await settle(world, 10_000);
    holdAndRemove('e');
    await settle(world, 10_000);
    await restartWithoutHub(() => drift('a'));
    await settle(world, HUB_GRACE_MS + 5000);
    expect(dataOf('a')).toEqual({ a: 'drifted' });
  });

  test('works from a directory, too, or whatever else keeps the state', async () => {
    const blobs = new Map<string, Buffer>();
    const state = {
      load: async () => new Map(blobs),
      save: async (name: string, bytes: Buffer) => void blobs.set(name, bytes),
      altered: async () => [],
      remove: async (name: string) => void blobs.delete(name),
    };
    world = newDeliveryWorld(world);
    await startDelivery(world, { state });
    await settle(world, 5000);
    expect([...blobs.keys()].sort()).toContain('head');
    expect(blobs.size).toBe(2);
  });
});

/** The Work is deleted, and one of its objects is held in the member. */
function holdAndRemove(name = 'd'): void {
  const held = world.member.get('deployments', `default/${name}`) as Unstructured;
  world.member.put('deployments', { ...held, metadata: { ...held.metadata, finalizers: ['hold'] } });
  world.hub.remove('works', `${SPACE}/w`);
}

describe('when the hub is back', () => {
  test('what has changed there is delivered, what is gone from the Work is deleted, and the status is told', async () => {
    await restartWithoutHub(() => void putWork(world, [configMap('a', { a: 'new' })]));
    await settle(world, AFTER_GRACE_MS);
    const live = world.member.get('deployments', 'default/d') as Unstructured;
    world.member.put('deployments', { ...live, status: { readyReplicas: 1 } });
    await settle(world);
    arrive();
    await settle(world, 5000);
    expect(dataOf('a')).toEqual({ a: 'new' });
    expect(world.member.get('deployments', 'default/d')).toBeUndefined();
    expect(workOf(world)?.status?.manifestStatuses).toMatchObject([{ identifier: { name: 'a' }, health: 'Healthy' }]);
  });

  test('its status catches up with what has happened meanwhile', async () => {
    await restartWithoutHub();
    await settle(world, AFTER_GRACE_MS);
    const live = world.member.get('deployments', 'default/d') as Unstructured;
    world.member.put('deployments', { ...live, status: { readyReplicas: 2 } });
    await settle(world);
    arrive();
    await settle(world);
    expect(workOf(world)?.status?.manifestStatuses?.[1]).toMatchObject({ status: { readyReplicas: 2 } });
  });

  test('a Work that was deleted meanwhile takes its objects along, what was made anew without the hub included', async () => {
    await restartWithoutHub(() => {
      world.hub.remove('works', `${SPACE}/w`);
      world.member.remove('configmaps', 'default/a');
    });
    await settle(world, AFTER_GRACE_MS);
    expect(dataOf('a')).toEqual({ a: '1' });
    arrive();
    await settle(world, 5000);
    expect(dataOf('a')).toBeUndefined();
    expect(workOf(world)).toBeUndefined();
  });

  test('a Work that it does not know any more is no longer delivered, and its objects are orphaned', async () => {
    await restartWithoutHub(() => world.hub.forget('works', `${SPACE}/w`));
    await settle(world, AFTER_GRACE_MS);
    world.hub.put('clusters', { apiVersion: 'v1', kind: 'Cluster', metadata: { name: 'm1' } });
    arrive();
    await settle(world, 5000);
    drift();
    await settle(world, 5000);
    expect(dataOf('a')).toEqual({ a: 'drifted' });
    expect(workOf(world, 'pullet-orphans')?.status?.manifestStatuses).toHaveLength(2);
  });
});
