import { beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { type Event, events } from '../../shared/apis/core/v1.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { type FakeShell, newFakeShell } from '../fake-shell.ts';

/** Works as people see them. */

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
let hub: FakeKube;
let shell: FakeShell;

function condition(type: string, status: Condition['status'], message = ''): Condition {
  return {
    type,
    status,
    reason: 'Because',
    message,
    lastTransitionTime: '2026-01-01T00:00:00Z',
    observedGeneration: 1,
  };
}

function putCluster(name: string, ready: Condition['status'], message = 'no heartbeat'): void {
  const status = { conditions: [condition('Ready', ready, message)] };
  hub.put(clusters, {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name },
    spec: {},
    status,
  } as Cluster);
}

function putWork(cluster: string, name: string, status: object): void {
  const manifests = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } },
  ];
  const metadata = {
    name,
    namespace: `karmada-es-${cluster}`,
    creationTimestamp: '2026-01-01T00:00:00Z',
    generation: 2,
  };
  const work = {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata,
    spec: { workload: { manifests } },
    status,
  };
  hub.put(works, work as unknown as Work);
}

beforeEach(() => {
  hub = newFakeKube();
  shell = newFakeShell(hub.client, { clock: newFakeClock(START + 5 * MINUTE_MS) });
  putCluster('near', 'True');
  putCluster('far', 'Unknown');
  const identifier = {
    ordinal: 1,
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    resource: '',
    namespace: 'shop',
    name: 'web',
  };
  const manifestStatuses = [
    { identifier: { ordinal: 0, version: 'v1', kind: 'Namespace', resource: '', name: 'shop' }, health: 'Healthy' },
    { identifier, health: 'Unhealthy', status: { replicas: 2, readyReplicas: 1, conditions: [] } },
  ];
  const conditions = [condition('Applied', 'True', 'all'), condition('Degraded', 'True', 'a rival')];
  putWork('near', 'shop', { conditions, manifestStatuses });
  putWork('far', 'new', {});
});

describe('pullet get works', () => {
  test.each([
    [
      'get works -A',
      [
        'NAMESPACE         NAME   APPLIED   HEALTHY   DRIFT       STALE   AGE',
        'karmada-es-far    new    Unknown   0/2       unknown     5m      5m',
        'karmada-es-near   shop   True      1/2       contested   no      5m',
      ],
    ],
    ['get works -n karmada-es-near --no-headers', ['shop   True      1/2       contested   no      5m']],
    [
      'get works shop -n karmada-es-near -o wide',
      [
        'NAME   APPLIED   HEALTHY   DRIFT       STALE   AGE   MANIFESTS',
        'shop   True      1/2       contested   no      5m    Namespace/shop,Deployment/web',
      ],
    ],
  ])('%s', async (line, lines) => {
    expect(await shell.pullet(line)).toBe(0);
    expect(shell.out.trimEnd().split('\n').sort()).toEqual([...lines].sort());
  });
});

test('pullet get works by a name alone says where works are', async () => {
  expect(await shell.pullet('get works shop')).toBe(1);
  expect(shell.err).toMatch(/^Error from server \(NotFound\): .*\nThe works of each cluster .*: give -A, or -n /);
  expect(await shell.pullet('get works nothing -n karmada-es-near')).toBe(1);
  expect(shell.err.match(/give -A/g)).toHaveLength(1);
});

test.each([
  ['HealthyLeftOut', '1/2'],
  ['ManifestsLeftOut', '?/2'],
])('pullet get works counts what a shortened status (%s) leaves out', async (reason, health) => {
  const identifier = { ordinal: 1, version: 'v1', kind: 'Deployment', resource: '', name: 'web' };
  const manifestStatuses = [{ identifier, health: 'Unhealthy' }];
  const conditions = [{ ...condition('StatusShortened', 'True'), reason }];
  putWork('near', 'large', { conditions, manifestStatuses });
  await shell.pullet('get works large -n karmada-es-near --no-headers');
  expect(shell.out).toContain(`   ${health} `);
});

