import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, newFixture } from '../../handlers/request-fixture.ts';

let api: Fixture;
beforeEach(async () => {
  api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
});
afterEach(() => api.stop());

const place = { resource: 'resourceclaimtemplates.resource.k8s.io', namespace: 'default' };
const template = (metadata?: object) => ({
  metadata: { name: 't' },
  spec: { metadata, spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } } },
});

test('an empty list in the metadata of claims to be made is refused', async () => {
  const lists = { finalizers: [], ownerReferences: [] };
  const refused = await api.send({ ...place, verb: 'create', body: template(lists) });
  expect(refused.body.message).toContain('spec.metadata.ownerReferences: Forbidden: cannot be set');
  expect(refused.body.message).toContain('spec.metadata.finalizers: Forbidden: cannot be set');
  const made = await api.send({ ...place, verb: 'create', body: template({ labels: {} }) });
  expect(made.code).toBe(201);
  const changed = await api.send({ ...place, verb: 'update', name: 't', body: template(lists) });
  expect(changed.code).toBe(422);
  expect(changed.body.message).not.toContain('immutable');
});
