import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, events } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { joinMember, untilReady } from '../framework/join.ts';
import { joinPushMember, QUICK_PUSH } from '../framework/push.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, deploymentManifest, getWork, namespaceManifest, newWork } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/**
 * Two members of the same kind, one that the hub dials and one that dials the hub, are given the same Works: what the Works say of themselves, and what is
 * then in the members, is the same field by field. The tests follow one another.
 */

let world: World;
let hub: TestHub;
let members: TestMember[];

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world, [...QUICK_PUSH]);
  members = await Promise.all([startTestMember(world, 'pushed'), startTestMember(world, 'pulled')]);
  await Promise.all([joinPushMember(world, { hub, member: members[0]! }), joinMember(world, hub, members[1]!)]);
  await untilReady(hub, 'pushed', 'True');
});

afterAll(() => world.stop());

/** What two runs can't have in common: times, ids, versions, which of the two it is, and that of a bookkeeping field that a server leaves to chance. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify({ value }, (key, field) =>
    /Time$|^time$|Timestamp$|^uid$|^resourceVersion$/.test(key) ? 'left out' : field,
  );
  return JSON.parse(text.replaceAll(/\b(pushed|pulled)\b/g, 'MEMBER'));
}

/** Of both members, as soon as it is settled in both and the same. */
async function same<T>(
  what: string,
  read: (member: TestMember) => Promise<T>,
  isSettled: (seen: T) => boolean,
): Promise<T> {
  let seen: T[] = [];
  const isSame = async (): Promise<boolean> => {
    seen = await Promise.all(members.map(read));
    return seen.every(isSettled) && isDeepStrictEqual(comparable(seen[0]), comparable(seen[1]));
  };
  await eventually(`${what} is settled in both`, isSame).catch((error: unknown) => {
    expect(comparable(seen[0])).toEqual(comparable(seen[1]));
    throw error;
  });
  return seen[0] as T;
}

const conditionOf = ({ status }: Work, type: string) =>
  status?.conditions?.find((condition) => condition.type === type);

/** The whole Work but its managedFields, where two processes have two names. */
async function readWork({ name }: TestMember, work: string): Promise<Work> {
  const { managedFields: _, ...metadata } = (await getWork(hub, name, work)).metadata;
  return { ...(await getWork(hub, name, work)), metadata };
}

const sameWork = (work: string, isSettled: (seen: Work) => boolean): Promise<Work> =>
  same(`work ${work}`, (member) => readWork(member, work), isSettled);

/** An object in the member with all that is in it, managedFields too; undefined where there is none. */
function readObject<T extends KubeObject>(
  { client }: TestMember,
  type: ResourceType<T>,
  key: { name: string; namespace?: string },
): Promise<T | undefined> {
  return client.get(type, key).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

async function giveBoth(name: string, manifests: Unstructured[], spec: Partial<Work['spec']> = {}): Promise<void> {
  for (const member of members) {
    const work = newWork(member.name, name, manifests);
    await hub.client.create(works, { ...work, spec: { ...work.spec, ...spec } });
  }
}

async function changeBoth(name: string, spec: object): Promise<void> {
  for (const member of members) {
    const key = { name, namespace: executionSpace(member.name) };
    await hub.client.patch(works, key, { type: 'merge', patch: { spec } });
  }
}

const type = (group: string, version: string, resource: string, kind: string): ResourceType<KubeObject> =>
  ({ group, version, resource, kind, namespaced: true }) as unknown as ResourceType<KubeObject>;
const deployments = type('apps', 'v1', 'deployments', 'Deployment');
const shelves = type('example.com', 'v1', 'shelves', 'Shelf');

const shelfDefinition: Unstructured = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'shelves.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'shelves', singular: 'shelf', kind: 'Shelf' },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { width: { type: 'integer', minimum: 1 } } } },
          },
        },
      },
    ],
  },
};
const shelf = (width: number): Unstructured => ({
  apiVersion: 'example.com/v1',
  kind: 'Shelf',
  metadata: { name: 'oak', namespace: 'shop' },
  spec: { width },
});

const settings = { name: 'settings', namespace: 'shop' };
const isAllHealthy = (count: number) => (work: Work) => {
  const statuses = work.status?.manifestStatuses ?? [];
  return statuses.length === count && statuses.every(({ health }) => health === 'Healthy');
};
const isApplied = (status: string) => (work: Work) => conditionOf(work, 'Applied')?.status === status;

test('they are told of alike', async () => {
  const status = await same(
    'the status',
    async ({ name }) => (await hub.client.get(clusters, { name })).status,
    (seen) => seen?.nodeSummary !== undefined && seen.conditions?.[0]?.status === 'True',
  );
  expect(status?.apiEnablements?.length).toBeGreaterThan(5);
});

