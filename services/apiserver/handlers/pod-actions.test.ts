import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, newFixture } from './request-fixture.ts';

/** What is done to a pod by creating something. */

let server: Fixture;
beforeEach(async () => {
  server = newFixture();
  await server.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  await create('', {
    metadata: { name: 'p', labels: { app: 'x' } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  });
});
afterEach(() => server.stop());

const namespace = 'default';
const create = (subresource: string, body: object, name = subresource === '' ? '' : 'p') =>
  server.send({ verb: 'create', resource: 'pods', subresource, namespace, name, body });
const pod = () => server.send({ verb: 'get', resource: 'pods', namespace, name: 'p' });
const node = { kind: 'Node', name: 'n' };

describe('a binding', () => {
  test('gives a pod its node, once', async () => {
    const first = await create('binding', { metadata: { name: 'p' }, target: node });
    expect(first).toMatchObject({ code: 201, body: { kind: 'Status', status: 'Success' } });
    const { body } = await pod();
    expect(body).toMatchObject({
      spec: { nodeName: 'n' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    const second = await create('binding', { metadata: { name: 'p' }, target: node });
    expect(second).toMatchObject({ code: 409, body: { message: expect.stringContaining('already assigned to node') } });
  });

  test('in the older way names the pod in its body, and is not stored', async () => {
    const body = { metadata: { name: 'p' }, target: node };
    expect((await server.send({ verb: 'create', resource: 'bindings', namespace, body })).code).toBe(201);
    expect((await pod()).body['spec']).toMatchObject({ nodeName: 'n' });
    expect(server.storage.count('/core/bindings/')).toBe(0);
  });
});

test.each([
  ['binding', { target: node }],
  ['eviction', {}],
])('a %s of another namespace is refused', async (subresource, more) => {
  const answer = await create(subresource, { metadata: { name: 'p', namespace: 'other' }, ...more });
  expect(answer).toMatchObject({
    code: 400,
    body: { message: expect.stringContaining('does not match the namespace') },
  });
  expect((await create(subresource, { metadata: { name: 'p', namespace }, ...more })).code).toBe(201);
});

describe('an eviction', () => {
  const evict = () => create('eviction', { metadata: { name: 'p' } });
  const run = () =>
    server.send({
      verb: 'patch',
      resource: 'pods',
      subresource: 'status',
      namespace,
      name: 'p',
      contentType: 'application/merge-patch+json',
      body: { status: { phase: 'Running' } },
    });
  const budget = (more: object = {}) =>
    server.send({
      verb: 'create',
      resource: 'poddisruptionbudgets.policy',
      namespace,
      body: { metadata: { name: 'b' }, spec: { selector: { matchLabels: { app: 'x' } }, ...more } },
    });

  test('deletes a pod that does not run, whatever its budget says', async () => {
    await budget();
    expect((await evict()).code).toBe(201);
    expect((await pod()).code).toBe(404);
  });

  test('is 429 while a budget does not allow it', async () => {
    await budget();
    await run();
    expect(await evict()).toMatchObject({ code: 429, body: { reason: 'TooManyRequests' } });
    expect((await pod()).code).toBe(200);
  });

  test('is free where no budget selects the pod', async () => {
    await budget({ selector: { matchLabels: { app: 'another' } } });
    await run();
    expect((await evict()).code).toBe(201);
  });
});

test('through ephemeralcontainers nothing else of a pod changes', async () => {
  const body = {
    metadata: { labels: { a: 'b' } },
    spec: { nodeName: 'stolen', ephemeralContainers: [{ name: 'd', image: 'i' }] },
  };
  const { code } = await server.send({
    verb: 'patch',
    resource: 'pods',
    subresource: 'ephemeralcontainers',
    namespace,
    name: 'p',
    contentType: 'application/merge-patch+json',
    body,
  });
  expect(code).toBe(200);
  const after = (await pod()).body;
  expect(after.metadata.labels).toEqual({ app: 'x' });
  expect(after['spec']).not.toHaveProperty('nodeName');
  expect(after['spec']).toMatchObject({ ephemeralContainers: [{ name: 'd' }] });
});