test.each<[string, number, string]>([
  ['HealthyLeftOut', 2, 'Healthy     left out: see StatusShortened'],
  ['HealthyLeftOut', 1, 'Unknown     left out: see StatusShortened'],
  ['ManifestsLeftOut', 2, 'Unknown     left out: see StatusShortened'],
  ['StatusesLeftOut', 2, 'Unknown'],
])('pullet describe work says why it has nothing of a manifest: %s, of generation %s', async (reason, of, words) => {
  const identifier = { ordinal: 1, version: 'v1', kind: 'Deployment', resource: '', name: 'web' };
  const manifestStatuses = [{ identifier, health: 'Unhealthy' }];
  const conditions = [{ ...condition('StatusShortened', 'True'), reason, observedGeneration: of }];
  putWork('near', 'large', { conditions, manifestStatuses });
  await shell.pullet('describe work large --cluster near');
  expect(shell.out).toContain(`  0   Namespace shop        Unknown   ${words}\n`);
  expect(shell.out).toContain('  1   Deployment shop/web   Unknown   Unhealthy\n');
});

test('pullet get works leaves out the Works by which agents and commands talk, but by name or label', async () => {
  const metadata = { name: 'pullet-orphans', namespace: 'karmada-es-near', labels: { 'pullet.io/orphans': 'true' } };
  hub.put(works, { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata, spec: {} } as Work);
  await shell.pullet('get works -A');
  expect(shell.out).not.toContain('pullet-orphans');
  await shell.pullet('get works pullet-orphans -n karmada-es-near');
  expect(shell.out).toContain('pullet-orphans');
});

test('a suspended work says that nobody looks, and that what it tells is from before', async () => {
  putWork('near', 'held', { conditions: [condition('Degraded', 'False')] });
  const held = await hub.client.get(works, { namespace: 'karmada-es-near', name: 'held' });
  hub.put(works, { ...held, spec: { ...held.spec, suspendDispatching: true } } as Work);
  await shell.pullet('get works held -n karmada-es-near --no-headers');
  expect(shell.out).toMatch(/^held +Unknown +0\/2 +suspended /);
  await shell.pullet('describe work held --cluster near');
  expect(shell.out).toContain(
    'Suspended:   yes: nothing of it is delivered or kept as it is; what is told below is from',
  );
});

test.each([{}, { suspendDispatching: true }])('a work that is on its way out says so in the list: %j', async (spec) => {
  putWork('near', 'old', { conditions: [condition('Degraded', 'False')] });
  const old = await hub.client.get(works, { namespace: 'karmada-es-near', name: 'old' });
  const metadata = { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['hold'] };
  hub.put(works, { ...old, metadata, spec: { ...old.spec, ...spec } } as Work);
  await shell.pullet('get works old -n karmada-es-near --no-headers');
  expect(shell.out).toMatch(/^old +Unknown +0\/2 +deleting /);
});

test.each<[string, string, object, string, string]>([
  ['names one as still there', 'gone from the cluster: Namespace shop (held by x)', {}, 'deleting', 'gone'],
  ['names both', 'cluster: Deployment shop/web (y), Namespace shop (after the others)', {}, 'deleting', 'deleting'],
  ['names one of a longer name', 'gone from the cluster: Deployment shop/web-2 (z)', {}, 'gone', 'gone'],
  ['has no room for all', 'gone from the cluster: Deployment shop/web (he…', {}, 'deleting', 'deleting'],
  ['is from before the deletion', 'gone from the cluster: Job old (x)', { generation: 3 }, 'deleting', 'deleting'],
])('a work on its way out whose agent %s', async (_what, words, more, namespace, deployment) => {
  const told = { ...condition('Progressing', 'True', `Waiting until these are ${words}`), observedGeneration: 2 };
  const conditions = [condition('Applied', 'True'), { ...told, reason: 'WaitingForDeletion' }];
  const identifier = { ordinal: 1, version: 'v1', kind: 'Deployment', resource: '', namespace: 'shop', name: 'web' };
  putWork('near', 'old', {
    conditions,
    manifestStatuses: [{ identifier, health: 'Healthy', status: { replicas: 2 } }],
  });
  const old = await hub.client.get(works, { namespace: 'karmada-es-near', name: 'old' });
  const metadata = { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['hold'], ...more };
  hub.put(works, { ...old, metadata } as Work);
  await shell.pullet('describe work old --cluster near');
  const rowOf = (object: string): string => new RegExp(`^ +\\d +${object} +(.*)$`, 'm').exec(shell.out)?.[1] ?? '';
  const health = { gone: /^gone +<none>$/, deleting: /^deleting +(Unknown|Healthy +replicas=2)$/ } as const;
  expect(rowOf('Namespace shop')).toMatch(health[namespace as keyof typeof health]);
  expect(rowOf('Deployment shop/web')).toMatch(health[deployment as keyof typeof health]);
});