test('a Work of several kinds, in the wrong order, with a definition and an object of it', async () => {
  const manifests = [
    shelf(3),
    deploymentManifest('shop', 'web'),
    configMapManifest('shop', 'settings', { color: 'blue' }),
    shelfDefinition,
    namespaceManifest('shop'),
  ];
  await giveBoth('shop', manifests);
  const work = await sameWork(
    'shop',
    (seen) => isApplied('True')(seen) && (seen.status?.manifestStatuses?.length ?? 0) === 5,
  );
  expect(conditionOf(work, 'Applied')?.reason).toBe('AppliedSuccessful');
  await sameWork('shop', isAllHealthy(5));
  const color = await same('settings', (member) => readObject(member, configMaps, settings), Boolean);
  expect(color?.data).toEqual({ color: 'blue' });
  await same('shelf', (member) => readObject(member, shelves, { name: 'oak', namespace: 'shop' }), Boolean);
  const web = (member: TestMember) => readObject(member, deployments, { name: 'web', namespace: 'shop' });
  await same('deployment', web, (seen) => seen !== undefined);
});

test('a Work with manifests that are refused, each for another reason', async () => {
  const unknown = { apiVersion: 'example.com/v1', kind: 'Drawer', metadata: { name: 'd', namespace: 'shop' } };
  const wrong = { ...shelf(0), metadata: { name: 'pine', namespace: 'shop' } };
  const nowhere = configMapManifest('no-such-place', 'x', {});
  await giveBoth('bad', [configMapManifest('shop', 'fine', { a: 'b' }), unknown, wrong, nowhere]);
  const work = await sameWork('bad', (seen) => isApplied('False')(seen) && seen.status?.manifestStatuses?.length === 4);
  const { message } = conditionOf(work, 'Applied')!;
  for (const name of ['Drawer', 'pine', 'no-such-place']) expect(message).toContain(name);
  const fine = await same(
    'the good one',
    (member) => readObject(member, configMaps, { ...settings, name: 'fine' }),
    Boolean,
  );
  expect(fine?.data).toEqual({ a: 'b' });
});

test('a Work over an object that is not its own', async () => {
  for (const { client } of members) {
    const mine = {
      apiVersion: 'v1' as const,
      kind: 'ConfigMap' as const,
      metadata: { name: 'mine', namespace: 'shop' },
    };
    await client.create(configMaps, { ...mine, data: { owner: 'me' } });
  }
  await giveBoth('greedy', [configMapManifest('shop', 'mine', { owner: 'hub' })]);
  await sameWork('greedy', isApplied('False'));
  const mine = await same('it', (member) => readObject(member, configMaps, { ...settings, name: 'mine' }), Boolean);
  expect(mine?.data).toEqual({ owner: 'me' });
});

test('a Work that waits, until it is let go', async () => {
  await giveBoth('later', [configMapManifest('shop', 'late', { a: 'b' })], { suspendDispatching: true });
  const waiting = await sameWork('later', (seen) => conditionOf(seen, 'Dispatching') !== undefined);
  expect(conditionOf(waiting, 'Dispatching')?.status).toBe('False');
  const late = (member: TestMember) => readObject(member, configMaps, { ...settings, name: 'late' });
  await same('nothing', late, (seen) => seen === undefined);
  await changeBoth('later', { suspendDispatching: false });
  const going = await sameWork(
    'later',
    (seen) => isApplied('True')(seen) && conditionOf(seen, 'Dispatching')?.status === 'True',
  );
  expect(conditionOf(going, 'Applied')?.reason).toBe('AppliedSuccessful');
  await same('it', late, Boolean);
});

test('a Work that changes an object and no longer names another', async () => {
  const manifests = [
    shelf(4),
    configMapManifest('shop', 'settings', { color: 'red' }),
    shelfDefinition,
    namespaceManifest('shop'),
  ];
  await changeBoth('shop', { workload: { manifests } });
  await sameWork('shop', (seen) => isAllHealthy(4)(seen) && conditionOf(seen, 'Applied')?.observedGeneration !== 1);
  const color = await same(
    'settings',
    (member) => readObject(member, configMaps, settings),
    (seen) => seen?.data?.['color'] === 'red',
  );
  expect(color?.metadata.labels).not.toEqual({});
  const web = (member: TestMember) => readObject(member, deployments, { name: 'web', namespace: 'shop' });
  await same('no deployment', web, (seen) => seen === undefined);
});

test('what has happened is told of alike', async () => {
  const told = await same(
    'events',
    async ({ name }) => {
      const { items } = await hub.client.list(events, { namespace: executionSpace(name) });
      // What others tried too early once, and then again, may have happened to one of the two alone.
      const lasting = items.filter(({ involvedObject }) => involvedObject?.name === 'greedy');
      return lasting.map(({ type: kind, reason, message }) => `${kind} ${reason}: ${message}`).sort();
    },
    (seen) => seen.length > 0,
  );
  expect(told.join('\n')).toContain('mine');
});

test('Works that are deleted, with their objects', async () => {
  for (const { name } of members) {
    for (const work of ['shop', 'bad', 'greedy', 'later']) {
      await hub.client.delete(works, { name: work, namespace: executionSpace(name) });
    }
  }
  const left = async ({ name }: TestMember) =>
    (await hub.client.list(works, { namespace: executionSpace(name) })).items.map(({ metadata }) => metadata.name);
  await same('no Work', left, (seen) => seen.length === 0);
  for (const name of ['settings', 'fine', 'late']) {
    const key = { ...settings, name };
    await same(
      `no ${name}`,
      (member) => readObject(member, configMaps, key),
      (seen) => seen === undefined,
    );
  }
});
