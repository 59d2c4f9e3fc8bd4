import { beforeEach, describe, expect, test, vi } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { configMap, deployment, loseWork, putWork, SPACE, settle, workOf } from './delivery-fixture.ts';
import {
  beginDelivered,
  forgetSecrets,
  hold,
  isThere,
  LONG_MS,
  orphans,
  orphansCondition,
  putMarked,
  remake,
  restart,
  world,
} from './delivery-scene.ts';
import type { Inventory } from './inventory.ts';
import type { InventoryObject } from './inventory-record.ts';
import { decodeShard } from './known-state.ts';
import { findOrphans, type OrphanDeps, replaceObject } from './orphans.ts';

/** What is there without a Work that may delete it. Each test of what stays is beside one that shows what goes. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

beforeEach(beginDelivered);

const loseTheWork = (): void => loseWork(world);

/** Of the Works of which something is written down. */
async function keptUids(): Promise<string[]> {
  const secrets = world.member.list('secrets').filter(({ metadata }) => /-state-\d+$/.test(metadata.name ?? ''));
  const blobs = secrets.map(({ data }) => Buffer.from((data as { data?: string }).data ?? '', 'base64'));
  return (await Promise.all(blobs.map(decodeShard))).flatMap((shard) => Object.keys(shard ?? {}));
}

describe('the objects of a Work that is not there any more', () => {
  test.each<[string, () => Promise<void>]>([
    ['from one moment to the next', () => settle(world, LONG_MS).then(() => undefined)],
    ['when an agent starts', () => restart()],
  ])('stay and are orphaned: %s', async (_name, goOn) => {
    loseWork(world);
    await goOn();
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
    expect(orphans()).toEqual(['a: WorkMissing', 'b: WorkMissing']);
    const told = workOf(world, 'pullet-orphans')?.status?.manifestStatuses?.[0]?.status;
    expect(told).toMatchObject({ work: `${SPACE}/w`, since: expect.stringMatching(/^2024-01-01T00:00:0\dZ$/) });
    expect(orphansCondition()).toMatchObject({ status: 'True', reason: 'WaitingForDecision' });
    expect(orphansCondition()?.message).toContain(
      "2 objects in the cluster may not be deleted without a person's word",
    );
  });

  test('stay when another Work of its name names only some of them: it takes those over', async () => {
    loseWork(world);
    putWork(world, [configMap('a')], { metadata: { uid: 'another' } });
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
    expect(orphans()).toEqual(['b: WorkMissing']);
  });

  test('stay when another Work of its name is deleted, except for what that one delivered', async () => {
    loseWork(world);
    putWork(world, [configMap('a')], { metadata: { uid: 'another' } });
    await settle(world, LONG_MS);
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([false, true]);
  });

  test('stay orphaned as they were while another Work of its name, which names them, is on its way out', async () => {
    loseWork(world);
    await settle(world, LONG_MS);
    putWork(world, [configMap('a'), configMap('b')], { metadata: { uid: 'another', finalizers: ['theirs'] } });
    world.hub.remove('works', `${SPACE}/w`);
    await settle(world, LONG_MS);
    expect(orphans()).toEqual(['a: WorkMissing', 'b: WorkMissing']);
  });

  test('are not listed on the hub, which deletes what is in there, when the cluster leaves it', async () => {
    const cluster = world.hub.get('clusters', 'm1') as Unstructured;
    const metadata = { ...cluster.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['f'] };
    world.hub.put('clusters', { ...cluster, metadata });
    loseWork(world);
    await settle(world, LONG_MS);
    expect(workOf(world, 'pullet-orphans')).toBeUndefined();
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
  });

  test('are told in the condition alone where the hub gives no right to make Works', async () => {
    world.hub.intercept((request) => {
      if (request === `create works ${SPACE}/pullet-orphans`) throw newForbidden({ resource: 'works' }, 'no');
    });
    loseWork(world);
    expect(await settle(world, LONG_MS)).toEqual([]);
    expect([orphans(), orphansCondition()?.status]).toEqual([[], 'True']);
  });

  test('are told, and written down, once: what is told already costs hub and member no write', async () => {
    loseWork(world);
    await settle(world, 2 * LONG_MS);
    world.hub.requests.length = 0;
    world.member.requests.length = 0;
    await settle(world, 130_000);
    expect(orphans()).toHaveLength(2);
    const requests = [...world.hub.requests, ...world.member.requests];
    expect(requests.filter((request) => !request.startsWith('get'))).toEqual([]);
  });

  test('are forgotten when somebody takes our marks off them in the member', async () => {
    loseWork(world);
    await settle(world, LONG_MS);
    const live = world.member.get('configmaps', 'default/a') as Unstructured;
    world.member.put('configmaps', { ...live, metadata: { ...live.metadata, annotations: {} } });
    await settle(world, 70_000);
    expect(orphans()).toEqual(['b: WorkMissing']);
  });

  test('are others when somebody made them anew', async () => {
    loseWork(world);
    await settle(world, LONG_MS);
    remake('b');
    await settle(world, 70_000);
    expect(orphans()).toEqual(['a: WorkMissing', 'b: NotInInventory']);
  });

  test('are forgotten when somebody deletes them in the member', async () => {
    loseWork(world);
    await settle(world, LONG_MS);
    world.member.remove('configmaps', 'default/a');
    await settle(world, 70_000);
    expect(orphans()).toEqual(['b: WorkMissing']);
  });
});

