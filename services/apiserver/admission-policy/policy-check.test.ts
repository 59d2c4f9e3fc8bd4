import { beforeEach, describe, expect, test } from 'vitest';
import type { Fixture } from '../handlers/request-fixture.ts';
import { newPolicyFixture } from './policy-fixture.ts';

/** Policies and their bindings, as whoever writes objects meets them. */

let api: Fixture;
beforeEach(async () => {
  api = await newPolicyFixture();
});

const map = (name: string, data: Record<string, string>, metadata: object = {}) => ({
  verb: 'create',
  resource: 'configmaps',
  namespace: 'default',
  body: { metadata: { name, ...metadata }, data },
});

/** A policy about ConfigMaps with its binding. */
async function bind(spec: object, binding: object = {}): Promise<void> {
  const resourceRules = [
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['configmaps'] },
  ];
  const made = await api.send({
    verb: 'create',
    resource: 'validatingadmissionpolicies.admissionregistration.k8s.io',
    body: { metadata: { name: 'p' }, spec: { matchConstraints: { resourceRules }, ...spec } },
  });
  expect(made.code, made.text).toBe(201);
  await api.send({
    verb: 'create',
    resource: 'validatingadmissionpolicybindings.admissionregistration.k8s.io',
    body: { metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'], ...binding } },
  });
}
const isSmall = { validations: [{ expression: 'size(object.data) < 2', message: 'too much' }] };

