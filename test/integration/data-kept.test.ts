import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningAgent } from '../../agent/agent.ts';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { RECREATE_ANNOTATION, RECREATE_ON_IMMUTABLE, works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { registerMember, startTestAgent } from '../framework/join.ts';
import { newCommandRunner } from '../framework/run-command.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { namespaceManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** What holds data in a member (claims, StatefulSets, namespaces with contents, kinds with objects) outlives all that is said of Works but a deletion by its name. */

let world: World;
let hub: TestHub;
let member: TestMember;
let kubeconfig: string;
let agent: RunningAgent;
let run: (args: string[]) => Promise<string>;

beforeAll(async () => {
  world = await newWorld();
  run = newCommandRunner(world);
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
  kubeconfig = await registerMember(world, { hub, member });
  agent = await startTestAgent(world, member, kubeconfig);
});

afterAll(() => world.stop());

const type = (group: string, version: string, resource: string, kind: string, namespaced = true) =>
  ({ group, version, resource, kind, namespaced }) as ResourceType<Unstructured>;
const TYPES: Record<string, ResourceType<Unstructured>> = {
  Namespace: type('', 'v1', 'namespaces', 'Namespace', false),
  PersistentVolumeClaim: type('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim'),
  StatefulSet: type('apps', 'v1', 'statefulsets', 'StatefulSet'),
  CustomResourceDefinition: type(
    'apiextensions.k8s.io',
    'v1',
    'customresourcedefinitions',
    'CustomResourceDefinition',
    false,
  ),
  ConfigMap: configMaps as unknown as ResourceType<Unstructured>,
};

/** Of each test its own. */
let space = '';
let kinds = '';
let count = 0;

beforeEach(() => {
  count += 1;
  space = `shop-${count}`;
  kinds = `Widget${count}`;
});

const WORK = { namespace: executionSpace('m1'), name: 'shop' };
const plural = (): string => `${kinds.toLowerCase()}s`;
const widgets = () => type('example.com', 'v1', plural(), kinds);

function claim(name: string, storageClassName = 'fast'): Unstructured {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { namespace: space, name }, spec };
}

function database(whenDeleted: string, serviceName = 'db'): Unstructured {
  const labels = { app: 'db' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'db', image: 'postgres:18' }] } };
  const { spec } = claim('disk') as unknown as { spec: object };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { namespace: space, name: 'db' },
    spec: {
      ...{ serviceName, selector: { matchLabels: labels }, template },
      persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled: 'Retain' },
      volumeClaimTemplates: [{ metadata: { name: 'disk' }, spec }],
    },
  };
}

