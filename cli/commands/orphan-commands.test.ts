import { beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { type ManifestStatus, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { type FakeShell, newFakeShell } from '../fake-shell.ts';

/** What agents tell of orphans, as people see it, and what people decide, as agents see it. */

const SINCE = Date.UTC(2026, 0, 1);
let hub: FakeKube;
let shell: FakeShell;
let clock: ReturnType<typeof newFakeClock>;

const KINDS: Record<string, string> = { ns: 'Namespace', crd: 'CustomResourceDefinition' };

/** Of more than there is room for. */
function tellSome(cluster: string, ...names: string[]): void {
  tell(cluster, ...names);
  const work = hub.get('works.work.karmada.io', `karmada-es-${cluster}/pullet-orphans`) as unknown as Work;
  const conditions = [{ type: 'StatusShortened', status: 'True', message: '9 objects are orphaned, and 2 are listed' }];
  hub.put(works, { ...work, status: { ...work.status, conditions } } as Work);
}

function tell(cluster: string, ...names: string[]): void {
  const manifestStatuses = names.map((name, ordinal): ManifestStatus => {
    const kind = KINDS[name] ?? 'ConfigMap';
    const space = kind === 'ConfigMap' ? { namespace: 'shop' } : {};
    const identifier = { ordinal, version: 'v1', kind, resource: '', ...space, name };
    const work = `karmada-es-${cluster}/shop-work`;
    const status = { uid: `uid-of-${name}`, work, reason: 'WorkMissing', since: '2026-01-01T00:00:00Z' };
    return { identifier, status, health: 'Unknown' };
  });
  const namespace = `karmada-es-${cluster}`;
  const metadata = { name: 'pullet-orphans', namespace, labels: { 'pullet.io/orphans': 'true' } };
  const found = annotations(cluster);
  hub.put(works, {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { ...metadata, ...(found ? { annotations: found } : {}) },
    spec: {},
    status: { manifestStatuses },
  } as Work);
}

/** What keeps the agent from doing what was decided. */
function tellWhy(cluster: string, name: string, waitsFor: string): void {
  const work = hub.get('works.work.karmada.io', `karmada-es-${cluster}/pullet-orphans`) as unknown as Work;
  const statuses = work.status?.manifestStatuses ?? [];
  const manifestStatuses = statuses.map((one) =>
    one.identifier.name === name ? { ...one, status: { ...one.status, waitsFor } } : one,
  );
  hub.put(works, { ...work, status: { manifestStatuses } } as Work);
}

function annotations(cluster: string): Record<string, string> | undefined {
  return hub.get('works.work.karmada.io', `karmada-es-${cluster}/pullet-orphans`)?.metadata.annotations;
}

beforeEach(() => {
  hub = newFakeKube();
  clock = newFakeClock(SINCE + 3 * 60_000);
  shell = newFakeShell(hub.client, { clock });
});

describe('pullet get works --orphans', () => {
  test('lists the objects of all clusters', async () => {
    tell('m1', 'a', 'b');
    tell('m2', 'c');
    expect(await shell.pullet('get works --orphans')).toBe(0);
    expect(shell.out).toBe(
      [
        'CLUSTER   OBJECT             WORK        REASON        AGE   DECISION',
        'm1        ConfigMap/shop/a   shop-work   WorkMissing   3m    <none>',
        'm1        ConfigMap/shop/b   shop-work   WorkMissing   3m    <none>',
        'm2        ConfigMap/shop/c   shop-work   WorkMissing   3m    <none>',
        '',
      ].join('\n'),
    );
  });

  test('says what was decided, and why that is not done yet', async () => {
    tell('m1', 'a', 'b');
    await shell.pullet('prune m1 ConfigMap/shop/a --timeout 0s');
    await shell.pullet('adopt m1 ConfigMap/shop/b --timeout 0s');
    tellWhy('m1', 'a', 'held by finalizer hold');
    shell.out = '';
    expect(await shell.pullet('get works --orphans')).toBe(0);
    expect(shell.out).toContain('3m    prune: held by finalizer hold\n');
    expect(shell.out).toContain('3m    adopt\n');
  });

  test('says where there are more than are listed', async () => {
    tellSome('m1', 'a', 'b');
    tell('m2', 'c');
    await shell.pullet('get works --orphans');
    expect(shell.err.split('\n')[0]).toBe('note: cluster m1: 9 objects are orphaned, and 2 are listed');
    expect(shell.err).not.toContain('cluster m2');
    expect(await shell.pullet('describe cluster m1')).toBe(1);
    hub.put(clusters, {
      apiVersion: 'cluster.karmada.io/v1alpha1',
      kind: 'Cluster',
      metadata: { name: 'm1' },
      spec: {},
    } as Cluster);
    expect(await shell.pullet('describe cluster m1')).toBe(0);
    expect(shell.out).toContain('more than 2 objects that no work may delete wait');
  });

  test('says what a person can do about them', async () => {
    tell('m1', 'a');
    await shell.pullet('get works --orphans');
    expect(shell.err).toMatch(/"pullet adopt CLUSTER OBJECT".*"pullet prune CLUSTER OBJECT"/);
  });

  test('says so when there are none', async () => {
    expect(await shell.pullet('get works --orphans')).toBe(0);
    expect([shell.out, shell.err]).toEqual(['', 'No orphaned objects found.\n']);
  });

  test.each(['get clusters --orphans', 'get works w --orphans', 'get works --orphans -o yaml'])(
    'refuses %s',
    async (line) => {
      expect(await shell.pullet(line)).toBe(2);
    },
  );
});

test('of two kinds of one name, from different groups, one is chosen by its uid', async () => {
  tell('m1', 'a', 'b');
  const work = hub.get('works.work.karmada.io', 'karmada-es-m1/pullet-orphans') as unknown as Work;
  const [one, other] = work.status?.manifestStatuses ?? [];
  if (!one || !other) throw new Error('told of two');
  const foreign = { ...other, identifier: { ...other.identifier, group: 'example.com', name: 'a' } };
  hub.put(works, { ...work, status: { manifestStatuses: [one, foreign] } } as Work);
  expect(await shell.pullet('prune m1 ConfigMap/shop/a --timeout 0s')).toBe(1);
  expect(shell.err).toContain(
    '2 orphaned objects ConfigMap/shop/a; name one by its uid: uid-of-a (v1), uid-of-b (example.com/v1)',
  );
  expect(annotations('m1')).toBeUndefined();
  expect(await shell.pullet('prune m1 uid-of-b --timeout 0s')).toBe(0);
  expect(annotations('m1')).toEqual({ 'pullet.io/prune': 'uid-of-b' });
});

describe.each([
  ['prune', 'pullet.io/prune', 'pruned'],
  ['adopt', 'pullet.io/adopt', 'adopted'],
])('pullet %s', (decision, annotation, done) => {
  test('names the objects to the agent by uid, waits until they are done, and says so', async () => {
    tell('m1', 'a', 'b', 'c');
    const running = shell.pullet(`${decision} m1 configmap/shop/a uid-of-b`);
    await clock.advance(1000);
    expect(annotations('m1')).toEqual({ [annotation]: 'uid-of-a,uid-of-b' });
    expect(shell.out).toBe('');
    tell('m1', 'c');
    await clock.advance(1000);
    expect(await running).toBe(0);
    expect(shell.out).toBe(`ConfigMap/shop/a of cluster m1 ${done}\nConfigMap/shop/b of cluster m1 ${done}\n`);
  });

  test('adds to what somebody else has decided', async () => {
    tell('m1', 'a', 'b');
    await shell.pullet(`${decision} m1 ConfigMap/shop/b --timeout 0s`);
    await shell.pullet(`${decision} m1 ConfigMap/shop/a --timeout 0s`);
    expect(annotations('m1')).toEqual({ [annotation]: 'uid-of-b,uid-of-a' });
    expect(shell.out).toContain(`ConfigMap/shop/a of cluster m1 will be ${done} by the agent\n`);
  });

  test('changes nothing with --dry-run', async () => {
    tell('m1', 'a');
    expect(await shell.pullet(`${decision} m1 --all --dry-run`)).toBe(0);
    expect(shell.out).toBe(`ConfigMap/shop/a of cluster m1 ${done} (dry run)\n`);
    expect(annotations('m1')).toBeUndefined();
  });

  test('--all goes on with those that were not listed, when those before are done', async () => {
    tellSome('m1', 'a', 'b');
    const running = shell.pullet(`${decision} m1 --all`);
    await clock.advance(1000);
    expect(annotations('m1')).toEqual({ [annotation]: 'uid-of-a,uid-of-b' });
    tellSome('m1', 'c', 'd');
    await clock.advance(1000);
    expect(annotations('m1')?.[annotation]).toContain('uid-of-c,uid-of-d');
    tell('m1', 'e');
    await clock.advance(1000);
    expect(annotations('m1')?.[annotation]).toContain('uid-of-e');
    await hub.client.delete(works, { name: 'pullet-orphans', namespace: 'karmada-es-m1' });
    await clock.advance(1000);
    expect(await running).toBe(0);
    expect(shell.out.match(new RegExp(`/(.) of cluster m1 ${done}`, 'g'))?.map((one) => one[1])).toEqual([
      ...['a', 'b', 'c', 'd', 'e'],
    ]);
  });

  test('--all fails where it does not wait for what is not listed yet', async () => {
    tellSome('m1', 'a', 'b');
    expect(await shell.pullet(`${decision} m1 --all --timeout 0s`)).toBe(1);
    expect(annotations('m1')).toEqual({ [annotation]: 'uid-of-a,uid-of-b' });
    expect(shell.err).toBe('error: not all are decided: 9 objects are orphaned, and 2 are listed\n');
    shell.err = '';
    expect(await shell.pullet(`${decision} m1 --all --dry-run`)).toBe(0);
    expect(shell.err).toBe('note: 9 objects are orphaned, and 2 are listed\n');
  });

  test('names no more objects than can be read', async () => {
    tell('m1', ...Array.from({ length: 30 }, (_, index) => `n${index}`));
    const running = shell.pullet(`${decision} m1 --all --timeout 2s`);
    await clock.advance(5000);
    expect(await running).toBe(1);
    expect(shell.err).toContain('ConfigMap/shop/n19 and 10 more; it will when it can');
  });

  test('says which objects the agent has not done in time', async () => {
    tell('m1', 'a');
    const running = shell.pullet(`${decision} m1 --all --timeout 2s`);
    await clock.advance(5000);
    expect(await running).toBe(1);
    expect(shell.err).toContain(
      `waiting for the agent of cluster m1 to ${decision} ConfigMap/shop/a; it will when it can`,
    );
  });

  test('says what keeps the agent from it, once, and in the end again', async () => {
    tell('m1', 'a');
    const running = shell.pullet(`${decision} m1 --all --timeout 4s`);
    await clock.advance(1000);
    tellWhy('m1', 'a', 'the member says no');
    await clock.advance(10_000);
    expect(await running).toBe(1);
    expect(shell.err.split('ConfigMap/shop/a of cluster m1 waits: the member says no\n')).toHaveLength(2);
    expect(shell.err).toContain(`to ${decision} ConfigMap/shop/a (the member says no); it will when it can`);
  });

  test.each([
    ['m1', 2],
    ['m1 ConfigMap/shop/a --all', 2],
    ['m1 ConfigMap/shop/other', 1],
    ['m2 --all', 1],
  ])('refuses %s', async (args, code) => {
    tell('m1', 'a');
    expect(await shell.pullet(`${decision} ${args}`)).toBe(code);
    expect(annotations('m1')).toBeUndefined();
  });
});

describe('what takes others with it', () => {
  const note = (object: string) =>
    `${object} of cluster m1 stays: all that is of it would go too; to have that, prune it by name\n`;

  test('is not pruned by --all', async () => {
    tell('m1', 'ns', 'a', 'crd');
    expect(await shell.pullet('prune m1 --all --timeout 0s')).toBe(0);
    expect(annotations('m1')).toEqual({ 'pullet.io/prune': 'uid-of-a' });
    expect(shell.err).toBe(note('Namespace/ns') + note('CustomResourceDefinition/crd'));
    tell('m1', 'ns');
    expect(await shell.pullet('prune m1 --all')).toBe(0);
    tellSome('m1', 'ns', 'crd');
    expect(await shell.pullet('prune m1 --all')).toBe(1);
    expect(shell.err).toContain('error: not all are decided: 9 objects');
  });

  test('is pruned by name, and adopted by --all', async () => {
    tell('m1', 'ns', 'a');
    expect(await shell.pullet('prune m1 Namespace/ns --timeout 0s')).toBe(0);
    expect(annotations('m1')).toEqual({ 'pullet.io/prune': 'uid-of-ns' });
    expect(await shell.pullet('adopt m1 --all --timeout 0s')).toBe(0);
    expect(annotations('m1')).toMatchObject({ 'pullet.io/adopt': 'uid-of-ns,uid-of-a' });
    expect(shell.err).toBe('');
  });
});
