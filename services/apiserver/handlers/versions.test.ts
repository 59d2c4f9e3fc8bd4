import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { type Fixture, newFixture } from './request-fixture.ts';

/** Objects that are seen through more than one group or version. */

let server: Fixture;
beforeEach(() => {
  server = newFixture();
});
afterEach(() => server.stop());

const namespace = 'default';
const text: Schema = { type: 'string' };

const version = (name: string, properties: Record<string, Schema>, more: object = {}) => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
  ...more,
});
const stored = { storage: true };
const v1 = version('v1', { a: text, b: { type: 'integer', default: 1 } }, stored);
const v2 = version('v2', { a: text, c: { type: 'string', default: 'x' } });

const definition = (versions: object[], more: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gears.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Gear', plural: 'gears', singular: 'gear', listKind: 'GearList' },
    versions,
    ...more,
  },
});
const crds = 'customresourcedefinitions.apiextensions.k8s.io';
const define = (versions: object[], more?: object) =>
  server.send({ verb: 'create', resource: crds, body: definition(versions, more) });
const redefine = (versions: object[]) =>
  server.send({
    verb: 'patch',
    resource: crds,
    name: 'gears.example.com',
    contentType: 'application/merge-patch+json',
    body: { spec: { versions } },
  });
const create = (of: string, name: string, spec: object) =>
  server.send({
    verb: 'create',
    resource: `gears.example.com/${of}`,
    namespace,
    body: { apiVersion: `example.com/${of}`, kind: 'Gear', metadata: { name }, spec },
  });
const get = async (of: string, name: string) =>
  (await server.send({ verb: 'get', resource: `gears.example.com/${of}`, namespace, name })).body;
const replace = async (of: string, name: string) => {
  const body = await get(of, name);
  return (await server.send({ verb: 'update', resource: `gears.example.com/${of}`, namespace, name, body })).body;
};
const storedText = () => Buffer.from(server.storage.get('/example.com/gears/default/a')?.value ?? []).toString();

beforeEach(async () => {
  await server.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: namespace } } });
});