test('what happened within one second stands in the order in which it happened', async () => {
  const say = (reason: string): void => {
    const metadata = { name: reason, namespace: 'karmada-es-near' };
    const involvedObject = { kind: 'Work', name: 'shop' };
    const event = { apiVersion: 'v1', kind: 'Event', metadata, involvedObject, type: 'Normal', reason, message: '' };
    hub.put(events, { ...event, lastTimestamp: '2026-01-01T00:00:00Z' } as Event);
  };
  for (const reason of ['Failed', 'Done', 'Failed']) say(reason); // the server lists the first one first
  await shell.pullet('describe work shop --cluster near');
  expect(shell.out).toMatch(/Normal +Done .*\n +Normal +Failed /);
});

describe('pullet describe work', () => {
  test('shows what became of each manifest and what is wrong', async () => {
    expect(await shell.pullet('describe work shop --cluster near')).toBe(0);
    expect(shell.out).toContain('Generation:  2 (the cluster has 1)\n');
    expect(shell.out).toContain('Status:      up to date: the cluster is heard of\n');
    expect(shell.out).toContain('  Degraded   True     Because   5m    a rival\n');
    expect(shell.out).toContain('  1   Deployment shop/web   True      Unhealthy   replicas=2 readyReplicas=1\n');
    expect(shell.out).not.toContain('Not applied:');
    expect(shell.out).toContain('Events:  none\n');
  });

  test('shows which manifests are not applied and why', async () => {
    const why = 'Failed to apply all manifests (1/2): Deployment shop/web: the quota is used up';
    const available = condition('Available', 'False', 'These are not applied: #1 Deployment shop/web (Forbidden)');
    const conditions = [condition('Applied', 'False', why), { ...available, reason: 'ManifestsNotApplied' }];
    putWork('near', 'full', { conditions });
    expect(await shell.pullet('describe work full --cluster near')).toBe(0);
    expect(shell.out).toContain('Failed to apply all manifests (1/2): see below\n');
    expect(shell.out).toContain('  0   Namespace shop        True      Unknown\n');
    expect(shell.out).toContain('  1   Deployment shop/web   False     Unknown\n');
    expect(shell.out).toContain('  1   Forbidden   Deployment shop/web: the quota is used up\n');
    shell = newFakeShell(hub.client);
    await shell.pullet('get works full -n karmada-es-near -o wide --no-headers');
    expect(shell.out).toContain('Namespace/shop,Deployment/web(Forbidden)\n');
  });

  test('says since when its cluster has not been heard of', async () => {
    expect(await shell.pullet('describe work new -n karmada-es-far')).toBe(0);
    expect(shell.out).toContain('stale: the cluster has not been heard of for 5m (Because: no heartbeat)\n');
    expect(shell.out).toContain('Generation:  2 (not delivered yet)\n');
    expect(shell.out).toContain('Conditions:  none yet\n');
  });

  test.each([
    ['describe work shop', 'give --cluster or --namespace'],
    ['describe work shop -n a --cluster b', 'give --cluster or --namespace'],
    ['describe pod a -n b', 'pullet describe knows work and cluster'],
    ['describe cluster near -n b', 'in no namespace'],
  ])('%s is a wrong command line', async (line, words) => {
    expect(await shell.pullet(line)).toBe(2);
    expect(shell.err).toContain(words);
  });

  test('a work that is not there is an error', async () => {
    expect(await shell.pullet('describe work nothing --cluster near')).toBe(1);
    expect(shell.err).toContain('"nothing" not found');
  });
});

