import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CustomResourceDefinition, customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import { deployments } from '../../shared/apis/apps/v1.ts';
import { type ConfigMap, configMaps, namespaces, secrets } from '../../shared/apis/core/v1.ts';
import { isAlreadyExists, isConflict, isInvalid, isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject, Unstructured, WatchEvent } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { discover } from '../../shared/client/discovery.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { eventually } from '../framework/eventually.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { deploymentManifest } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** What every client of a Kubernetes API relies on; the same on the embedded one and on kube-apiserver. */

let world: World;
let hub: TestHub;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
});

afterAll(() => world.stop());

const NAMESPACE = 'default';
const newConfigMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE },
  data,
});
const keyOf = (name: string) => ({ name, namespace: NAMESPACE });
const create = (name: string, data?: Record<string, string>) => hub.client.create(configMaps, newConfigMap(name, data));
const isGone = (probe: Promise<unknown>) => probe.then(() => false, isNotFound);

describe('writes', () => {
  test('a stale one is a conflict and changes nothing', async () => {
    const first = await create('stale', { a: '1' });
    await hub.client.update(configMaps, { ...first, data: { a: '2' } });
    const late = hub.client.update(configMaps, { ...first, data: { a: '3' } });
    await expect(late).rejects.toSatisfy(isConflict);
    expect((await hub.client.get(configMaps, keyOf('stale'))).data).toEqual({ a: '2' });
  });

  test('a second creation of a name is refused', async () => {
    await create('twice');
    await expect(create('twice')).rejects.toSatisfy(isAlreadyExists);
  });

  test('one that changes nothing keeps the resourceVersion', async () => {
    const before = await create('same', { a: '1' });
    const after = await hub.client.update(configMaps, before);
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  test('a dry run is checked and not kept', async () => {
    await hub.client.create(configMaps, newConfigMap('dry'), { dryRun: true });
    expect(await isGone(hub.client.get(configMaps, keyOf('dry')))).toBe(true);
  });

  test('an invalid one says which field is wrong', async () => {
    await expect(create('Not Valid')).rejects.toSatisfy(isInvalid);
  });

  test('generateName makes a name', async () => {
    const { name: _, ...metadata } = newConfigMap('').metadata;
    const made = await hub.client.create(configMaps, {
      ...newConfigMap(''),
      metadata: { ...metadata, generateName: 'made-' },
    });
    expect(made.metadata.name).toMatch(/^made-[a-z0-9]{5}$/);
  });

  test('the generation counts changes of the spec and not of labels', async () => {
    const deployment = deploymentManifest(NAMESPACE, 'counted');
    const made = await hub.client.create(deployments, deployment as never);
    const patch = (body: object) => hub.client.patch(deployments, keyOf('counted'), { type: 'merge', patch: body });
    const labelled = await patch({ metadata: { labels: { a: 'b' } } });
    const scaled = await patch({ spec: { replicas: 7 } });
    const generations = [made, labelled, scaled].map(({ metadata }) => metadata.generation);
    expect(generations[1]).toBe(generations[0]);
    expect(generations[2]).toBe((generations[1] ?? 0) + 1);
  });
});

describe('server-side apply', () => {
  const apply = (fieldManager: string, data: Record<string, string>, force = false) =>
    hub.client.apply(configMaps, newConfigMap('applied', data), { fieldManager, force });

  test('two managers own what each has named, and a conflict says whose it is', async () => {
    await apply('one', { a: '1', shared: 'x' });
    await apply('two', { b: '2' });
    await expect(apply('two', { b: '2', shared: 'y' })).rejects.toThrow(/conflict with "one"/);
    const forced = await apply('two', { b: '2', shared: 'y' }, true);
    expect(forced.data).toEqual({ a: '1', b: '2', shared: 'y' });
  });

  test('a field that its manager no longer names goes, unless another has it', async () => {
    const { data } = await apply('one', {});
    expect(data).toEqual({ b: '2', shared: 'y' });
  });
});

describe('finalizers', () => {
  test('hold an object until they are taken off', async () => {
    const made = newConfigMap('held');
    await hub.client.create(configMaps, { ...made, metadata: { ...made.metadata, finalizers: ['example.com/hold'] } });
    await hub.client.delete(configMaps, keyOf('held'));
    const held = await hub.client.get(configMaps, keyOf('held'));
    expect(held.metadata.deletionTimestamp).toBeDefined();
    const patch = { metadata: { finalizers: null } };
    await hub.client.patch(configMaps, keyOf('held'), { type: 'merge', patch });
    expect(await isGone(hub.client.get(configMaps, keyOf('held')))).toBe(true);
  });

  test('a deletion for another uid is a conflict', async () => {
    await create('uid');
    const wrong = hub.client.delete(configMaps, keyOf('uid'), { preconditions: { uid: 'other' } });
    await expect(wrong).rejects.toSatisfy(isConflict);
  });
});

describe('owners and namespaces', () => {
  test('what an object owns goes with it', async () => {
    const owner = await create('owner');
    const { uid = '' } = owner.metadata;
    const owned = newConfigMap('owned');
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
    await hub.client.create(configMaps, { ...owned, metadata: { ...owned.metadata, ownerReferences } });
    await hub.client.delete(configMaps, keyOf('owner'), { propagationPolicy: 'Background' });
    await eventually('the owned one is gone', () => isGone(hub.client.get(configMaps, keyOf('owned'))));
  });

  test('a namespace that is deleted loses everything in it', async () => {
    await hub.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'leaving' } });
    const inside = newConfigMap('inside');
    await hub.client.create(configMaps, { ...inside, metadata: { ...inside.metadata, namespace: 'leaving' } });
    await hub.client.delete(namespaces, { name: 'leaving' });
    await eventually('the namespace is gone', () => isGone(hub.client.get(namespaces, { name: 'leaving' })));
    const list = await hub.client.list(configMaps, { namespace: 'leaving' });
    expect(list.items.filter(({ metadata }) => metadata.name === 'inside')).toEqual([]);
  });
});