describe('an object that was only meant to be made when its Work was lost', () => {
  test('and was made, is told of by its uid, for a person to decide', async () => {
    putWork(world, [configMap('a'), configMap('b'), configMap('c')]);
    await settle(world, 0);
    await restart(loseTheWork);
    expect(orphans()).toEqual(['a: WorkMissing', 'b: WorkMissing', 'c: WorkMissing']);
    const told = workOf(world, 'pullet-orphans')?.status?.manifestStatuses?.map(({ status }) => status?.['uid']);
    expect(told).toContain(world.member.get('configmaps', 'default/c')?.metadata.uid);
  });

  test('and which somebody else made, is none of its', async () => {
    world.member.intercept((request) => {
      if (request === 'apply configmaps default/c') throw new Error('no room');
    });
    putWork(world, [configMap('a'), configMap('b'), configMap('c')]);
    await settle(world, 0);
    await restart(() => {
      loseTheWork();
      putMarked('c');
    });
    expect(orphans()).toEqual(['a: WorkMissing', 'b: WorkMissing']);
  });
});

test('nothing is kept of a Work that is gone when another has taken over all that it delivered', async () => {
  const { uid = '' } = workOf(world)?.metadata ?? {};
  expect(await keptUids()).toEqual([uid]);
  loseWork(world);
  putWork(world, [configMap('a'), configMap('b')], { metadata: { uid: 'another' } });
  await settle(world, LONG_MS);
  expect(await keptUids()).toEqual(['another']);
});

/** An inventory with one Work. */
function newRecords(...objects: InventoryObject[]) {
  const record = { history: 'h', work: `${SPACE}/w`, generation: 1, resourceVersion: '1', objects };
  const records = new Map([['uid-1', record]]);
  const inventory = {
    entries: () => [...records],
    get: (uid: string) => records.get(uid),
    put: (uid: string, next: typeof record) => void records.set(uid, next),
    remove: (uid: string) => void records.delete(uid),
  } as Inventory;
  return { inventory, objects: () => records.get('uid-1')?.objects };
}

test('orphans are told only when all of them have been looked at', async () => {
  const orphaned = { reason: 'WorkMissing' as const, since: '2026-01-01T00:00:00Z' };
  const object: InventoryObject = { apiVersion: 'v1', group: '', kind: 'ConfigMap', name: 'a', uid: 'a', orphaned };
  const { inventory } = newRecords(object);
  const typeOf = () => new Promise<undefined>((resolve) => setImmediate(resolve, undefined)); // no longer served
  const deps = { inventory, typeOf, clock: world.clock, watches: { all: () => [] }, getWork: () => undefined };
  expect(await findOrphans(deps as unknown as OrphanDeps, new AbortController().signal)).toEqual([]);
});