function definition(scope = 'Namespaced', annotations = {}): Unstructured {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural()}.example.com`, annotations },
    spec: {
      ...{ group: 'example.com', scope, names: { plural: plural(), singular: kinds.toLowerCase(), kind: kinds } },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

const all = (): Unstructured[] => [namespaceManifest(space), claim('data'), database('Delete'), definition()];

/** What nobody but the people of the member has named. */
const theirs = (): [ResourceType<Unstructured>, Unstructured][] => [
  [
    TYPES['ConfigMap'] as ResourceType<Unstructured>,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: space, name: 'theirs' } },
  ],
  [
    TYPES['PersistentVolumeClaim'] as ResourceType<Unstructured>,
    { ...claim('disk-db-0'), metadata: { namespace: space, name: 'disk-db-0', labels: { app: 'db' } } },
  ],
  [
    widgets(),
    {
      apiVersion: 'example.com/v1',
      kind: kinds,
      metadata: { namespace: space, name: 'mine' },
      spec: { size: 3 },
    } as Unstructured,
  ],
];

const typeOf = ({ kind }: Unstructured) => TYPES[kind] as ResourceType<Unstructured>;

async function make(objects: Unstructured[]): Promise<void> {
  for (const object of objects) await member.client.create(typeOf(object), object);
}

async function makeTheirs(): Promise<void> {
  for (const [kind, object] of theirs())
    await eventually(`${object.kind} can be made`, () => member.client.create(kind, object).then(() => true));
}

async function uidOf(kind: ResourceType<Unstructured>, { metadata }: Unstructured): Promise<string> {
  const { name = '', namespace } = metadata;
  const live = await member.client.get(kind, { name, ...(namespace ? { namespace } : {}) });
  return live.metadata.deletionTimestamp ? 'on its way out' : (live.metadata.uid ?? '');
}

/** By kind and name, of what Works name and what they do not. */
async function uids(): Promise<Record<string, string>> {
  const named = all().map((object): [ResourceType<Unstructured>, Unstructured] => [typeOf(object), object]);
  const found = [...named, ...theirs()].map(async ([kind, object]) => [
    `${object.kind}/${object.metadata.name}`,
    await uidOf(kind, object),
  ]);
  return Object.fromEntries(await Promise.all(found));
}

async function change(manifests: Unstructured[], annotations: Record<string, string>): Promise<void> {
  const patch = { metadata: { annotations }, spec: { workload: { manifests } } };
  await hub.client.patch(works, WORK, { type: 'merge', patch });
}

const appliedMessage = async (): Promise<string> => {
  const { status } = await hub.client.get(works, WORK);
  return status?.conditions?.find(({ type, status: is }) => type === 'Applied' && is === 'False')?.message ?? '';
};

async function letGo(): Promise<void> {
  await hub.client.patch(works, WORK, { type: 'merge', patch: { spec: { preserveResourcesOnDeletion: true } } });
  await hub.client.delete(works, WORK);
  await eventually('the Work is gone', () => hub.client.get(works, WORK).then(() => false, isNotFound));
}

/** The Work vanishes without its agent being asked. */
async function loseWork(): Promise<void> {
  await agent.stop();
  await hub.client.patch(works, WORK, { type: 'merge', patch: { metadata: { finalizers: null } } });
  await hub.client.delete(works, WORK);
  await eventually('the Work is gone', () => hub.client.get(works, WORK).then(() => false, isNotFound));
  agent = await startTestAgent(world, member, kubeconfig);
}

const pullet = (line: string): Promise<string> => run([...line.split(' '), '--kubeconfig', hub.kubeconfig]);
const RECREATE = { [RECREATE_ANNOTATION]: RECREATE_ON_IMMUTABLE };
const OVERWRITE = { 'work.karmada.io/conflict-resolution': 'overwrite' };

describe('what holds data', () => {
  test('is taken over as it is, and not made anew for a word that was not about it', async () => {
    await make(all());
    await makeTheirs();
    const before = await uids();
    const work = newWork('m1', WORK.name, all());
    await hub.client.create(works, { ...work, metadata: { ...work.metadata, annotations: OVERWRITE } });
    await untilApplied(hub, 'm1', WORK.name);
    expect(await uids()).toEqual(before);

    const changed = [
      namespaceManifest(space),
      claim('data', 'slow'),
      database('Delete', 'other'),
      definition('Cluster', RECREATE),
    ];
    await change(changed, { ...OVERWRITE, ...RECREATE });
    const told = await eventually('all three are told', async () => {
      const message = await appliedMessage();
      return /left to a person/.test(message) && (message.match(/annotate the manifest/g) ?? []).length === 2
        ? message
        : undefined;
    });
    expect(told).not.toContain('will be made again');
    expect(await uids()).toEqual(before);

    const withDatabase = (database: Unstructured) => [namespaceManifest(space), claim('data'), database, definition()];
    await change(withDatabase(database('Retain', 'other')), RECREATE);
    const left = 'only the database is told of, whose claims would still go with it';
    await eventually(left, async () => ((await appliedMessage()).match(/annotate the manifest/g) ?? []).length === 1);
    expect(await uids()).toEqual(before);

    await change(withDatabase(database('Retain')), RECREATE);
    await untilApplied(hub, 'm1', WORK.name);
    expect(await uids()).toEqual(before);
    await change(withDatabase(database('Retain', 'other')), RECREATE);
    const { 'StatefulSet/db': former, ...others } = before;
    const after = await eventually('it is made again', async () => {
      const now = await uids();
      return now['StatefulSet/db'] !== former && now;
    });
    expect(after).toMatchObject(others);
    await untilApplied(hub, 'm1', WORK.name);
    await letGo();
    expect(await uids()).toEqual(after);
  });

  test('is the member’s own, with all that is of it, when a person adopts it', async () => {
    await hub.client.create(works, newWork('m1', WORK.name, all()));
    await untilApplied(hub, 'm1', WORK.name);
    await makeTheirs();
    const before = await uids();
    await loseWork();
    await untilOrphaned(4);
    await pullet('adopt m1 --all');
    expect(await uids()).toEqual(before);
  });

  test('goes alone when all orphans are pruned: what others have in a namespace or of a kind stays', async () => {
    const alone = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: space, name: 'alone' } };
    await hub.client.create(works, newWork('m1', WORK.name, [...all(), alone]));
    await untilApplied(hub, 'm1', WORK.name);
    await makeTheirs();
    const before = await uids();
    await loseWork();
    await untilOrphaned(5);
    await pullet('prune m1 --all --timeout 0s');
    const key = { namespace: space, name: 'alone' };
    await eventually('what goes alone is gone', () => member.client.get(configMaps, key).then(() => false, isNotFound));
    for (const [kind, object] of theirs())
      expect(await uidOf(kind, object)).toBe(before[`${object.kind}/${object.metadata.name}`]);
    const left = await pullet('get works --orphans');
    expect(left).toContain(`Namespace/${space}`);
    expect(left).toContain(`CustomResourceDefinition/${plural()}.example.com`);
  });
});

const untilOrphaned = (number: number) =>
  eventually(
    'they are told of',
    async () => (await pullet('get works --orphans')).split(space).length > 1 && (await orphanCount()) === number,
  );

const orphanCount = async (): Promise<number> =>
  (await pullet('get works --orphans')).split('\n').filter((line) => line.startsWith('m1 ')).length;
