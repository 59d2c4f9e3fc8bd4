import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, newFixture } from '../handlers/request-fixture.ts';
import { builtinDefinitions } from '../types/builtin-definitions.ts';

/** What is stored and not acted on says so, and what can't be done is not offered. */

let api: Fixture;
beforeEach(async () => {
  api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
});
afterEach(() => api.stop());

const ADMISSION = 'admissionregistration.k8s.io';
const level = { priorityLevelConfiguration: { name: 'global-default' } };
test.each([
  [`validatingwebhookconfigurations.${ADMISSION}`, '', {}, 'calls no webhooks'],
  [`mutatingwebhookconfigurations.${ADMISSION}`, '', {}, 'calls no webhooks'],
  [`mutatingadmissionpolicybindings.${ADMISSION}`, '', { spec: { policyName: 'p' } }, 'no mutating admission policies'],
  ['resourcequotas', 'default', { spec: { hard: { pods: '1' } } }, 'does not enforce quotas'],
  ['flowschemas.flowcontrol.apiserver.k8s.io', '', { spec: level }, 'limits requests per user'],
])('a new %s', async (resource, namespace, more, warning) => {
  const { code, warnings } = await api.send({
    verb: 'create',
    resource,
    namespace,
    body: { metadata: { name: 'a' }, ...more },
  });
  expect(code).toBe(201);
  expect(warnings.join()).toContain(warning);
});

test.each(['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'])(
  'of %s the fields are checked',
  async (kind) => {
    const body = { metadata: { name: 'a' }, spec: {} };
    const { code } = await api.send({ verb: 'create', resource: `${kind}.${ADMISSION}`, namespace: '', body });
    expect(code).toBe(422);
  },
);

test('an APIService of another server is not available', async () => {
  const spec = { group: 'g.example.com', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 };
  const { body, warnings } = await api.send({
    verb: 'create',
    resource: 'apiservices.apiregistration.k8s.io',
    body: { metadata: { name: 'v1.g.example.com' }, spec: { ...spec, service: { namespace: 'n', name: 's' } } },
  });
  expect(warnings.join()).toContain('passes no requests on');
  expect(body['status']).toMatchObject({ conditions: [{ type: 'Available', status: 'False' }] });
});

test('discovery offers nothing that needs a node', () => {
  const offered = builtinDefinitions().flatMap(({ plural, subresources }) =>
    subresources.map(({ name }) => `${plural}/${name}`),
  );
  expect(offered.filter((name) => /\/(attach|exec|log|portforward|proxy)$/.test(name))).toEqual([]);
});
