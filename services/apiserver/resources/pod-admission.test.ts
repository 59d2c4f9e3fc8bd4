import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, newFixture } from '../handlers/request-fixture.ts';

let api: Fixture;
beforeEach(async () => {
  api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
});
afterEach(() => api.stop());

test('the labels of nodes that a runtime needs may be named as what every JavaScript object has', async () => {
  const nodeSelector = { constructor: 'a', toString: 'b' };
  await api.send({
    verb: 'create',
    resource: 'runtimeclasses.node.k8s.io',
    body: { metadata: { name: 'r' }, handler: 'h', scheduling: { nodeSelector } },
  });
  const spec = { containers: [{ name: 'c', image: 'i' }], runtimeClassName: 'r', nodeSelector: { own: 'c' } };
  const create = { verb: 'create', resource: 'pods', namespace: 'default' };
  await api.send({ ...create, resource: 'serviceaccounts', body: { metadata: { name: 'default' } } });
  const { body } = await api.send({ ...create, body: { metadata: { name: 'p' }, spec } });
  expect(body['spec']).toMatchObject({ nodeSelector: { own: 'c', ...nodeSelector } });
});