describe('a custom resource with several versions', () => {
  test('is one object, with the fields and defaults of each version', async () => {
    await define([v1, v2]);
    const made = await create('v2', 'a', { a: '1', c: 'lost' });
    expect(made.body).toMatchObject({ apiVersion: 'example.com/v2', spec: { a: '1' } });
    expect(await get('v1', 'a')).toMatchObject({ apiVersion: 'example.com/v1', spec: { a: '1', b: 1 } });
    const { body } = await server.send({ verb: 'list', resource: 'gears.example.com/v2', namespace });
    expect(body.items).toMatchObject([{ apiVersion: 'example.com/v2', spec: { a: '1' } }]);
  });

  test('is written again in a new storage version by a replacement that changes nothing, and then no more', async () => {
    await define([v1]);
    await create('v1', 'a', { a: '1' });
    await redefine([
      { ...v1, storage: false },
      { ...v2, storage: true },
    ]);
    expect(await get('v1', 'a')).toMatchObject({ apiVersion: 'example.com/v1', spec: { a: '1' } });
    expect(storedText()).toContain('example.com/v1');
    const first = await replace('v2', 'a');
    expect(storedText()).toMatch(/^\{"kind":"Gear","apiVersion":"example.com\/v2"/);
    const second = await replace('v2', 'a');
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  test('keeps a storage version in its CRD until that is taken off the status', async () => {
    await define([v1]);
    await redefine([
      { ...v1, storage: false },
      { ...v2, storage: true },
    ]);
    expect(await redefine([{ ...v2, storage: true }])).toMatchObject({ code: 422 });
    const crd = await server.send({ verb: 'get', resource: crds, name: 'gears.example.com' });
    expect(crd.body['status']).toMatchObject({ storedVersions: ['v1', 'v2'] });
  });

  test('is not served in a version that says so', async () => {
    await define([v1, { ...v2, served: false }]);
    expect((await server.send({ verb: 'list', resource: 'gears.example.com/v2', namespace })).code).toBe(404);
  });

  test('ends its watches when it is defined anew', async () => {
    await define([v1]);
    const watch = await server.open({ verb: 'watch', resource: 'gears.example.com', namespace });
    await redefine([v1, v2]);
    expect(await watch.isOver()).toBe(true);
  });

  test('is refused with a conversion by webhook, in words', async () => {
    const webhook = { clientConfig: { url: 'https://example.com' }, conversionReviewVersions: ['v1'] };
    const { code, body } = await define([v1, v2], { conversion: { strategy: 'Webhook', webhook } });
    expect(code).toBe(422);
    expect(body.message).toContain('calls no webhooks');
  });
});

test('a default that came later, and a field that went, show when an object is read', async () => {
  await define([version('v1', { a: text, gone: text }, stored)]);
  await create('v1', 'a', { a: '1', gone: 'g' });
  await redefine([version('v1', { a: text, d: { type: 'integer', default: 4 } }, stored)]);
  expect((await get('v1', 'a'))['spec']).toEqual({ a: '1', d: 4 });
  const watch = await server.open({ verb: 'watch', resource: 'gears.example.com', namespace });
  const [event] = await watch.next(1);
  expect(event?.object['spec']).toEqual({ a: '1', d: 4 });
  await watch.close();
  expect(storedText()).toContain('gone');
  await replace('v1', 'a');
  expect(storedText()).toContain('"spec":{"a":"1","d":4}');
});

describe('an event', () => {
  const about = { kind: 'Pod', name: 'p', namespace };
  const old = { metadata: { name: 'old' }, involvedObject: about, reason: 'R', message: 'm', count: 2 };

  test('of one group is seen through the other', async () => {
    await server.send({ verb: 'create', resource: 'events', namespace, body: old });
    const { body } = await server.send({ verb: 'get', resource: 'events.events.k8s.io', namespace, name: 'old' });
    expect(body).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'm', deprecatedCount: 2, regarding: about });
    expect(body).not.toHaveProperty('message');
    const list = await server.send({ verb: 'list', resource: 'events.events.k8s.io', namespace });
    expect(list.body.items?.[0]).toMatchObject({ note: 'm' });
    await server.send({ verb: 'delete', resource: 'events.events.k8s.io', namespace, name: 'old' });
    expect((await server.send({ verb: 'get', resource: 'events', namespace, name: 'old' })).code).toBe(404);
  });

  test('is told to the watchers of each group in its own words', async () => {
    const [core, recent] = await Promise.all(
      ['events', 'events.events.k8s.io'].map((resource) => server.open({ verb: 'watch', resource, namespace })),
    );
    await server.send({ verb: 'create', resource: 'events', namespace, body: old });
    expect((await core?.next(1))?.[0]?.object).toMatchObject({ apiVersion: 'v1', message: 'm' });
    expect((await recent?.next(1))?.[0]?.object).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'm' });
    await Promise.all([core?.close(), recent?.close()]);
  });
});