test.each([
  ['is to be made is none, though no Work names it any more', 'a', []],
  ['is not written down is one', 'b', ['b: NotInInventory']],
])('an object with marks that %s', async (_what, name, expected) => {
  const object = { apiVersion: 'v1', group: '', kind: 'ConfigMap', namespace: 'default', name: 'a', uid: '' };
  const { inventory } = newRecords(object);
  const seen = world.member.get('configmaps', 'default/a') as Unstructured;
  const deps = {
    ...{ inventory, clock: world.clock, log: silentLogger, namespace: SPACE, worksNaming: () => [] },
    watches: { all: () => [{ ...seen, metadata: { ...seen.metadata, name } }] },
    getWork: () => ({ metadata: { uid: 'uid-1' }, spec: {} }),
    typeOf: () => Promise.reject(new Error('away')),
  } as unknown as OrphanDeps;
  const found = await findOrphans(deps, new AbortController().signal);
  expect(found.map(({ object: { name: of, orphaned } }) => `${of}: ${orphaned.reason}`)).toEqual(expected);
});

describe('an object in the record', () => {
  const orphaned = { reason: 'WorkMissing' as const, since: '2026-01-01T00:00:00Z' };
  const seen: InventoryObject = { apiVersion: 'v1', group: '', kind: 'ConfigMap', name: 'a', uid: 'seen' };

  const suspect = { workUid: 'uid-1', work: `${SPACE}/w`, object: { ...seen, orphaned } };

  test.each<[string, InventoryObject]>([
    ['is its Work’s again', seen],
    ['is another one by now', { ...seen, uid: 'another', orphaned }],
  ])('is left as it is where it %s since it was looked at', (_name, object) => {
    const { inventory, objects } = newRecords(object);
    replaceObject({ inventory, getWork: () => undefined }, suspect, undefined);
    expect(objects()).toEqual([object]);
  });

  test('is forgotten without another one of which no uid is known either', () => {
    const [a, b] = ['a', 'b'].map((name) => ({ ...seen, name, uid: '', orphaned }));
    const { inventory, objects } = newRecords(a as InventoryObject, b as InventoryObject);
    replaceObject(
      { inventory, getWork: () => undefined },
      { ...suspect, object: { ...suspect.object, uid: '' } },
      undefined,
    );
    expect(objects()).toEqual([b]);
  });

  test.each<[string, string | undefined, InventoryObject[] | undefined]>([
    ['is there: the record stays', 'uid-1', []],
    ['is another: the record goes', 'uid-2', undefined],
    ['is gone: the record goes', undefined, undefined],
  ])('is forgotten, the last one of a Work that %s', (_name, uid, expected) => {
    const { inventory, objects } = newRecords(suspect.object);
    const getWork = () => (uid ? ({ metadata: { uid } } as Work) : undefined);
    replaceObject({ inventory, getWork }, suspect, undefined);
    expect(objects()).toEqual(expected);
  });
});

