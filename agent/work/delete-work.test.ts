import { beforeEach, describe, expect, test, vi } from 'vitest';
import { newConflict, newForbidden, newPathNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import {
  configMap,
  FINALIZER,
  loseWork,
  newDeliveryWorld,
  putCluster,
  putWork,
  SPACE,
  setHub,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';
import {
  beginDelivered,
  condition,
  enter,
  forgetSecrets,
  hold,
  isThere,
  justBefore,
  keptHistory,
  LONG_MS,
  memberRequests,
  orphans,
  putForgetful,
  putMarked,
  remake,
  restart,
  untilHistoryIsNot,
  work,
  world,
} from './delivery-scene.ts';

/** What goes and what stays when a Work is seen being deleted. Each test of what stays is beside one that shows what goes. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

/** Longer than a hub that has said who it is may say nothing, and not be taken for another. */
const SILENCE_MS = 40_000;

beforeEach(beginDelivered);

describe('a Work that is seen being deleted', () => {
  const remove = (): void => world.hub.remove('works', `${SPACE}/w`);

  test('takes its objects along, also by an agent that starts later', async () => {
    await restart(remove);
    expect([isThere('a'), isThere('b')]).toEqual([false, false]);
    expect(workOf(world)).toBeUndefined();
    expect(world.member.list('secrets').map(({ metadata }) => metadata.name)).toEqual(['pullet-state-head']);
  });

  test.each<[string, () => void]>([
    ['another hub', () => setHub(world, 'hub-2', 'epoch-1')],
    ['a hub that was restored', () => setHub(world, 'hub-1', 'epoch-2')],
    ['a hub that went back in time', () => world.hub.rewind(50)],
    ['a hub that does not say who it is', () => world.hub.remove('namespaces', 'kube-system')],
  ])('takes nothing along on %s, and is let go', async (_name, change) => {
    await restart(() => {
      remove();
      change();
    });
    if (workOf(world)) await settle(world, SILENCE_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
    expect(workOf(world)).toBeUndefined();
    expect(orphans()).toEqual(['a: HubChanged', 'b: HubChanged']);
  });

  test('takes nothing along on a hub that was restored while the agent was running', async () => {
    setHub(world, 'hub-1', 'epoch-2');
    remove();
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
    expect(orphans()).toEqual(['a: HubChanged', 'b: HubChanged']);
  });

  test('takes nothing along on a hub that has forgotten no more than the Work as it was seen last', async () => {
    const { metadata } = putWork(world, [configMap('a', { a: '2' }), configMap('b')]);
    await settle(world, LONG_MS);
    const before = await keptHistory();
    world.hub.rewind(Number(metadata.resourceVersion) - 1);
    await untilHistoryIsNot(before);
    remove();
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
    expect(orphans()).toEqual(['a: HubChanged', 'b: HubChanged']);
  });

  test('takes nothing along when the inventory is missing', async () => {
    await restart(() => {
      remove();
      forgetSecrets((name) => name.startsWith('pullet-state-'));
    });
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
  });

  test.each([
    ['a proxy before the hub answers for it', newPathNotFound()],
    ['a hub that has just started refuses what it will grant', newForbidden({ resource: 'namespaces' }, 'not yet')],
  ])('waits while %s, and takes its objects along then', async (_why, error) => {
    world.hub.intercept((request) => {
      if (request.startsWith('get namespaces')) throw error;
    });
    remove();
    await settle(world, LONG_MS);
    expect([work() === undefined, isThere('a')]).toEqual([false, true]);
    world.hub.intercept(() => {});
    await settle(world, LONG_MS);
    expect([work(), isThere('a'), isThere('b'), orphans()]).toEqual([undefined, false, false, []]);
  });

  test('leaves what was orphaned before', async () => {
    await restart(() => putForgetful([configMap('a')]));
    remove();
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([false, true]);
    expect(orphans()).toEqual(['b: WorkNotNewer']);
  });

  test('leaves what another agent made anew after the hub was restored', async () => {
    await restart(() => {
      remake('b');
      setHub(world, 'hub-1', 'epoch-2');
      remove();
    });
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
  });

  test('leaves what somebody makes in its place the moment before it is deleted, and goes without it', async () => {
    justBefore(world.member, 'delete configmaps default/b', () => remake('b'));
    remove();
    expect(await settle(world, 0)).toEqual([]);
    expect([work(), isThere('a'), isThere('b')]).toEqual([undefined, false, true]);
  });

  test('waits for what the member says is in conflict: that is not the word that it is gone', async () => {
    world.member.intercept((request) => {
      if (request === 'delete configmaps default/b') throw newConflict({ resource: 'configmaps', name: 'b' }, 'busy');
    });
    remove();
    await settle(world, LONG_MS);
    expect([work() === undefined, isThere('b')]).toEqual([false, true]);
    world.member.intercept(() => {});
    await settle(world, LONG_MS);
    expect([work() === undefined, isThere('b')]).toEqual([true, false]);
  });

  test('leaves, without touching it, what somebody makes in its place the moment before it is let go of', async () => {
    putWork(world, [configMap('a'), configMap('b')], { spec: { preserveResourcesOnDeletion: true } });
    await settle(world, LONG_MS);
    justBefore(world.member, 'patch configmaps default/b', () => remake('b'));
    remove();
    await settle(world, LONG_MS);
    expect(world.member.get('configmaps', 'default/b')?.metadata.labels).toEqual({ 'karmada.io/managed': 'true' });
  });

  test('leaves, without touching it, what somebody has made anew, where it lets go of all', async () => {
    putWork(world, [configMap('a'), configMap('b')], { spec: { preserveResourcesOnDeletion: true } });
    await settle(world, LONG_MS);
    await restart(() => {
      remake('b');
      remove();
    });
    expect(world.member.get('configmaps', 'default/b')?.metadata.labels).toEqual({ 'karmada.io/managed': 'true' });
  });

  test('asks once for what is held by something', async () => {
    hold('configmaps', 'default/b', ['hold']);
    world.member.requests.length = 0;
    remove();
    await settle(world, LONG_MS);
    expect(memberRequests().filter((request) => request.startsWith('delete configmaps default/b'))).toHaveLength(1);
    expect(work()).toBeDefined();
  });

  test('says of what the member will not delete why, and deletes the rest', async () => {
    world.member.intercept((request) => {
      if (request === 'delete configmaps default/b') throw new Error('a webhook says no');
    });
    remove();
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([false, true]);
    expect(condition('Progressing')?.message).toContain('ConfigMap default/b (a webhook says no)');
  });

  test('says of what the member will not have changed why, where it lets go of all, and lets go of the rest', async () => {
    putWork(world, [configMap('a'), configMap('b')], { spec: { preserveResourcesOnDeletion: true } });
    await settle(world, LONG_MS);
    world.member.intercept((request) => {
      if (request === 'patch configmaps default/a') throw new Error('a webhook says no');
    });
    remove();
    await settle(world, LONG_MS);
    const labels = () => ['a', 'b'].map((name) => world.member.get('configmaps', `default/${name}`)?.metadata.labels);
    expect(labels()).toMatchObject([{ 'karmada.io/managed': 'true' }, {}]);
    expect(labels()[1]).toEqual({});
    const { reason, message } = condition('Progressing') ?? {};
    expect(reason).toBe('WaitingForDeletion');
    expect(message).toMatch(/: ConfigMap default\/a \(not let go of yet: a webhook says no\)$/);
    world.member.intercept(() => {});
    world.member.requests.length = 0;
    await settle(world, LONG_MS);
    expect([work(), labels()]).toEqual([undefined, [{}, {}]]);
    expect(world.member.requests, 'what it has let go of already').not.toContain('get configmaps default/b');
  });

  test('lets go of everything again where a backup brought the Work back meanwhile, and it was delivered again', async () => {
    const annotations = { 'work.karmada.io/conflict-resolution': 'overwrite' };
    const spec = { preserveResourcesOnDeletion: true };
    const manifests = ['a', 'b'].map((name) => {
      const object = configMap(name);
      return { ...object, metadata: { ...object.metadata, annotations } };
    });
    putWork(world, manifests, { spec });
    await settle(world, LONG_MS);
    const before = work() as unknown as Unstructured;
    world.member.intercept((request) => {
      if (request === 'patch configmaps default/a') throw new Error('a webhook says no');
    });
    remove();
    await settle(world, LONG_MS);
    const labels = () => ['a', 'b'].map((name) => world.member.get('configmaps', `default/${name}`)?.metadata.labels);
    expect(labels()).toEqual([{ 'karmada.io/managed': 'true' }, {}]);
    const history = await keptHistory();
    setHub(world, 'hub-1', 'epoch-2');
    world.hub.put('works', before);
    world.hub.rewind(5000);
    await untilHistoryIsNot(history);
    await settle(world, LONG_MS);
    expect(labels()).toEqual([{ 'karmada.io/managed': 'true' }, { 'karmada.io/managed': 'true' }]);
    world.member.intercept(() => {});
    remove();
    await settle(world, LONG_MS);
    expect([work(), labels()]).toEqual([undefined, [{}, {}]]);
  });

  test('says what it waits for, though its agent has only just started', async () => {
    await restart(() => {
      hold('configmaps', 'default/b', ['hold']);
      remove();
    });
    expect(condition('Progressing')?.message).toContain('ConfigMap default/b (held by finalizer hold)');
  });

  test('does not wait for what somebody makes in its place the moment after', async () => {
    hold('configmaps', 'default/b', ['hold']);
    justBefore(world.member, 'get configmaps default/b', () => {
      hold('configmaps', 'default/b', []);
      world.member.put('configmaps', configMap('b'));
    });
    remove();
    await settle(world, 0);
    expect([work(), isThere('b')]).toEqual([undefined, true]);
  });

  test('goes though it names what never can be delivered', async () => {
    const nowhere = configMap('nowhere');
    delete nowhere.metadata.namespace;
    const named = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n', namespace: 'default' } };
    const nameless = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} };
    const kindless = { apiVersion: 'v1', metadata: { name: 'no-kind' } } as Unstructured;
    putWork(world, [configMap('a'), nowhere, named, nameless, kindless]);
    await settle(world);
    remove();
    expect(await settle(world, LONG_MS)).toEqual([]);
    expect(workOf(world)).toBeUndefined();
    expect(isThere('a')).toBe(false);
  });

  test('forgets what it has delivered only when it is let go', async () => {
    const shards = () => world.member.list('secrets').filter(({ metadata }) => /-state-\d+$/.test(metadata.name ?? ''));
    world.hub.intercept((request) => {
      if (request === `update works ${SPACE}/w`) throw new Error('away');
    });
    remove();
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b'), shards().length > 0]).toEqual([false, false, true]);
    world.hub.intercept(() => {});
    await settle(world, LONG_MS);
    expect([work(), shards()]).toEqual([undefined, []]);
  });

  test('does not let go of another of its name that came in between', async () => {
    const finalizers: (string[] | undefined)[] = [];
    const another = { metadata: { uid: 'another', finalizers: [FINALIZER] } };
    justBefore(world.hub, `update works ${SPACE}/w`, () => {
      loseWork(world);
      putWork(world, [configMap('a')], another);
      world.hub.listen('works', ({ metadata }) => void finalizers.push(metadata.finalizers));
    });
    remove();
    await settle(world, LONG_MS);
    expect(finalizers.length).toBeGreaterThan(0);
    expect(finalizers.every((all) => all?.includes(FINALIZER))).toBe(true);
  });

  describe('takes along what another agent had delivered for it', () => {
    const deliverTheirs = async (change: () => void): Promise<void> => {
      putMarked('theirs');
      await restart(() => {
        const manifests = [configMap('a'), configMap('b'), configMap('theirs')];
        world.hub.put('works', { ...workOf(world), spec: { workload: { manifests } } } as unknown as Unstructured);
        remove();
        change();
      });
    };

    test('and what it has delivered itself', async () => {
      await deliverTheirs(() => {});
      expect(['a', 'b', 'theirs'].map(isThere)).toEqual([false, false, false]);
    });

    test('but not what was orphaned, though that agent has made it anew', async () => {
      await deliverTheirs(() => {
        remake('b');
        setHub(world, 'hub-1', 'epoch-2');
      });
      expect(['a', 'b', 'theirs'].map(isThere)).toEqual([true, true, false]);
    });

    test('but not on a hub that does not say who it is', async () => {
      await deliverTheirs(() => world.hub.remove('namespaces', 'kube-system'));
      await settle(world, SILENCE_MS);
      expect([work(), isThere('theirs')]).toEqual([undefined, true]);
    });
  });
});

test('of a hub that never says who it is nothing is deleted', async () => {
  enter(newDeliveryWorld());
  putCluster(world);
  await startDelivery(world);
  putWork(world, [configMap('a'), configMap('b')]);
  await settle(world, LONG_MS);
  expect(isThere('a')).toBe(true);
  putWork(world, [configMap('a')]);
  await settle(world, LONG_MS);
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world, LONG_MS);
  expect([work(), isThere('a'), isThere('b')]).toEqual([undefined, true, true]);
  expect(orphans()).toEqual(['a: HubChanged', 'b: HubChanged']);
});

test('nothing is made in the member before the hub has said which one it is', async () => {
  enter(newDeliveryWorld());
  world.hub.intercept((request) => {
    if (request.startsWith('get namespaces')) throw new Error('away');
  });
  await startDelivery(world);
  putWork(world, [configMap('a')]);
  await settle(world, LONG_MS);
  expect(isThere('a')).toBe(false);
  world.hub.intercept(() => {});
  await settle(world, LONG_MS);
  expect(isThere('a')).toBe(true);
});