describe('an autoscaler', () => {
  const resource = (of: string) => `horizontalpodautoscalers.autoscaling/${of}`;
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 3 };
  const byMemory = {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
  };
  const byCpu = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
  };
  const body = (of: string, more: object) => ({
    apiVersion: `autoscaling/${of}`,
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h' },
    spec: { ...spec, ...more },
  });

  test('of the old version has its target as a metric in the new one', async () => {
    const old = body('v1', { targetCPUUtilizationPercentage: 50 });
    const made = await server.send({ verb: 'create', resource: resource('v1'), namespace, body: old });
    expect(made.body).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 50 } });
    const seen = await server.send({ verb: 'get', resource: resource('v2'), namespace, name: 'h' });
    expect(seen.body).toMatchObject({ apiVersion: 'autoscaling/v2', spec: { metrics: [byCpu] } });
  });

  test.each([
    ['metrics', '[null]'],
    ['metrics', '{}'],
    ['metrics', '["x"]'],
    ['metrics', '5'],
    ['behavior', '"x"'],
    ['behavior', '[]'],
    ['behavior', 'no JSON'],
    ['conditions', '{}'],
    ['conditions', '[{"type":5}]'],
  ])('can be seen through both, whatever stands in its annotation of %s: %s', async (name, text) => {
    const annotations = { [`autoscaling.alpha.kubernetes.io/${name}`]: text };
    const old = { ...body('v1', {}), metadata: { name: 'h', annotations } };
    const made = await server.send({ verb: 'create', resource: resource('v1'), namespace, body: old });
    expect(made.code).toBeLessThan(500);
    for (const of of ['v1', 'v2'])
      expect((await server.send({ verb: 'list', resource: resource(of), namespace })).code).toBe(200);
  });

  const annotation = (name: string) => `autoscaling.alpha.kubernetes.io/${name}`;
  const write = (verb: string, of: string, more: object, subresource = '') =>
    server.send({
      verb,
      resource: resource(of),
      namespace,
      name: verb === 'create' ? '' : 'h',
      subresource,
      contentType: verb === 'patch' ? 'application/merge-patch+json' : 'application/json',
      body: more,
    });

  test('shows in the old version what that has no fields for, as upstream writes it', async () => {
    const scaleUp = { policies: [{ type: 'Pods', value: 1, periodSeconds: 5 }] };
    await write('create', 'v2', body('v2', { metrics: [byMemory, byCpu], behavior: { scaleUp } }));
    const { body: seen } = await server.send({ verb: 'get', resource: resource('v1'), namespace, name: 'h' });
    expect(seen['spec']).toMatchObject({ targetCPUUtilizationPercentage: 50 });
    expect(seen.metadata.annotations).toEqual({
      [annotation('metrics')]: '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}}]',
      [annotation('behavior')]:
        '{"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":1,"PeriodSeconds":5}],"Tolerance":null},"ScaleDown":{"StabilizationWindowSeconds":null,"SelectPolicy":"Max","Policies":[{"Type":"Percent","Value":100,"PeriodSeconds":15}],"Tolerance":null}}',
    });
  });

  test('takes from annotations of the old version what upstream reads there, in any case of letters', async () => {
    const text = '[{"TYPE":"External","external":{"metricname":"m","targetValue":5}}]';
    await write('create', 'v1', {
      ...body('v1', {}),
      metadata: { name: 'h', annotations: { [annotation('metrics')]: text } },
    });
    const seen = await server.send({ verb: 'get', resource: resource('v2'), namespace, name: 'h' });
    const external = { metric: { name: 'm' }, target: { type: 'Value', value: '5' } };
    expect(seen.body['spec']).toMatchObject({ metrics: [{ type: 'External', external }] });
    const refused = await write('patch', 'v1', { metadata: { annotations: { [annotation('metrics')]: '[null]' } } });
    expect(refused).toMatchObject({ code: 422, body: { message: expect.stringContaining('spec.metrics[0].type') } });
  });

  test('keeps all of its spec when its status is written through the old version, and all of its status otherwise', async () => {
    const metrics = [byCpu, byMemory];
    const currentMetrics = [{ type: 'External', external: { metric: { name: 'm' }, current: { averageValue: '3' } } }];
    await write('create', 'v2', body('v2', { metrics }));
    await write('patch', 'v2', { status: { currentMetrics } }, 'status');
    await write('patch', 'v1', { status: { desiredReplicas: 2 }, metadata: { annotations: null } }, 'status');
    const told = await server.send({ verb: 'get', resource: resource('v2'), namespace, name: 'h' });
    expect(told.body).toMatchObject({ spec: { metrics }, status: { desiredReplicas: 2, currentMetrics: null } });
    await write('patch', 'v2', { status: { currentMetrics } }, 'status');
    await write('patch', 'v1', { spec: { maxReplicas: 7 } });
    const { body: seen } = await server.send({ verb: 'get', resource: resource('v2'), namespace, name: 'h' });
    const status = { currentMetrics, desiredReplicas: 2 };
    expect(seen).toMatchObject({ spec: { metrics: [byMemory, byCpu], maxReplicas: 7 }, status });
  });

  test('that is deleted through the old version keeps all but its metadata, and is told of as it was', async () => {
    const metrics = [
      byMemory,
      byCpu,
      { ...byCpu, resource: { name: 'cpu', target: { ...byCpu.resource.target, averageUtilization: 70 } } },
    ];
    const finalizers = ['example.com/x'];
    await write('create', 'v2', { ...body('v2', { metrics }), metadata: { name: 'h', finalizers } });
    const currentMetrics = [{ type: 'External', external: { metric: { name: 'm' }, current: { averageValue: '3' } } }];
    await write('patch', 'v2', { status: { currentMetrics } }, 'status');
    const { body: before } = await server.send({ verb: 'get', resource: resource('v2'), namespace, name: 'h' });
    const kept = { spec: before['spec'], status: before['status'] };
    const watch = await server.open({ verb: 'watch', resource: resource('v2'), namespace });
    await watch.next(1);
    expect((await server.send({ verb: 'delete', resource: resource('v1'), namespace, name: 'h' })).code).toBe(200);
    await write('patch', 'v1', { metadata: { finalizers: null } });
    await write('create', 'v2', body('v2', { metrics }));
    await write('patch', 'v2', { status: { currentMetrics } }, 'status');
    await server.send({ verb: 'delete', resource: resource('v1'), namespace, name: 'h' });
    const told = await watch.next(5);
    expect(told.map(({ type }) => type)).toEqual(['MODIFIED', 'DELETED', 'ADDED', 'MODIFIED', 'DELETED']);
    for (const { object } of [0, 1, 3, 4].flatMap((at) => told[at] ?? [])) expect(object).toMatchObject(kept);
    await watch.close();
  });

  test('has owners who know its fields as their version has them', async () => {
    await write('create', 'v2', body('v2', { metrics: [byMemory] }));
    await write('patch', 'v1', { metadata: { annotations: null } });
    const { body: seen } = await server.send({ verb: 'get', resource: resource('v2'), namespace, name: 'h' });
    const fields = seen.metadata.managedFields?.map(({ fieldsV1 }) => fieldsV1);
    expect(JSON.stringify(fields)).not.toContain('f:metrics');
    expect(JSON.stringify(fields)).toContain('"f:scaleTargetRef":{"f:apiVersion":{},"f:kind":{},"f:name":{}}');
  });

  test('changed through the old version keeps what only the new one can say', async () => {
    const recent = body('v2', { metrics: [byMemory, byCpu] });
    await server.send({ verb: 'create', resource: resource('v2'), namespace, body: recent });
    await server.send({
      verb: 'patch',
      resource: resource('v1'),
      namespace,
      name: 'h',
      contentType: 'application/merge-patch+json',
      body: { spec: { maxReplicas: 9 } },
    });
    const seen = await server.send({ verb: 'get', resource: resource('v2'), namespace, name: 'h' });
    expect(seen.body['spec']).toMatchObject({ maxReplicas: 9, metrics: [byMemory, byCpu] });
    expect(seen.body.metadata.annotations).toBeUndefined();
  });
});

