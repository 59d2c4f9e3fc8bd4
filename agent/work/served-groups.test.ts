import { beforeEach, expect, test, vi } from 'vitest';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import { apiVersionOf } from '../../shared/apis/resource-type.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import {
  type DeliveryWorld,
  newDeliveryWorld,
  putCluster,
  putWork,
  SPACE,
  setHub,
  settle,
  startDelivery,
  workOf,
} from './delivery-fixture.ts';
import { condition, enter, LONG_MS, orphans } from './delivery-scene.ts';
import { newFakeInformer } from './fake-informer.ts';

/** One object that its member serves in two groups, as Kubernetes does with Events. */

vi.setConfig({ testTimeout: 60_000 }); // many rounds, on whatever machine

const event = (apiVersion: string, name = 'e'): Unstructured => ({
  apiVersion,
  kind: 'Event',
  metadata: { name, namespace: 'default' },
});

let world: DeliveryWorld;
let uid: string | undefined;

/** As an agent that has nothing in memory, whose watches show each object in their own group. */
async function restart(): Promise<void> {
  world = newDeliveryWorld(world);
  enter(world);
  const { hub, member } = world;
  const [ofHub, ofMember] = [newFakeInformer(hub), newFakeInformer(member)];
  const inGroup = <T extends KubeObject>(options: InformerOptions<T>): Informer<T> => {
    const { transform = (object: T) => object, type } = options;
    return ofMember({ ...options, transform: (live) => transform({ ...live, apiVersion: apiVersionOf(type) }) });
  };
  const common = { resource: 'events', kind: 'Event', namespaced: true };
  await startDelivery(world, {
    newInformer: (options) => (options.client === hub.client ? ofHub(options) : inGroup(options)),
    resourceFor: async (apiVersion) =>
      apiVersion === 'v1'
        ? { ...common, group: '', version: 'v1' }
        : { ...common, group: 'events.k8s.io', version: 'v1' },
  });
}

const live = () => world.member.get('events', 'default/e');
const deletions = (): string[] => world.member.requests.filter((request) => request.startsWith('delete events'));

function putOther(manifests: Unstructured[]): void {
  const other = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'v', namespace: SPACE } };
  world.hub.put('works', { ...other, spec: { workload: { manifests } } });
}

beforeEach(async () => {
  world = newDeliveryWorld();
  setHub(world, 'hub-1');
  putCluster(world);
  await restart();
  putWork(world, [event('v1')]);
  await settle(world, LONG_MS);
  uid = live()?.metadata.uid;
  expect(uid).toBeDefined();
});

test('it stays when its Work comes to name it in the other group, is no orphan, and goes when it is no longer named', async () => {
  putWork(world, [event('events.k8s.io/v1')]);
  await settle(world, LONG_MS);
  expect([live()?.metadata.uid, deletions(), condition('Progressing'), orphans()]).toEqual([uid, [], undefined, []]);
  putWork(world, []);
  await settle(world, LONG_MS);
  expect([live(), deletions()]).toEqual([undefined, ['delete events default/e']]);
});

test('it goes with its Work, that names it in the other group by now', async () => {
  putWork(world, [event('events.k8s.io/v1')]);
  await settle(world, LONG_MS);
  world.hub.remove('works', `${SPACE}/w`);
  await settle(world, LONG_MS);
  expect([live(), workOf(world)]).toEqual([undefined, undefined]);
});

test('it stays when its Work comes to name another thing, and another Work delivers it in the other group', async () => {
  putOther([event('events.k8s.io/v1')]);
  await settle(world, 0);
  putWork(world, [event('v1', 'f')]);
  await settle(world, LONG_MS);
  await restart();
  await settle(world, LONG_MS);
  expect([live()?.metadata.uid, deletions(), orphans()]).toEqual([uid, [], []]);
  expect(live()?.metadata.annotations?.['work.karmada.io/name']).toBe('v');
  expect(condition('Progressing')).toBeUndefined();
});

test('two Works that name it in a group each, and so take it from each other, are both told which the other is', async () => {
  putOther([event('events.k8s.io/v1')]);
  await settle(world, 30_000);
  const degraded = (name: string) =>
    workOf(world, name)?.status?.conditions?.find(({ type }) => type === 'Degraded') ?? {};
  const told = (other: string) => ({
    status: 'True',
    reason: 'FieldsContested',
    message: `Event default/e: "Work ${SPACE}/${other}" keeps taking back .metadata.annotations from this Work`,
  });
  expect([degraded('w'), degraded('v')]).toMatchObject([told('v'), told('w')]);
});