describe('lists', () => {
  test('in pages are one consistent list, whatever is written meanwhile', async () => {
    const labels = { paged: 'yes' };
    const names = ['p1', 'p2', 'p3', 'p4', 'p5'];
    for (const name of names) {
      const object = newConfigMap(name);
      await hub.client.create(configMaps, { ...object, metadata: { ...object.metadata, labels } });
    }
    const query = { namespace: NAMESPACE, labelSelector: 'paged=yes', limit: 2 };
    const first = await hub.client.list(configMaps, query);
    await hub.client.delete(configMaps, keyOf('p4'));
    const seen = [...first.items];
    for (let token = first.metadata.continue; token; ) {
      const page = await hub.client.list(configMaps, { ...query, continue: token });
      seen.push(...page.items);
      token = page.metadata.continue;
    }
    expect(seen.map(({ metadata }) => metadata.name)).toEqual(names);
  });

  test('can be selected by field', async () => {
    const list = await hub.client.list(configMaps, { fieldSelector: 'metadata.name=cluster-info' });
    expect(list.items.map(({ metadata }) => metadata.namespace)).toEqual(['kube-public']);
  });
});

describe('watches', () => {
  /** The next events of a watch that are no bookmarks. */
  async function next<T extends KubeObject>(events: AsyncIterable<WatchEvent<T>>, count: number) {
    const seen: [type: string, name: string | undefined][] = [];
    for await (const event of events) {
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'ERROR') throw new Error(event.object.message);
      seen.push([event.type, event.object.metadata.name]);
      if (seen.length === count) return seen;
    }
    return seen;
  }

  test('from a revision tell everything after it, in order', async () => {
    const labels = { watched: 'yes' };
    const object = newConfigMap('w1');
    const first = await hub.client.create(configMaps, { ...object, metadata: { ...object.metadata, labels } });
    await hub.client.patch(configMaps, keyOf('w1'), { type: 'merge', patch: { data: { a: 'b' } } });
    await hub.client.delete(configMaps, keyOf('w1'));
    const { resourceVersion = '' } = first.metadata;
    const options = { namespace: NAMESPACE, labelSelector: 'watched=yes', resourceVersion };
    const events = hub.client.watch(configMaps, options, AbortSignal.timeout(60_000));
    expect(await next(events, 2)).toEqual([
      ['MODIFIED', 'w1'],
      ['DELETED', 'w1'],
    ]);
  });

  test('by label tell of an object that no longer fits as deleted', async () => {
    const labels = { team: 'a' };
    const object = newConfigMap('moves');
    const made = await hub.client.create(configMaps, { ...object, metadata: { ...object.metadata, labels } });
    const { resourceVersion = '' } = made.metadata;
    const options = { namespace: NAMESPACE, labelSelector: 'team=a', resourceVersion };
    const events = hub.client.watch(configMaps, options, AbortSignal.timeout(60_000));
    await hub.client.patch(configMaps, keyOf('moves'), {
      type: 'merge',
      patch: { metadata: { labels: { team: 'b' } } },
    });
    expect(await next(events, 1)).toEqual([['DELETED', 'moves']]);
  });

  test('feed an informer, which agrees with the list after many changes', async () => {
    const stop = new AbortController();
    const options = { client: hub.client, type: secrets, namespace: NAMESPACE, clock: systemClock, log: world.log };
    const informer = newInformer(options);
    const running = informer.run(stop.signal);
    await informer.synced();
    const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: NAMESPACE } });
    const names = Array.from({ length: 60 }, (_, index) => `s${index}`);
    await Promise.all(names.map((name) => hub.client.create(secrets, secret(name))));
    await Promise.all(
      names.filter((_, index) => index % 3 === 0).map((name) => hub.client.delete(secrets, keyOf(name))),
    );
    const list = await hub.client.list(secrets, { namespace: NAMESPACE });
    const versions = (objects: KubeObject[]) =>
      objects.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort();
    await eventually('the informer has caught up', () => {
      const known = versions(informer.store.list());
      return known.length === list.items.length && known.join() === versions(list.items).join();
    });
    stop.abort();
    await running;
  });
});

describe('custom resources', () => {
  const crd: CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1, default: 3 } } },
              },
            },
          },
        },
      ],
    },
  };
  const widgets: ResourceType<Unstructured> = {
    group: 'example.com',
    version: 'v1',
    resource: 'widgets',
    kind: 'Widget',
    namespaced: true,
  };
  const newWidget = (name: string, spec: object): Unstructured => ({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: keyOf(name),
    spec,
  });

  test('are served once their definition is there, defaulted, pruned and validated', async () => {
    await hub.client.create(customResourceDefinitions, crd);
    const made = await eventually('a widget can be made', () =>
      hub.client.create(widgets, newWidget('one', { unknown: 'field' })),
    );
    expect(made['spec']).toEqual({ size: 3 });
    await expect(hub.client.create(widgets, newWidget('small', { size: 0 }))).rejects.toSatisfy(isInvalid);
    await eventually('discovery has it', async () => {
      const { groupVersions } = await discover(hub.client);
      return groupVersions.some(({ group }) => group === 'example.com');
    });
  });

  test('go with their definition', async () => {
    await hub.client.delete(customResourceDefinitions, { name: 'widgets.example.com' });
    await eventually('they are not served any more', () => isGone(hub.client.list(widgets)));
  });
});
