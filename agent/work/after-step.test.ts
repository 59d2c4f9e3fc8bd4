import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import { newNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { configMap, newDeliveryWorld, putWork, SPACE, setHub, settle, startDelivery } from './delivery-fixture.ts';
import { begin, enter, isThere, justBefore, world } from './delivery-scene.ts';

/** What others wait for: a definition to be established, a namespace to be there. */

const definition: Unstructured = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.shop.example' },
  spec: { group: 'shop.example', scope: 'Namespaced' },
};
const live = (): Unstructured => world.member.get('customresourcedefinitions', 'widgets.shop.example')!;

test('what somebody changes of a definition while it is waited for is set back', async () => {
  enter(newDeliveryWorld());
  setHub(world, 'hub-1');
  const type = customResourceDefinitions as unknown as ResourceType<Unstructured>;
  await startDelivery(world, { resourceFor: async () => type });
  let isChanged = false;
  justBefore(world.member, 'get customresourcedefinitions widgets.shop.example', () => {
    isChanged = true;
    const conditions = ['Established', 'NamesAccepted'].map((one) => ({ type: one, status: 'True' }));
    world.member.put('customresourcedefinitions', {
      ...live(),
      spec: { group: 'shop.example', scope: 'Cluster' },
      status: { conditions },
    });
  });
  putWork(world, [definition]);
  let isSettled = false;
  const settling = settle(world).finally(() => {
    isSettled = true;
  });
  while (!isSettled) {
    await turn();
    world.clock.advance(100);
  }
  await settling;
  expect([isChanged, live()['spec']]).toEqual([true, definition['spec']]);
});

test.each([
  ['and the member says so', false],
  ['though the member can not be asked what it serves for the moment', true],
])(
  'a Work that failed for want of a kind is applied as soon as another brings its definition, %s',
  async (_name, isAway) => {
    enter(newDeliveryWorld());
    setHub(world, 'hub-1');
    const widgets = { group: 'shop.example', version: 'v1', resource: 'widgets', kind: 'Widget', namespaced: false };
    let isServed = false;
    await startDelivery(world, {
      resourceFor: async (_apiVersion, kind) => {
        if (kind === 'Widget') return isServed ? widgets : undefined;
        return customResourceDefinitions as unknown as ResourceType<Unstructured>;
      },
      reloadKinds: async () => {
        isServed = true;
        if (isAway) throw new Error('away');
      },
    });
    world.hub.put('works', {
      ...{ apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'v', namespace: SPACE } },
      spec: { workload: { manifests: [{ apiVersion: 'shop.example/v1', kind: 'Widget', metadata: { name: 'one' } }] } },
    });
    await world.controllers.settle();
    expect(world.member.get('widgets', 'one')).toBeUndefined();
    const annotations = { 'work.karmada.io/name': 'w', 'work.karmada.io/namespace': SPACE };
    const conditions = ['Established', 'NamesAccepted'].map((type) => ({ type, status: 'True' }));
    world.member.put('customresourcedefinitions', {
      ...definition,
      metadata: { ...definition.metadata, labels: { 'karmada.io/managed': 'true' }, annotations },
      status: { conditions },
    });
    putWork(world, [definition]);
    expect(await world.controllers.settle()).toEqual([]); // no time passes: what failed is not due yet
    expect(world.member.get('widgets', 'one')).toBeDefined();
  },
);

test('a Work that failed for want of a namespace is applied as soon as that is made again', async () => {
  await begin();
  putWork(world, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }]);
  await settle(world);
  let isMissing = true;
  world.member.intercept((request) => {
    if (request === 'apply configmaps default/a' && isMissing)
      throw newNotFound({ resource: 'namespaces', name: 'default' });
  });
  world.hub.put('works', {
    ...{ apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'v', namespace: SPACE } },
    spec: { workload: { manifests: [configMap('a')] } },
  });
  expect((await world.controllers.settle()).length).toBeGreaterThan(0);
  isMissing = false;
  world.member.remove('namespaces', 'default');
  await world.controllers.settle(); // no time passes: what failed is not due yet
  expect(isThere('a')).toBe(true);
});
