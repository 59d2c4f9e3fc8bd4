import { beforeEach, describe, expect, test, vi } from 'vitest';
import { newConflict, newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import {
  configMap,
  deployment,
  newDeliveryWorld,
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
  garbleInventory,
  hold,
  isThere,
  justBefore,
  keptHistory,
  LONG_MS,
  orphans,
  orphansCondition,
  putForgetful,
  putMarked,
  remake,
  restart,
  untilHistoryIsNot,
  world,
} from './delivery-scene.ts';

/** What goes and what stays when a Work stops naming it. Each test of what stays is beside one that shows what goes. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

/** Longer than a hub that has said who it is may say nothing, and not be taken for another. */
const SILENCE_MS = 40_000;

beforeEach(beginDelivered);

describe('a manifest that the Work stops naming is deleted', () => {
  test('and nobody is told of an orphan', async () => {
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
    expect(workOf(world, 'pullet-orphans')).toBeUndefined();
    expect(orphansCondition()).toBeUndefined();
  });

  test('by an agent that was not there when it happened', async () => {
    await restart(() => void putWork(world, [configMap('a')]));
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
  });

  test('though the agent that delivered it was killed right after', async () => {
    putWork(world, [configMap('a'), configMap('b'), configMap('c')]);
    await settle(world, 0);
    expect(isThere('c')).toBe(true);
    await restart(() => void putWork(world, [configMap('a'), configMap('b')]));
    expect([isThere('b'), isThere('c')]).toEqual([true, false]);
  });

  test('though drift was undone by making it anew, and the agent was killed right after', async () => {
    world.member.remove('configmaps', 'default/b');
    await settle(world, 0);
    expect(isThere('b')).toBe(true);
    await restart(() => void putWork(world, [configMap('a')]));
    expect(isThere('b')).toBe(false);
    expect(orphans()).toEqual([]);
  });

  test('though it could not be looked at since it was delivered', async () => {
    await restart(() =>
      world.member.intercept((request) => {
        if (request === 'get configmaps default/b' || request.startsWith('apply')) throw new Error('away');
      }),
    );
    world.member.intercept(() => {});
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(false);
  });

  test('but not what somebody else made in its place the moment before', async () => {
    justBefore(world.member, 'delete configmaps default/b', () => remake('b'));
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
  });

  test('though the member says for a while that it is in conflict, which is not the word that it is gone', async () => {
    world.member.intercept((request) => {
      if (request === 'delete configmaps default/b') throw newConflict({ resource: 'configmaps', name: 'b' }, 'busy');
    });
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
    world.member.intercept(() => {});
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(false);
  });

  test('but not what a backup brought back: our marks and our fields, and another object', async () => {
    await restart(() => {
      const { uid: _, ...metadata } = world.member.get('configmaps', 'default/b')?.metadata ?? {};
      world.member.remove('configmaps', 'default/b');
      world.member.put('configmaps', { ...configMap('b'), metadata });
      putWork(world, [configMap('a')]);
    });
    expect(isThere('b')).toBe(true);
    expect(orphans()).toEqual(['b: NotInInventory']);
  });

  test('but not one that it still names, by a manifest that can not be used as it is', async () => {
    const b = configMap('b');
    b.metadata.annotations = { 'pullet.io/ignore-fields': 'data.a' };
    putWork(world, [configMap('a'), b]);
    await settle(world, LONG_MS);
    expect(condition('Applied')?.message).toContain('data.a is no JSON pointer');
    expect([isThere('b'), orphans()]).toEqual([true, []]);
    putWork(world, [configMap('a'), configMap('b', { a: '2' })]);
    await settle(world, LONG_MS);
    expect(world.member.get('configmaps', 'default/b')?.['data']).toEqual({ a: '2' });
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(false);
  });

  test('but not one that it still names, twice', async () => {
    putWork(world, [configMap('a'), configMap('b'), configMap('b', { a: '2' })]);
    await settle(world, LONG_MS);
    expect(condition('Applied')?.message).toContain('ConfigMap default/b is listed twice in this Work');
    expect(world.member.get('configmaps', 'default/b')?.['data']).toEqual({ a: '1' });
  });

  test('but not one that it still names, by a manifest that has lost its version', async () => {
    putWork(world, [configMap('a'), { ...configMap('b'), apiVersion: '' }]);
    await settle(world, LONG_MS);
    expect(condition('Applied')?.message).toContain('a manifest needs apiVersion and kind');
    putWork(world, [{ ...configMap('b'), apiVersion: '' }]);
    await settle(world, LONG_MS);
    putWork(world, [configMap('b')]);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b'), orphans()]).toEqual([false, true, []]);
    expect(world.member.requests).not.toContain('delete configmaps default/b');
  });

  test('but not one that it has come to name again meanwhile', async () => {
    const { uid } = world.member.get('configmaps', 'default/b')?.metadata ?? {};
    justBefore(world.hub, 'get namespaces kube-system', () => void putWork(world, [configMap('a'), configMap('b')]));
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(world.member.get('configmaps', 'default/b')?.metadata.uid).toBe(uid);
    expect(condition('Progressing')).toBeUndefined();
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(false);
  });

  test('but not what somebody has taken our label off while no agent was there', async () => {
    await restart(() => {
      const { metadata, ...object } = world.member.get('configmaps', 'default/b') as Unstructured;
      world.member.put('configmaps', { ...object, metadata: { ...metadata, labels: {} } });
      putWork(world, [configMap('a')]);
    });
    expect(isThere('b')).toBe(true);
  });

  test('but not what somebody else made before we could', async () => {
    world.member.intercept((request) => {
      if (request === 'apply configmaps default/c') throw new Error('no room');
    });
    putWork(world, [configMap('a'), configMap('b'), configMap('c')]);
    await settle(world, 0);
    putWork(world, [configMap('a'), configMap('b')]);
    putMarked('c');
    await settle(world, LONG_MS);
    expect(isThere('c')).toBe(true);
  });
});

test.each(['list', 'update', 'create'])(
  'an agent that may not %s Secrets delivers, and prunes what it knows',
  async (verb) => {
    enter(newDeliveryWorld());
    setHub(world, 'hub-1');
    world.member.intercept((request) => {
      if (request.startsWith(`${verb} secrets`)) throw newForbidden({ resource: 'secrets' }, 'no');
    });
    await startDelivery(world);
    putWork(world, [configMap('a'), configMap('b')]);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
  },
);

describe('a manifest that the Work stops naming is orphaned', () => {
  test.each<[string, string, () => void]>([
    ['the hub is another one', 'HubChanged', () => setHub(world, 'hub-2', 'epoch-1')],
    ["the hub's store was restored", 'HubChanged', () => setHub(world, 'hub-1', 'epoch-2')],
    ['the hub went back in time', 'HubChanged', () => world.hub.rewind(50)],
    ['the hub does not say who it is', 'HubChanged', () => world.hub.remove('namespaces', 'kube-system')],
    ['the mark is missing', 'HubChanged', () => forgetSecrets((name) => name === 'pullet-state-head')],
    ['the inventory is missing', 'NotInInventory', () => forgetSecrets((name) => /^pullet-state-\d+$/.test(name))],
    ['the inventory makes no sense', 'NotInInventory', garbleInventory],
    ['all that was kept is missing', 'NotInInventory', () => forgetSecrets((name) => name.startsWith('pullet-state-'))],
  ])('when %s', async (_name, reason, change) => {
    await restart(() => {
      putWork(world, [configMap('a')]);
      change();
    });
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
    if (reason === 'HubChanged') await settle(world, SILENCE_MS);
    expect(orphans()).toEqual([`b: ${reason}`]);
    expect(isThere('b')).toBe(true);
  });

  test("when the hub's store was restored, though the Work also names what was not there before", async () => {
    await restart(() => {
      setHub(world, 'hub-1', 'epoch-2');
      putWork(world, [configMap('a'), configMap('c')]);
    });
    expect([isThere('b'), isThere('c')]).toEqual([true, true]);
    expect(orphans()).toEqual(['b: HubChanged']);
  });

  test('when the Work is of no higher generation', async () => {
    await restart(() => putForgetful([configMap('a')]));
    expect(isThere('b')).toBe(true);
    expect(orphans()).toEqual(['b: WorkNotNewer']);
  });

  test('when the Work is older than what was delivered', async () => {
    await restart(() => {
      world.hub.rewind(50);
      putWork(world, [configMap('a')]);
      world.hub.rewind(10_000);
    });
    expect(isThere('b')).toBe(true);
    expect(orphans()).toEqual(['b: HubChanged']);
  });

  test('when the hub was restored while the agent was running', async () => {
    setHub(world, 'hub-1', 'epoch-2');
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
    expect(orphans()).toEqual(['b: HubChanged']);
  });

  test('and stays orphaned when the Work becomes newer', async () => {
    await restart(() => putForgetful([configMap('a')]));
    putWork(world, [configMap('a', { a: '2' })]);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
    expect(orphans()).toEqual(['b: WorkNotNewer']);
  });

  test('and is no orphan any more once the Work names it again', async () => {
    await restart(() => putForgetful([configMap('a')]));
    putWork(world, [configMap('a'), configMap('b')]);
    await settle(world, 70_000);
    expect(workOf(world, 'pullet-orphans')).toBeUndefined();
    expect(orphansCondition()).toMatchObject({ status: 'False', reason: 'NoOrphans' });
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(false);
  });

  test('but not what a hub that went back in time names as before: it is told of nothing, and prunes that later', async () => {
    const before = await keptHistory();
    world.hub.rewind(50);
    putWork(world, [configMap('a'), configMap('b')]); // as it was, of a version from before
    await untilHistoryIsNot(before);
    await settle(world, LONG_MS);
    expect(orphans()).toEqual([]);
    putWork(world, [configMap('a', { a: 'new' })]);
    await settle(world, LONG_MS);
    expect(world.member.get('configmaps', 'default/a')?.['data']).toEqual({ a: 'new' });
    expect(isThere('b')).toBe(false);
  });

  test('but what the restored hub delivers anew is pruned again', async () => {
    await restart(() => setHub(world, 'hub-1', 'epoch-2'));
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(false);
  });

  test('when the hub was restored while it waited for others to go first', async () => {
    putWork(world, [configMap('a'), configMap('b'), deployment('d')]);
    await settle(world, LONG_MS);
    hold('deployments', 'default/d', ['hold']);
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
    setHub(world, 'hub-1', 'epoch-2');
    hold('deployments', 'default/d', []);
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
    expect(orphans()).toContain('b: HubChanged');
  });

  test.each([
    ['never said who it is', () => {}],
    ['has no uid', () => setHub(world, '')],
  ])('when the hub %s', async (_name, prepare) => {
    enter(newDeliveryWorld());
    prepare();
    world.hub.put('clusters', { apiVersion: 'v1', kind: 'Cluster', metadata: { name: 'm1' } });
    await startDelivery(world);
    putWork(world, [configMap('a'), configMap('b')]);
    await settle(world, LONG_MS);
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect(orphans()).toEqual(['b: HubChanged']);
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
    expect(workOf(world)).toBeUndefined();
  });

  test('when it was made anew by somebody else, with our marks', async () => {
    await restart(() => {
      const { labels = {}, annotations = {} } = world.member.get('configmaps', 'default/b')?.metadata ?? {};
      world.member.remove('configmaps', 'default/b');
      const anew = configMap('b');
      world.member.put('configmaps', { ...anew, metadata: { ...anew.metadata, labels, annotations } });
      putWork(world, [configMap('a')]);
    });
    expect(isThere('b')).toBe(true);
    expect(orphans()).toEqual(['b: NotInInventory']);
  });

  test("and says that it is another Work's by now stays", async () => {
    await restart(() => {
      const live = world.member.get('configmaps', 'default/b') as Unstructured;
      const annotations = { ...live.metadata.annotations, 'work.karmada.io/name': 'v' };
      world.member.put('configmaps', { ...live, metadata: { ...live.metadata, annotations } });
      putWork(world, [configMap('a')]);
    });
    expect(isThere('b')).toBe(true);
  });

  test('and was made anew by somebody else stays, and is none of ours', async () => {
    await restart(() => {
      world.member.remove('configmaps', 'default/b');
      world.member.put('configmaps', configMap('b'));
      putWork(world, [configMap('a')]);
    });
    expect(isThere('b')).toBe(true);
    expect(orphans()).toEqual([]);
  });
});
