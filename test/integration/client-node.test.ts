import { PassThrough } from 'node:stream';
import {
  type ApiException,
  ApisApi,
  Attach,
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  Exec,
  Health,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  Log,
  Metrics,
  makeInformer,
  PatchStrategy,
  topNodes,
  type V1ConfigMap,
  type V1Deployment,
  VersionApi,
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

  test('an informer that was stopped begins anew, and has what is there then', async () => {
    await create('stays', { begun: 'yes' });
    await create('leaves', { begun: 'yes' });
    const labelSelector = 'begun=yes';
    const list = () => core.listNamespacedConfigMap({ namespace, labelSelector });
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const informer = makeInformer<V1ConfigMap>(config, path, list, labelSelector);
    const gone: (string | undefined)[] = [];
    informer.on('delete', ({ metadata }) => gone.push(metadata?.name));
    informer.on('error', () => {}); // it ends with the watch, by the test's own hand
    await informer.start();
    await informer.stop();
    await core.deleteNamespacedConfigMap({ name: 'leaves', namespace });
    await informer.start();
    world.onStop('informer begun anew', () => informer.stop());
    await eventually('the deletion that nobody watched', () => gone.includes('leaves'));
    expect(informer.list().map(({ metadata }) => metadata?.name)).toEqual(['stays']);
    expect(informer.get('stays', namespace)?.data).toEqual({ a: '1' });
  });

  test('a watch ends without an error when its time is up', async () => {
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const seen: string[] = [];
    const query = { timeoutSeconds: 1, fieldSelector: 'metadata.name=none' };
    const error = await new Promise<unknown>((resolve, reject) => {
      new Watch(config).watch(path, query, (phase: string) => seen.push(phase), resolve).catch(reject);
    });
    expect({ seen, error }).toEqual({ seen: [], error: null });
  });

  test('any kind is applied, patched in every way, listed and deleted', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const header = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'any', namespace } };
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const spec = { selector: { matchLabels: { a: 'b' } }, template };
    const apply = (by: string, replicas: number, force = false) =>
      objects.patch(
        { ...header, spec: { ...spec, replicas } } as KubernetesObject,
        undefined,
        undefined,
        by,
        force,
        PatchStrategy.ServerSideApply,
      );
    await apply('one', 1);
    expect(await codeOf(apply('two', 2))).toBe(409);
    const forced = (await apply('two', 2, true)) as V1Deployment;
    expect(forced.metadata?.managedFields?.map(({ manager }) => manager)).toEqual(['one', 'two']);
    const side = { template: { spec: { containers: [{ name: 'side', image: 's' }] } } };
    const merged = (await objects.patch({ ...header, spec: side } as KubernetesObject)) as V1Deployment;
    expect(merged.spec?.template.spec?.containers.map(({ name }) => name)).toEqual(['side', 'c']);
    const marked = { ...header, metadata: { ...header.metadata, labels: { any: 'yes' } } };
    await objects.patch(marked, undefined, undefined, undefined, undefined, PatchStrategy.MergePatch);
    const { items } = await objects.list(
      'apps/v1',
      'Deployment',
      namespace,
      undefined,
      undefined,
      undefined,
      undefined,
      'any=yes',
    );
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(['any']);
    const tried = await objects.create(
      { ...header, metadata: { ...header.metadata, name: 'tried' }, spec } as KubernetesObject,
      undefined,
      'All',
    );
    expect(await codeOf(objects.read(tried as KubernetesObject & { metadata: { name: string } }))).toBe(404);
    await objects.delete(header, undefined, undefined, undefined, undefined, 'Background');
    expect(await codeOf(objects.read(header))).toBe(404);
    expect(await codeOf(objects.create({ apiVersion: 'example.com/v1', kind: 'None', metadata: { name: 'x' } }))).toBe(
      404,
    );
  });

  test('it is told that nothing runs, or that there is no such pod', async () => {
    const nobody = new PassThrough();
    const reason = (request: Promise<unknown>) =>
      request.then(
        () => 'connected',
        (error: Error) => error.message,
      );
    expect(await reason(new Exec(config).exec(namespace, 'none', 'c', 'ls', nobody, nobody, null, false))).toContain(
      '404',
    );
    expect(await reason(new Attach(config).attach(namespace, 'none', 'c', nobody, nobody, null, false))).toContain(
      '404',
    );
    expect(await codeOf(new Log(config).log(namespace, 'none', 'c', nobody))).toBe(404);
    // It wants JSON, also of a path that is not there.
    expect(await codeOf(new Metrics(config).getPodMetrics(namespace))).toBe(500);
    expect(await codeOf(new Metrics(config).getNodeMetrics())).toBe(500);
    expect(await topNodes(core)).toEqual([]);
  });

  test('it asks who it is, what it may, whether all is well, and what is served', async () => {
    const health = new Health(config);
    expect([await health.readyz({}), await health.livez({})]).toEqual([true, true]);
    const body = { spec: { resourceAttributes: { verb: 'create', resource: 'pods', namespace } } };
    const review = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body });
    expect(review.status?.allowed).toBe(true);
    const { groups } = await config.makeApiClient(ApisApi).getAPIVersions();
    expect(groups.map(({ name }) => name)).toContain('cluster.karmada.io');
    expect((await config.makeApiClient(VersionApi).getCode()).major).toBe('1');
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