describe('a definition that is deleted', () => {
  const held = {
    apiVersion: 'example.com/v1',
    kind: 'Gear',
    metadata: { name: 'held', finalizers: ['example.com/x'] },
  };
  const remove = () => server.send({ verb: 'delete', resource: crds, name: 'gears.example.com' });
  const isThere = async () =>
    (await server.send({ verb: 'get', resource: crds, name: 'gears.example.com' })).code === 200;
  const put = (verb: string, body: object, name = '') =>
    server.send({ verb, resource: 'gears.example.com/v1', namespace, name, body });

  test('takes its objects along, lets none be made meanwhile, and goes when the last one is let go', async () => {
    await define([v1]);
    await create('v1', 'a', {});
    await put('create', held);
    const watch = await server.open({ verb: 'watch', resource: 'gears.example.com/v1', namespace });
    await watch.next(2);
    await remove();
    expect(await create('v1', 'late', {})).toMatchObject({
      code: 405,
      body: { message: 'create not allowed while custom resource definition is terminating' },
    });
    await expect.poll(async () => (await get('v1', 'held')).metadata.deletionTimestamp).toBeDefined();
    expect((await server.send({ verb: 'get', resource: 'gears.example.com/v1', namespace, name: 'a' })).code).toBe(404);
    expect(await isThere()).toBe(true);
    const { metadata, ...rest } = await get('v1', 'held');
    await put('update', { ...rest, metadata: { ...metadata, finalizers: [] } }, 'held');
    await expect.poll(isThere).toBe(false);
    const seen = await watch.next(4);
    expect(seen.filter(({ type }) => type === 'DELETED').map(({ object }) => object.metadata.name)).toEqual([
      'a',
      'held',
    ]);
  });

  test('goes with its objects where none of its versions is served', async () => {
    await define([v1]);
    await create('v1', 'a', {});
    await redefine([{ ...v1, served: false }]);
    await remove();
    await expect.poll(isThere).toBe(false);
    expect(storedText()).toBe('');
  });
});
