import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Condition, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ManifestStatus } from '../../shared/apis/work/v1alpha1.ts';
import {
  configMap,
  type DeliveryWorld,
  deployment,
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
import { decodeHead } from './known-state.ts';

/** What may be deleted in a member, and what becomes of that which may not. Each test of what stays is beside one that shows what goes. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

let world: DeliveryWorld;

/** Long enough for the inventory to be written, and for orphans to be looked for. */
const LONG_MS = 6000;

beforeEach(async () => {
  world = newDeliveryWorld();
  setHub(world, 'hub-1', 'epoch-1');
  putCluster(world);
  await startDelivery(world);
  putWork(world, [configMap('a'), configMap('b')]);
  await settle(world, LONG_MS);
});

const isThere = (name: string): boolean => world.member.get('configmaps', `default/${name}`) !== undefined;

/** The agent is killed; what happens meanwhile; another one starts. */
async function restart(meanwhile: () => void = () => {}): Promise<void> {
  world = newDeliveryWorld(world);
  meanwhile();
  await startDelivery(world);
  await settle(world, LONG_MS);
}

function condition(): Condition | undefined {
  const status = world.hub.get('clusters', 'm1')?.['status'] as { conditions?: Condition[] } | undefined;
  return status?.conditions?.find(({ type }) => type === 'OrphanedObjects');
}

/** Name and reason of each orphaned object, as the hub is told. */
function orphans(): string[] {
  const told: ManifestStatus[] = workOf(world, 'pullet-orphans')?.status?.manifestStatuses ?? [];
  return told.map(({ identifier, status }) => `${identifier.name}: ${status?.['reason']}`).sort();
}

/** Which history of the hub the agent has written down. */
async function keptHistory(): Promise<string | undefined> {
  const data = world.member.get('secrets', 'karmada-system/pullet-state-head')?.['data'] as
    | { data?: string }
    | undefined;
  return (await decodeHead(Buffer.from(data?.data ?? '', 'base64')))?.mark?.history;
}

/** A hub that was listed anew is asked who it is beside everything else: nothing waits for that. */
async function untilHistoryIsNot(before: string | undefined): Promise<void> {
  await expect.poll(keptHistory, { timeout: 30_000 }).not.toBe(before);
}

/** As another agent would leave it, which applies nothing: with the marks of a Work, of ours if none is named. */
function putMarked(name: string, space = SPACE, more: Unstructured['metadata'] = {}): void {
  const annotations = { 'work.karmada.io/name': 'w', 'work.karmada.io/namespace': space };
  const object = configMap(name);
  const metadata = { ...object.metadata, labels: { 'karmada.io/managed': 'true' }, annotations, ...more };
  world.member.put('configmaps', { ...object, metadata });
}

/** Somebody deletes the object in the member and makes another of its name, with our marks. */
function remake(name: string): void {
  world.member.remove('configmaps', `default/${name}`);
  putMarked(name);
}

/** Once, just before the agent's request. */
function justBefore(api: DeliveryWorld['hub'], request: string, act: () => void): void {
  let isDone = false;
  api.intercept((one) => {
    if (isDone || one !== request) return;
    isDone = true;
    act();
  });
}

function hold(resource: string, key: string, finalizers: string[]): void {
  const live = world.member.get(resource, key) as Unstructured;
  world.member.put(resource, { ...live, metadata: { ...live.metadata, finalizers } });
}

function forgetSecrets(isMeant: (name: string) => boolean): void {
  for (const { metadata } of world.member.list('secrets')) {
    if (isMeant(metadata.name ?? '')) world.member.remove('secrets', `${metadata.namespace}/${metadata.name}`);
  }
}

/** The shards are read, and make no sense. */
function garbleInventory(): void {
  const data = gzipSync(JSON.stringify({ 'uid-1': { record: {} } })).toString('base64');
  for (const secret of world.member.list('secrets')) {
    if (/^pullet-state-\d+$/.test(secret.metadata.name ?? ''))
      world.member.put('secrets', { ...secret, data: { data } });
  }
}

/** The Work as it would be in a store that had forgotten its last changes: of the same uid, and of generation 1 again. */
function putForgetful(manifests: Unstructured[]): void {
  const { uid = '' } = workOf(world)?.metadata ?? {};
  loseWork(world);
  putWork(world, manifests, { metadata: { uid, finalizers: [FINALIZER] } });
}

describe('a manifest that the Work stops naming is deleted', () => {
  test('and nobody is told of an orphan', async () => {
    putWork(world, [configMap('a')]);
    await settle(world, LONG_MS);
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
    expect(workOf(world, 'pullet-orphans')).toBeUndefined();
    expect(condition()).toBeUndefined();
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
    world = newDeliveryWorld();
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
    expect(orphans()).toEqual([`b: ${reason}`]);
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
    expect(orphans()).toEqual(['b: WorkNotNewer']);
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
    expect(condition()).toMatchObject({ status: 'False', reason: 'NoOrphans' });
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
    world = newDeliveryWorld();
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

describe('the objects of a Work that is not there any more', () => {
  test.each<[string, () => Promise<void>]>([
    ['from one moment to the next', () => settle(world, LONG_MS).then(() => undefined)],
    ['when an agent starts', () => restart()],
  ])('stay and are orphaned: %s', async (_name, goOn) => {
    loseWork(world);
    await goOn();
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
    expect(orphans()).toEqual(['a: WorkMissing', 'b: WorkMissing']);
    expect(condition()).toMatchObject({ status: 'True', reason: 'WaitingForDecision' });
    expect(condition()?.message).toContain("2 objects in the cluster may not be deleted without a person's word");
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

  test('are not listed on the hub, which deletes what is in there, when the cluster leaves it', async () => {
    const cluster = world.hub.get('clusters', 'm1') as Unstructured;
    const metadata = { ...cluster.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['f'] };
    world.hub.put('clusters', { ...cluster, metadata });
    loseWork(world);
    await settle(world, LONG_MS);
    expect(workOf(world, 'pullet-orphans')).toBeUndefined();
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
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

  test('takes nothing along when the inventory is missing', async () => {
    await restart(() => {
      remove();
      forgetSecrets((name) => name.startsWith('pullet-state-'));
    });
    expect([isThere('a'), isThere('b')]).toEqual([true, true]);
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

    test('but not on a hub that does not say who it is', async () => {
      await deliverTheirs(() => world.hub.remove('namespaces', 'kube-system'));
      expect(isThere('theirs')).toBe(true);
    });
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
  ])('%s', async (_name, change, expected) => {
    await restart(change);
    expect(orphans()).toEqual(expected);
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

test('nothing is made in the member before the hub has said which one it is', async () => {
  world = newDeliveryWorld();
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

describe("a person's word", () => {
  const uidOf = (name: string): string => world.member.get('configmaps', `default/${name}`)?.metadata.uid ?? '';
  const decide = (annotations: Record<string, string>): void => {
    const work = workOf(world, 'pullet-orphans') as unknown as Unstructured;
    world.hub.put('works', { ...work, metadata: { ...work.metadata, annotations } });
  };

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

  test('to adopt leaves the object in the member, without our marks', async () => {
    decide({ 'pullet.io/adopt': `${uidOf('a')},${uidOf('b')}` });
    await settle(world, LONG_MS);
    expect(world.member.get('configmaps', 'default/a')?.metadata.labels).toEqual({});
    expect(workOf(world, 'pullet-orphans')).toBeUndefined();
    expect(condition()).toMatchObject({ status: 'False' });
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
});