describe('an object with marks of which nothing is written down', () => {
  test.each<[string, () => void, string[]]>([
    ['of a Work of this cluster is orphaned', () => putMarked('x'), ['x: NotInInventory']],
    ['of another cluster is none of ours', () => putMarked('x', 'karmada-es-m2'), []],
    [
      'on its way out is left to go',
      () => putMarked('x', SPACE, { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['hold'] }),
      [],
    ],
    [
      'that its Work names is none, though it can not be applied now',
      () => {
        forgetSecrets((name) => name.startsWith('pullet-state-'));
        world.member.intercept((request) => {
          if (request.startsWith('apply')) throw new Error('away');
        });
      },
      [],
    ],
    [
      'that its Work names is none, though its dispatching is suspended',
      () => {
        forgetSecrets((name) => name.startsWith('pullet-state-'));
        // Another one has its kind watched.
        const another = workOf(world) as unknown as Unstructured;
        world.hub.put('works', {
          ...another,
          metadata: { name: 'v', namespace: SPACE },
          spec: { workload: { manifests: [configMap('z')] } },
        });
        putWork(world, [configMap('a'), configMap('b')], { spec: { suspendDispatching: true } });
      },
      [],
    ],
  ])('%s', async (_name, change, expected) => {
    await restart(change);
    expect(orphans()).toEqual(expected);
  });

  test('is one of many, and told once, whatever its kind', async () => {
    putWork(world, [configMap('a'), deployment('d')]);
    await settle(world, LONG_MS);
    const { uid: _, ...metadata } = world.member.get('deployments', 'default/d')?.metadata ?? {};
    world.member.put('deployments', { ...deployment('x'), metadata: { ...metadata, name: 'x' } });
    for (const name of ['y', 'z']) putMarked(name);
    for (const version of [10_000, 20_000]) {
      world.member.rewind(version); // everything is looked at again
      await settle(world, LONG_MS);
      expect(orphans()).toEqual(['x: NotInInventory', 'y: NotInInventory', 'z: NotInInventory']);
    }
    const told = workOf(world, 'pullet-orphans')?.status?.manifestStatuses ?? [];
    expect(told.map(({ status }) => status?.['since'])).not.toContain(undefined);
  });

  test('is told of with its kind, is kept by a Work that comes to name it, and else goes on the word of a person', async () => {
    putWork(world, [configMap('a'), deployment('d')]);
    await settle(world, LONG_MS);
    const { uid: _, ...metadata } = world.member.get('deployments', 'default/d')?.metadata ?? {};
    for (const name of ['x', 'y']) {
      world.member.put('deployments', { ...deployment(name), metadata: { ...metadata, name } });
      putMarked(name);
    }
    world.member.rewind(10_000); // everything is looked at again
    await settle(world, LONG_MS);
    const told = workOf(world, 'pullet-orphans') as Work;
    const core = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'default' };
    const apps = { ...core, group: 'apps', kind: 'Deployment' };
    const identifiers = told.status?.manifestStatuses?.map(
      ({ identifier: { ordinal: __, resource: ___, ...id } }) => id,
    );
    const expected = ['x', 'y'].flatMap((name) => [
      { ...core, name },
      { ...apps, name },
    ]);
    expect(identifiers).toEqual(expect.arrayContaining(expected));
    expect(identifiers).toHaveLength(4);
    const manifests = [configMap('x'), deployment('x')];
    const v = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'v', namespace: SPACE } };
    world.hub.put('works', { ...v, spec: { workload: { manifests }, suspendDispatching: true } });
    const uids = told.status?.manifestStatuses?.map(({ status }) => status?.['uid']) ?? [];
    const annotations = { 'pullet.io/prune': uids.join(',') };
    world.hub.put('works', { ...told, metadata: { ...told.metadata, annotations } } as unknown as Unstructured);
    await settle(world, LONG_MS);
    const isLeft = (resource: string) =>
      ['x', 'y'].map((name) => world.member.get(resource, `default/${name}`) !== undefined);
    expect([isLeft('configmaps'), isLeft('deployments')]).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  test('is one, though its kind is watched in two versions', async () => {
    putWork(world, [configMap('a'), deployment('d'), { ...deployment('e'), apiVersion: 'apps/v1beta1' }]);
    await settle(world, LONG_MS);
    const { uid: _, ...metadata } = world.member.get('deployments', 'default/d')?.metadata ?? {};
    world.member.put('deployments', { ...deployment('x'), metadata: { ...metadata, name: 'x' } });
    world.member.rewind(10_000); // everything is looked at again
    await settle(world, LONG_MS);
    expect(orphans()).toEqual(['x: NotInInventory']);
  });

  test('is none while its Work is being deleted, and is one after that', async () => {
    hold('configmaps', 'default/a', ['hold']);
    putMarked('x');
    world.hub.remove('works', `${SPACE}/w`);
    world.member.rewind(10_000); // everything is looked at again
    await settle(world, LONG_MS);
    expect(orphans()).toEqual([]);
    hold('configmaps', 'default/a', []);
    await settle(world, LONG_MS);
    expect(orphans()).toEqual(['x: NotInInventory']);
  });
});
