import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, newFixture } from '../handlers/request-fixture.ts';

let api: Fixture;
beforeEach(async () => {
  api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
});
afterEach(() => api.stop());

test('what older versions know of an endpoint is dropped, and raises the generation', async () => {
  const place = { resource: 'endpointslices.discovery.k8s.io', namespace: 'default' };
  const slice = (endpoint: object) => ({
    metadata: { name: 's' },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'], ...endpoint }],
  });
  const old = { deprecatedTopology: { a: 'b' } };
  const send = async (call: { verb: string; name?: string }, endpoint: object) => {
    const { body } = await api.send({ ...place, ...call, body: slice(endpoint) });
    return [body.metadata.generation, JSON.stringify(body['endpoints'])];
  };
  const [, stored] = await send({ verb: 'create' }, old);
  expect(stored).not.toContain('deprecatedTopology');
  const update = { verb: 'update', name: 's' };
  expect(await send(update, old)).toEqual([2, stored]);
  expect(await send(update, {})).toEqual([2, stored]);
  expect(await send(update, old)).toEqual([3, stored]);
});
