import { expect, test } from 'vitest';
import { newFixture } from '../handlers/request-fixture.ts';

const jane = { name: 'jane', groups: ['system:authenticated'] };
const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
const GROUP = 'admissionregistration.k8s.io';

/** Jane may get Secrets in all namespaces, and may list nothing. */
async function newWorld() {
  const api = newFixture();
  api.registry.authorize = (_, { resource, group, verb, namespace }) => ({
    allowed: group === '' && resource === 'secrets' && verb === 'get' && ['*', ''].includes(namespace),
    reason: '',
  });
  const policy = (kind: string | undefined, name = 'p') => ({
    verb: 'create',
    resource: `validatingadmissionpolicies.${GROUP}`,
    body: {
      metadata: { name },
      spec: {
        matchConstraints: { resourceRules: [rule] },
        validations: [{ expression: 'true' }],
        ...(kind ? { paramKind: { apiVersion: 'v1', kind } } : {}),
      },
    },
  });
  const binding = (paramRef: object, policyName = 'p') => ({
    verb: 'create',
    resource: `validatingadmissionpolicybindings.${GROUP}`,
    body: {
      metadata: { name: 'b' },
      spec: { policyName, validationActions: ['Deny'], paramRef: { parameterNotFoundAction: 'Deny', ...paramRef } },
    },
  });
  return { api, policy, binding };
}

test.each([
  ['Secret', 201],
  ['ConfigMap', 422],
  ['Nope', 422],
  [undefined, 201],
])('who may get Secrets writes a policy with the parameters %s: %i', async (kind, code) => {
  const { api, policy } = await newWorld();
  const answer = await api.send({ ...policy(kind), user: jane });
  expect(answer.code, answer.text).toBe(code);
  if (code === 422)
    expect(answer.body.message).toContain(
      `spec.paramKind: Forbidden: user &{jane  [system:authenticated] map[]} must have "get" permission`,
    );
});

test('another part of a policy may be changed by who may not read its parameters', async () => {
  const { api, policy } = await newWorld();
  await api.send(policy('ConfigMap'));
  const patch = (spec: object) => ({
    verb: 'patch',
    resource: `validatingadmissionpolicies.${GROUP}`,
    name: 'p',
    contentType: 'application/merge-patch+json',
    body: { spec },
    user: jane,
  });
  expect((await api.send(patch({ failurePolicy: 'Ignore' }))).code).toBe(200);
  expect((await api.send(patch({ paramKind: { kind: 'Pod' } }))).code).toBe(422);
});

test.each([
  ['one of them', { name: 'a' }, 'p', 201],
  ['those with labels', { selector: {} }, 'p', 422],
  ['one in a namespace', { name: 'a', namespace: 'x' }, 'p', 422],
  ['one of a policy that is not there', { name: 'a' }, 'none', 422],
])('who may get Secrets binds a policy to %s', async (_, paramRef, policyName, code) => {
  const { api, policy, binding } = await newWorld();
  await api.send(policy('Secret'));
  const answer = await api.send({ ...binding(paramRef, policyName), user: jane });
  expect(answer.code, answer.text).toBe(code);
});