describe('a ValidatingAdmissionPolicy', () => {
  test('denies what its expression is false for, and names itself', async () => {
    await bind(isSmall);
    expect((await api.send(map('a', { a: '1' }))).code).toBe(201);
    const denied = await api.send(map('b', { a: '1', b: '2' }));
    expect(denied).toMatchObject({ code: 422, body: { reason: 'Invalid' } });
    expect(denied.body.message).toBe(
      `configmaps "b" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: too much`,
    );
  });

  test('does nothing without a binding, and nothing once that is gone', async () => {
    await bind(isSmall);
    await api.send({
      verb: 'delete',
      resource: 'validatingadmissionpolicybindings.admissionregistration.k8s.io',
      name: 'b',
    });
    expect((await api.send(map('b', { a: '1', b: '2' }))).code).toBe(201);
  });

  test('that can not be read lets nothing be written but policies, and decides nothing once it is gone', async () => {
    await bind(isSmall);
    const key = '/admissionregistration.k8s.io/validatingadmissionpolicies//odd';
    await api.storage.put(key, 0, () => Buffer.from('{'));
    await expect(api.send(map('a', { a: '1' }))).rejects.toThrow();
    const resource = 'validatingadmissionpolicybindings.admissionregistration.k8s.io';
    expect((await api.send({ verb: 'delete', resource, name: 'b' })).code).toBe(200);
    await api.storage.delete(key, api.storage.get(key)?.modRevision ?? 0, () => Buffer.from('{}'));
    expect((await api.send(map('a', { a: '1', b: '2' }))).code).toBe(201);
  });

  test('only warns where its binding says so', async () => {
    await bind(isSmall, { validationActions: ['Warn'] });
    const { code, warnings } = await api.send(map('b', { a: '1', b: '2' }));
    expect(code).toBe(201);
    expect(warnings).toEqual(["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': too much"]);
  });

  test('tells the audit log of what failed and of what it was asked to tell', async () => {
    const auditAnnotations = [
      { key: 'size', valueExpression: "' ' + string(size(object.data)) + ' '" },
      { key: 'none', valueExpression: "' '" },
    ];
    await bind({ ...isSmall, auditAnnotations }, { validationActions: ['Warn', 'Audit'] });
    expect((await api.send(map('a', { a: '1' }))).annotations).toEqual({ 'p/size': '1' });
    const { code, annotations } = await api.send(map('b', { a: '1', b: '2' }));
    expect(code).toBe(201);
    expect(annotations['p/size']).toBe('2');
    expect(JSON.parse(annotations['validation.policy.admission.k8s.io/validation_failure'] ?? '')).toEqual([
      { message: 'too much', policy: 'p', binding: 'b', expressionIndex: 0, validationActions: ['Warn', 'Audit'] },
    ]);
  });

  test('about one version sees what is written through another, unless it is meant exactly', async () => {
    const about = (matchPolicy: string) => ({
      matchConstraints: {
        matchPolicy,
        resourceRules: [
          { apiGroups: ['events.k8s.io'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['events'] },
        ],
      },
      validations: [{ expression: "object.note != 'secret'", messageExpression: 'request.requestKind.group' }],
    });
    const event = (name: string) => ({
      verb: 'create',
      resource: 'events',
      namespace: 'default',
      body: { metadata: { name }, involvedObject: { namespace: 'default' }, message: 'secret' },
    });
    await bind(about('Equivalent'));
    expect((await api.send(event('a'))).code).toBe(422);
    const policies = 'validatingadmissionpolicies.admissionregistration.k8s.io';
    const body = { spec: { matchConstraints: { matchPolicy: 'Exact' } } };
    const contentType = 'application/merge-patch+json';
    await api.send({ verb: 'patch', resource: policies, name: 'p', body, contentType });
    expect((await api.send(event('a'))).code).toBe(201);
  });

  test('sees the old object, the user, the namespace and its own variables', async () => {
    await bind({
      variables: [
        { name: 'old', expression: "has(oldObject.data) ? oldObject.data.?a.orValue('') : ''" },
        { name: 'shown', expression: "variables.old + ' of ' + request.userInfo.username" },
      ],
      matchConditions: [{ name: 'updates', expression: "request.operation == 'UPDATE'" }],
      validations: [
        {
          expression: 'object.data.a == variables.old',
          messageExpression: "variables.shown + ' in ' + namespaceObject.metadata.name",
          reason: 'Forbidden',
        },
      ],
    });
    await api.send(map('a', { a: '1' }));
    const body = { ...map('a', { a: '2' }).body };
    const denied = await api.send({ ...map('a', {}), verb: 'update', name: 'a', body });
    expect(denied).toMatchObject({ code: 403, body: { reason: 'Forbidden' } });
    expect(denied.body.message).toContain('denied request: 1 of admin in default');
  });

  test('is asked about deletions, without a new object', async () => {
    await bind({ validations: [{ expression: "object != null || oldObject.metadata.name != 'kept'" }] });
    await api.send(map('kept', {}));
    const denied = await api.send({ verb: 'delete', resource: 'configmaps', namespace: 'default', name: 'kept' });
    expect(denied).toMatchObject({ code: 422 });
  });

  test.each([
    ['Fail', 422],
    ['Ignore', 201],
  ])('that can not be evaluated counts as its failurePolicy says: %s', async (failurePolicy, code) => {
    await bind({ failurePolicy, validations: [{ expression: "object.data.missing == 'x'" }] });
    expect((await api.send(map('a', { a: '1' }))).code).toBe(code);
  });

  test('with selectors is about what they select', async () => {
    await bind(isSmall, { matchResources: { objectSelector: { matchLabels: { judged: 'yes' } } } });
    expect((await api.send(map('a', { a: '1', b: '2' }))).code).toBe(201);
    expect((await api.send(map('b', { a: '1', b: '2' }, { labels: { judged: 'yes' } }))).code).toBe(422);
  });

  test('takes parameters from the object that its binding names', async () => {
    await api.send({ ...map('limits', { most: '1' }) });
    await bind(
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        validations: [{ expression: 'size(object.data) <= int(params.data.most)' }],
      },
      { paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' } },
    );
    expect((await api.send(map('a', { a: '1' }))).code).toBe(201);
    expect((await api.send(map('b', { a: '1', b: '2' }))).code).toBe(422);
  });

  test('is refused when it is written with what can not be compiled', async () => {
    const { code, body } = await api.send({
      verb: 'create',
      resource: 'validatingadmissionpolicies.admissionregistration.k8s.io',
      body: {
        metadata: { name: 'p' },
        spec: { validations: [{ expression: 'object.' }, { expression: 'authorizer.x' }] },
      },
    });
    expect(code).toBe(422);
    expect(body.message).toContain('spec.validations[0].expression');
    expect(body.message).toContain('spec.validations[1].expression');
  });

  test('does not judge policies, so that it can be taken back', async () => {
    await bind({
      matchConstraints: {
        resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }],
      },
      validations: [{ expression: 'false' }],
    });
    expect((await api.send(map('a', {}))).code).toBe(422);
    const policies = 'validatingadmissionpolicies.admissionregistration.k8s.io';
    expect((await api.send({ verb: 'delete', resource: policies, name: 'p' })).code).toBe(200);
    expect((await api.send(map('a', {}))).code).toBe(201);
  });
});