describe('pullet describe cluster', () => {
  test('says what it is, whether it is heard of, and what of its works is not well', async () => {
    expect(await shell.pullet('describe cluster far')).toBe(0);
    expect(shell.out).toBe(
      [
        'Name:      far',
        'Mode:      ',
        'Version:   not told yet',
        'Works:     1 in karmada-es-far, 1 of them not applied: see "pullet get works -n karmada-es-far"',
        'Nodes:     0 of 0 ready',
        'Taints:    none',
        'Status:    stale: the cluster has not been heard of for 5m (Because: no heartbeat)',
        'Orphaned:  none',
        'Conditions:',
        '  TYPE    STATUS    REASON    AGE   MESSAGE',
        '  Ready   Unknown   Because   5m    no heartbeat',
        '',
      ].join('\n'),
    );
  });

  test('says what people call it, and what it is for', async () => {
    const annotations = { 'pullet.io/display-name': 'Store 17', 'pullet.io/description': 'Behind the station' };
    const metadata = { name: 'near', annotations };
    hub.put(clusters, { apiVersion: 'v', kind: 'Cluster', metadata, spec: { syncMode: 'Pull' } } as Cluster);
    expect(await shell.pullet('describe cluster near')).toBe(0);
    expect(shell.out).toContain(
      'Name:          near\nDisplay name:  Store 17\nDescription:   Behind the station\nMode:',
    );
  });

  test('says what waits for a person, and counts no work by which it is told', async () => {
    const metadata = { name: 'pullet-orphans', namespace: 'karmada-es-near', labels: { 'pullet.io/orphans': 'true' } };
    const identifier = { ordinal: 0, version: 'v1', kind: 'ConfigMap', resource: '', namespace: 'shop', name: 'a' };
    const manifestStatuses = [{ identifier, status: { uid: 'u', reason: 'WorkMissing' }, health: 'Unknown' }];
    hub.put(works, { apiVersion: 'v', kind: 'Work', metadata, spec: {}, status: { manifestStatuses } } as Work);
    expect(await shell.pullet('describe cluster near')).toBe(0);
    expect(shell.out).toContain(
      `Orphaned:  1 object that no work may delete waits for a person's word: see "pullet get works --orphans -n karmada-es-near"\n`,
    );
    expect(shell.out).toContain('Works:     1 in karmada-es-near\n');
  });
});

describe('what a cluster says does not command the terminal', () => {
  const EVIL = 'no\u001b]0;title\u0007\nReady   True\r\u202e';
  const WRITTEN = 'no^[]0;title\\u0007\\nReady   True\\r\\u202e';

  test.each(['describe cluster evil', 'describe work shop --cluster evil'])('pullet %s', async (line) => {
    putCluster('evil', 'Unknown', EVIL);
    putWork('evil', 'shop', { conditions: [condition('Applied', 'False', EVIL)] });
    expect(await shell.pullet(line)).toBe(0);
    expect(shell.out).toContain(`Because: ${WRITTEN})\n`);
    expect(shell.out).toContain(`   ${WRITTEN}\n`);
  });

  test('but what is for programs is as it is', async () => {
    const object = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: {}, status: { said: EVIL } };
    hub.documents.set('/apis/work.karmada.io/v1alpha1/namespaces/s/works/shop', object);
    expect(await shell.pullet('get works shop -n s -o json')).toBe(0);
    expect(shell.out).toContain('\u202e');
    expect(JSON.parse(shell.out)).toEqual(object);
  });
});
