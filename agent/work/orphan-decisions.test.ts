import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import {
  configMap,
  type DeliveryWorld,
  loseWork,
  newDeliveryWorld,
  putWork,
  SPACE,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';
import {
  beginDelivered,
  decide,
  enter,
  hold,
  isThere,
  justBefore,
  LONG_MS,
  orphans,
  orphansCondition,
  remake,
  uidOf,
  world,
} from './delivery-scene.ts';
import type { InventoryRecord } from './inventory-record.ts';
import { type DecisionDeps, heedDecisions } from './orphan-decisions.ts';
import { newOrphanWaits } from './orphan-waits.ts';

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

beforeEach(beginDelivered);

/** The agent has been killed. */
function restarted(): DeliveryWorld {
  enter(newDeliveryWorld(world));
  return world;
}

describe("a person's word", () => {
  beforeEach(async () => {
    loseWork(world);
    await settle(world, LONG_MS);
  });

  test('to prune deletes the object that it names by uid, and no other', async () => {
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
    expect(orphans()).toEqual(['a: WorkMissing']);
    expect(workOf(world, 'pullet-orphans')?.metadata.annotations).toEqual({});
  });

  test('is not done twice, and taken off the list later, where the hub does not take the list', async () => {
    let isAway = true;
    world.hub.intercept((request) => {
      if (isAway && request === `update works ${SPACE}/pullet-orphans`) throw new Error('the hub is away');
    });
    decide({ 'pullet.io/prune': uidOf('b') });
    expect(await settle(world, LONG_MS)).toContain('the hub is away');
    isAway = false;
    world.member.requests.length = 0;
    await settle(world, LONG_MS);
    expect(workOf(world, 'pullet-orphans')?.metadata.annotations).toEqual({});
    expect(world.member.requests).not.toContain('delete configmaps default/b');
  });

  test('that can not be done stays on the list beside others, and tells no more than the beginning of a long reason', async () => {
    world.member.intercept((request) => {
      if (request.startsWith('delete configmaps')) throw new Error('no'.repeat(1000));
    });
    const both = { 'pullet.io/prune': `${uidOf('a')},${uidOf('b')}` };
    decide(both);
    await settle(world, LONG_MS);
    expect(waits().told).toEqual([`a: ${'no'.repeat(500)}`, `b: ${'no'.repeat(500)}`]);
    expect(workOf(world, 'pullet-orphans')?.metadata.annotations).toEqual(both);
  });

  test('to adopt leaves the object in the member, without our marks', async () => {
    decide({ 'pullet.io/adopt': `${uidOf('a')},${uidOf('b')}` });
    await settle(world, LONG_MS);
    expect(world.member.get('configmaps', 'default/a')?.metadata.labels).toEqual({});
    expect(workOf(world, 'pullet-orphans')).toBeUndefined();
    expect(orphansCondition()).toMatchObject({ status: 'False' });
  });

  test('deletes nothing that is not of the Work any more, and says so', async () => {
    const told: string[] = [];
    const tell = (_fields: object, message: string): void => void told.push(message);
    await startDelivery(restarted(), { log: { ...silentLogger, info: tell } });
    await settle(world, LONG_MS);
    const live = world.member.get('configmaps', 'default/b') as Unstructured;
    world.member.put('configmaps', { ...live, metadata: { ...live.metadata, annotations: {} } });
    decide({ 'pullet.io/prune': `${uidOf('a')},${uidOf('b')}` });
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b'), orphans()]).toEqual([false, true, []]);
    expect(told.filter((message) => /a person said so|it stays/.test(message))).toEqual([
      'deleted an orphaned object: a person said so',
      'an object that was to be pruned is not of that Work any more: it stays',
    ]);
  });

  test('is waited on until the object is really gone', async () => {
    const held = world.member.get('configmaps', 'default/b')!;
    world.member.put('configmaps', { ...held, metadata: { ...held.metadata, finalizers: ['hold'] } });
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, LONG_MS);
    expect(orphans()).toHaveLength(2);
    expect(workOf(world, 'pullet-orphans')?.metadata.annotations).toEqual({ 'pullet.io/prune': uidOf('b') });
    const live = world.member.get('configmaps', 'default/b')!;
    world.member.put('configmaps', { ...live, metadata: { ...live.metadata, finalizers: [] } });
    await settle(world, LONG_MS);
    expect(orphans()).toEqual(['a: WorkMissing']);
  });

  const waits = () => {
    const { manifestStatuses = [], conditions = [] } = workOf(world, 'pullet-orphans')?.status ?? {};
    const told = manifestStatuses.map(({ identifier, status }) => `${identifier.name}: ${status?.['waitsFor']}`);
    const condition = conditions.find(({ type }) => type === 'Progressing');
    return { told: told.sort(), condition: condition?.message };
  };

  test('that can not be done tells why, and is tried again ever more slowly', async () => {
    world.member.intercept((request) => {
      if (request === 'delete configmaps default/b') throw new Error('a webhook says no');
    });
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, LONG_MS);
    const told = ['a: undefined', 'b: a webhook says no'];
    const condition = 'These decisions could not be carried out yet: prune ConfigMap default/b: a webhook says no';
    expect(waits()).toEqual({ told, condition });
    world.hub.requests.length = 0;
    await settle(world, 60_000);
    expect(world.hub.requests).not.toContain(`update works ${SPACE}/pullet-orphans`);
    world.member.requests.length = 0;
    for (let touched = 0; touched < 24; touched += 1) {
      decide({ 'pullet.io/prune': uidOf('b'), touched: `${touched}` }); // that somebody looks again does not hurry it
      await settle(world, 5000);
    }
    const tries = world.member.requests.filter((request) => request === 'delete configmaps default/b');
    expect(tries.length).toBeGreaterThan(1);
    expect(tries.length).toBeLessThan(9); // 4, 8, 16, 32 seconds, or half of each
  });

  test('is done at once though another can not be done for a long time', async () => {
    world.member.intercept((request) => {
      if (request === 'delete configmaps default/b') throw new Error('a webhook says no');
    });
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, 120_000);
    decide({ 'pullet.io/prune': `${uidOf('b')},${uidOf('a')}` });
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([false, true]);
  });

  test('that is taken back is not waited for any more', async () => {
    hold('configmaps', 'default/b', ['hold']);
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, LONG_MS);
    expect(waits().told).toEqual(['a: undefined', 'b: held by finalizer hold']);
    decide({});
    await settle(world, LONG_MS);
    expect(waits()).toEqual({ told: ['a: undefined', 'b: undefined'], condition: undefined });
  });

  test.each<[string, () => void]>([
    ['somebody else made', () => void world.member.put('configmaps', configMap('c'))],
    ['another Work delivers', () => void putWork(world, [configMap('c')], { metadata: { uid: 'another' } })],
  ])('about an object that %s does nothing', async (_name, make) => {
    make();
    await settle(world, LONG_MS);
    const before = uidOf('c');
    decide({ 'pullet.io/prune': before });
    await settle(world, LONG_MS);
    expect([uidOf('c'), before === '']).toEqual([before, false]);
  });

  test('does not reach what a Work names by then, made anew under the name of the lost one', async () => {
    const uid = uidOf('a');
    putWork(world, [configMap('a')], { metadata: { uid: 'another' } });
    decide({ 'pullet.io/prune': `${uid},${uidOf('b')}` });
    await settle(world, LONG_MS);
    expect([uidOf('a'), isThere('b')]).toEqual([uid, false]);
    expect(workOf(world, 'pullet-orphans')).toBeUndefined();
  });

  test('to adopt counts more than one to prune', async () => {
    decide({ 'pullet.io/adopt': uidOf('a'), 'pullet.io/prune': `${uidOf('a')},${uidOf('b')}` });
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
  });

  test('counts as it stands on the hub at the moment', async () => {
    justBefore(world.hub, `get works ${SPACE}/pullet-orphans`, () => decide({}));
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
  });

  test('does not reach what somebody made in its place the moment before', async () => {
    justBefore(world.member, 'delete configmaps default/b', () => remake('b'));
    decide({ 'pullet.io/prune': uidOf('b') });
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
  });

  test('does not reach what a backup brought back in its place: our marks and our fields, and another object', async () => {
    const { uid, ...metadata } = world.member.get('configmaps', 'default/b')?.metadata ?? {};
    justBefore(world.hub, `get works ${SPACE}/pullet-orphans`, () => {
      world.member.remove('configmaps', 'default/b');
      world.member.put('configmaps', { ...configMap('b'), metadata });
    });
    decide({ 'pullet.io/prune': uid ?? '' });
    await settle(world, LONG_MS);
    expect(isThere('b')).toBe(true);
  });

  test('given while another is being done is heard next', async () => {
    const uids = { a: uidOf('a'), b: uidOf('b') };
    justBefore(world.hub, `update works ${SPACE}/pullet-orphans`, () => decide({ 'pullet.io/prune': uids.a }));
    decide({ 'pullet.io/prune': uids.b });
    expect(await settle(world, LONG_MS)).toEqual([]);
    expect([isThere('a'), isThere('b')]).toEqual([false, false]);
  });

  test('to adopt does not reach what somebody made in its place the moment before', async () => {
    justBefore(world.member, 'patch configmaps default/b', () => remake('b'));
    decide({ 'pullet.io/adopt': uidOf('b') });
    await settle(world, LONG_MS);
    expect(world.member.get('configmaps', 'default/b')?.metadata.labels).toEqual({ 'karmada.io/managed': 'true' });
  });

  test('does not reach, by no uid at all, an object of which none is known yet', async () => {
    const kept = { apiVersion: 'v1', group: '', kind: 'ConfigMap', namespace: 'default', name: 'a', uid: '' };
    const orphaned = { reason: 'WorkMissing' as const, since: '2026-01-01T00:00:00Z' };
    const record = { history: 'h', work: `${SPACE}/w`, generation: 1, resourceVersion: '1' };
    decide({ 'pullet.io/prune': 'done-long-ago,', 'pullet.io/adopt': '' });
    const asked: string[] = [];
    const deps = {
      inventory: { entries: () => [['uid-1', { ...record, objects: [{ ...kept, orphaned }] }]], put: () => {} },
      hub: world.hub.client,
      clock: world.clock,
      namespace: SPACE,
      worksNaming: () => [],
      getWork: (key: string) => (key.endsWith('/pullet-orphans') ? workOf(world, 'pullet-orphans') : undefined),
      typeOf: async ({ kind }: { kind: string }) => void asked.push(kind),
    } as unknown as DecisionDeps;
    await heedDecisions(deps, newOrphanWaits(world.clock), new AbortController().signal);
    expect(asked).toEqual([]);
  });

  test('about each of many looks at its record, and not at all that is kept', async () => {
    const orphaned = { reason: 'WorkMissing' as const, since: '2026-01-01T00:00:00Z' };
    const object = { apiVersion: 'v1', group: '', kind: 'ConfigMap', namespace: 'default', orphaned };
    const record = { history: 'h', work: `${SPACE}/w`, generation: 1, resourceVersion: '1' };
    const readFor = async (count: number): Promise<number> => {
      const names = Array.from({ length: count }, (_, n) => `many-${n}`);
      const records = new Map<string, InventoryRecord>(
        names.map((name) => [`of ${name}`, { ...record, objects: [{ ...object, name, uid: `uid of ${name}` }] }]),
      );
      let read = 0;
      const inventory = {
        entries: () => {
          read += 1;
          return [...records];
        },
        get: (uid: string) => records.get(uid),
        put: () => {},
        remove: (uid: string) => records.delete(uid),
      };
      decide({ 'pullet.io/prune': names.map((name) => `uid of ${name}`).join(',') });
      const deps = {
        ...{
          inventory,
          hub: world.hub.client,
          clock: world.clock,
          log: silentLogger,
          namespace: SPACE,
          worksNaming: () => [],
        },
        getWork: (key: string) => (key.endsWith('/pullet-orphans') ? workOf(world, 'pullet-orphans') : undefined),
        typeOf: async () => undefined,
      } as unknown as DecisionDeps;
      await heedDecisions(deps, newOrphanWaits(world.clock), new AbortController().signal);
      expect(records.size).toBe(0);
      return read;
    };
    expect(await readFor(50)).toBe(await readFor(1));
  });

  test('is taken off the list when it is done, and what else stands there stays', async () => {
    decide({ 'pullet.io/prune': uidOf('b'), theirs: 'x' });
    await settle(world, LONG_MS);
    expect(workOf(world, 'pullet-orphans')?.metadata.annotations).toEqual({ theirs: 'x' });
  });
});
