import {
  type ApiException,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  type V1ConfigMap,
  Watch,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../framework/eventually.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { newWorld, type World } from '../framework/world.ts';

/** The official Node client, which nobody here wrote, on the hub. */

let world: World;
let hub: TestHub;
let config: KubeConfig;
let core: CoreV1Api;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  config = new KubeConfig();
  config.loadFromFile(hub.kubeconfig);
  core = config.makeApiClient(CoreV1Api);
});

afterAll(() => world.stop());

const namespace = 'default';
const create = (name: string, labels: Record<string, string> = {}) =>
  core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels }, data: { a: '1' } } });
const codeOf = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    () => 200,
    (error: ApiException<unknown>) => error.code,
  );

describe('@kubernetes/client-node', () => {
  test('creates, reads, replaces, patches and deletes', async () => {
    const made = await create('objects');
    const replaced = await core.replaceNamespacedConfigMap({
      name: 'objects',
      namespace,
      body: { ...made, data: { a: '2' } },
    });
    expect(replaced.data).toEqual({ a: '2' });
    expect(await codeOf(core.replaceNamespacedConfigMap({ name: 'objects', namespace, body: made }))).toBe(409);
    const patch = [{ op: 'add', path: '/data/b', value: '3' }];
    await core.patchNamespacedConfigMap({ name: 'objects', namespace, body: patch });
    expect((await core.readNamespacedConfigMap({ name: 'objects', namespace })).data).toEqual({ a: '2', b: '3' });
    await core.deleteNamespacedConfigMap({ name: 'objects', namespace });
    expect(await codeOf(core.readNamespacedConfigMap({ name: 'objects', namespace }))).toBe(404);
    expect(await codeOf(create('Not Valid'))).toBe(422);
  });

  test('an informer sees what is there, what comes, what changes and what goes', async () => {
    await create('before', { informed: 'yes' });
    const labelSelector = 'informed=yes';
    const seen: string[] = [];
    const list = () => core.listNamespacedConfigMap({ namespace, labelSelector });
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const informer = makeInformer<V1ConfigMap>(config, path, list, labelSelector);
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, ({ metadata }) => seen.push(`${verb} ${metadata?.name}`));
    informer.on('error', () => {}); // it ends with the watch, by the test's own hand
    await informer.start();
    world.onStop('informer', () => informer.stop());
    await create('after', { informed: 'yes' });
    await eventually('the new object', () => seen.includes('add after'));
    const body = [{ op: 'replace', path: '/data/a', value: '9' }];
    await core.patchNamespacedConfigMap({ name: 'before', namespace, body });
    await eventually('the change', () => seen.includes('update before'));
    await core.deleteNamespacedConfigMap({ name: 'after', namespace });
    await eventually('the deletion', () => seen.includes('delete after'));
    expect(informer.list().map(({ metadata }) => metadata?.name)).toEqual(['before']);
    expect(seen[0]).toBe('add before');
  });

  test('a watch resumes where a list left off', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    await create('watched');
    await core.deleteNamespacedConfigMap({ name: 'watched', namespace });
    const seen: string[] = [];
    const controller = await new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/configmaps`,
      { resourceVersion: metadata?.resourceVersion ?? '', allowWatchBookmarks: true },
      (phase: string, object: V1ConfigMap) => seen.push(`${phase} ${object.metadata?.name}`),
      () => {},
    );
    world.onStop('watch', () => controller.abort());
    await eventually('both events', () => seen.length >= 2);
    expect(seen).toEqual(['ADDED watched', 'DELETED watched']);
  });

  test('applies any kind, and reads custom resources', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const manifest = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'any', namespace } };
    await objects.create(manifest);
    expect((await objects.read(manifest)).metadata?.uid).toMatch(/-/);
    const clusters = await config
      .makeApiClient(CustomObjectsApi)
      .listClusterCustomObject({ group: 'cluster.karmada.io', version: 'v1alpha1', plural: 'clusters' });
    expect((clusters as { items: unknown[] }).items).toEqual([]);
  });
});
