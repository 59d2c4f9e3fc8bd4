import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { type DeliveryDeps, runDelivery } from './controller.ts';
import { newFakeInformer } from './fake-informer.ts';
import {
  type FakeApi,
  type FakeClock,
  type FakeControllers,
  newFakeApi,
  newFakeClock,
  newFakeControllers,
} from './fake-world.ts';
import type { OutcomeEvent } from './outcome.ts';
import { newSecretStateStore } from './secret-state-store.ts';

/** For tests: a hub, a member and the delivery between them, without time of its own. */

export const SPACE = 'karmada-es-m1';
export const FINALIZER = 'karmada.io/execution-controller';
const STATE_NAMESPACE = 'karmada-system';

const TYPES: Record<string, ResourceType<Unstructured>> = {
  'v1/ConfigMap': { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true },
  'v1/Secret': { group: '', version: 'v1', resource: 'secrets', kind: 'Secret', namespaced: true },
  'v1/Namespace': { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false },
  'apps/v1/Deployment': { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true },
  'apps/v1beta1/Deployment': {
    group: 'apps',
    version: 'v1beta1',
    resource: 'deployments',
    kind: 'Deployment',
    namespaced: true,
  },
  'apps/v1/StatefulSet': {
    group: 'apps',
    version: 'v1',
    resource: 'statefulsets',
    kind: 'StatefulSet',
    namespaced: true,
  },
};

export interface DeliveryWorld {
  hub: FakeApi;
  member: FakeApi;
  clock: FakeClock;
  controllers: FakeControllers;
  events: OutcomeEvent[];
}

/** With the hub and the member of a world before, and nothing that its agent had in memory. */
export function newDeliveryWorld(before?: DeliveryWorld): DeliveryWorld {
  before?.hub.detach();
  before?.member.detach();
  return {
    hub: before?.hub ?? newFakeApi(),
    member: before?.member ?? newFakeApi(),
    clock: newFakeClock(),
    controllers: newFakeControllers(),
    events: [],
  };
}

/** Says which hub it is. */
export function setHub({ hub }: DeliveryWorld, uid: string, epoch = ''): void {
  const annotations = { 'pullet.io/store-epoch': epoch };
  hub.remove('namespaces', 'kube-system');
  const metadata = { name: 'kube-system', uid, ...(epoch ? { annotations } : {}) };
  hub.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
}

/** The hub has the member's Cluster, on which is told of orphans. */
export function putCluster({ hub }: DeliveryWorld): void {
  const spec = { syncMode: 'Pull' };
  hub.put('clusters', { apiVersion: 'cluster.karmada.io/v1alpha1', kind: 'Cluster', metadata: { name: 'm1' }, spec });
}

/** Starts an agent's delivery in the world; where its controllers work only when told to, that resolves although it goes on. */
export async function startDelivery(
  world: DeliveryWorld,
  more: Partial<DeliveryDeps> = {},
  {
    signal,
    hubIsReady,
    cluster = 'm1',
  }: { signal: AbortSignal; hubIsReady?: Promise<void>; cluster?: string } = new AbortController(),
): Promise<void> {
  const { hub, member, clock, controllers, events } = world;
  const ofHub = newFakeInformer(hub);
  const ofMember = newFakeInformer(member);
  await runDelivery(
    {
      hub: hub.client,
      member: member.client,
      clock,
      log: silentLogger,
      newInformer: (options) => (options.client === hub.client ? ofHub(options) : ofMember(options)),
      newController: controllers.newController,
      resourceFor: async (apiVersion, kind) => TYPES[`${apiVersion}/${kind}`],
      resourceInGroup: async (group, kind) =>
        Object.values(TYPES).find((type) => type.group === group && type.kind === kind),
      reloadKinds: async () => {},
      onNewKind: () => () => {},
      recordEvent: (_work, event) => events.push(event),
      state: newSecretStateStore({ member: member.client, namespace: STATE_NAMESPACE, log: silentLogger }),
      ...more,
    },
    { cluster, concurrentWorkSyncs: 1, keepsWorks: true, ...(hubIsReady ? { hubIsReady } : {}) },
    signal,
  );
}

/** Lets everything happen that is due within the time. */
export async function settle({ clock, controllers }: DeliveryWorld, ms = 1000): Promise<string[]> {
  const errors = await controllers.settle();
  for (let passed = 0; passed < ms; passed += 250) {
    clock.advance(250);
    errors.push(...(await controllers.settle()));
  }
  return errors;
}

export function configMap(name: string, data: Record<string, string> = { a: '1' }): Unstructured {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

export function deployment(name: string): Unstructured {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default' }, spec: { replicas: 2 } };
}

/** Creates or changes the Work `w`. */
export function putWork(
  { hub }: DeliveryWorld,
  manifests: unknown[],
  more: { spec?: object; metadata?: object } = {},
): Work {
  const found = hub.get('works', `${SPACE}/w`);
  return hub.put('works', {
    ...found,
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { ...found?.metadata, name: 'w', namespace: SPACE, ...more.metadata },
    spec: { workload: { manifests }, ...more.spec },
  }) as unknown as Work;
}

export function workOf({ hub }: DeliveryWorld, name = 'w'): Work | undefined {
  return hub.get('works', `${SPACE}/${name}`) as unknown as Work | undefined;
}

/** Takes a Work away without anybody having seen it being deleted. */
export function loseWork({ hub }: DeliveryWorld, name = 'w'): void {
  hub.forget('works', `${SPACE}/${name}`);
}
