import { beforeEach, describe, expect, test } from 'vitest';
import { type Call, type Fixture, newFixture } from './request-fixture.ts';

let api: Fixture;
const deployments = { resource: 'deployments.apps', namespace: 'default' };
const widgets = { resource: 'widgets.example.com', namespace: 'default' };
const TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

const widgetDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { size: { type: 'integer', maximum: 9 }, colour: { type: 'string', default: 'red' } },
              },
              status: { type: 'object', properties: { size: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
};

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'nginx:1' }] },
    },
  },
};
const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 } };

beforeEach(async () => {
  api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  await api.send({
    verb: 'create',
    resource: 'customresourcedefinitions.apiextensions.k8s.io',
    body: widgetDefinition,
  });
  await api.send({ verb: 'create', ...deployments, body: deployment });
  await api.send({ verb: 'create', ...widgets, body: widget });
});

const patch = (where: Partial<Call>, type: keyof typeof TYPES, body: unknown, query: Record<string, string> = {}) =>
  api.send({ verb: 'patch', resource: '', ...where, contentType: TYPES[type], body, query });
const web = { ...deployments, name: 'web' };
const w = { ...widgets, name: 'w' };

describe('patch', () => {
  test.each([
    ['json', [{ op: 'replace', path: '/spec/replicas', value: 3 }]],
    ['merge', { spec: { replicas: 3 } }],
    ['strategic', { spec: { replicas: 3 } }],
  ] as const)('%s changes what it names and raises the generation', async (type, body) => {
    const answer = await patch(web, type, body);
    expect(answer).toMatchObject({ code: 200, body: { metadata: { generation: 2 }, spec: { replicas: 3 } } });
  });

  test('strategic merges lists by their keys', async () => {
    const containers = [{ name: 'side', image: 'busybox' }];
    const { body } = await patch(web, 'strategic', { spec: { template: { spec: { containers } } } });
    const spec = body['spec'] as { template: { spec: { containers: { name: string }[] } } };
    expect(spec.template.spec.containers.map(({ name }) => name).sort()).toEqual(['main', 'side']);
  });

  test.each([
    ['what is not there', { ...web, name: 'none' }, 'merge', {}, 404, 'deployments.apps "none" not found'],
    [
      'strategic merge of custom resources',
      w,
      'strategic',
      {},
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    ],
    [
      'a stale resourceVersion',
      web,
      'merge',
      { metadata: { resourceVersion: '1' } },
      409,
      'the object has been modified',
    ],
    [
      'a changed selector',
      web,
      'merge',
      { spec: { selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'x' } } } } },
      422,
      'spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable',
    ],
    [
      'a value that the schema forbids',
      w,
      'merge',
      { spec: { size: 10 } },
      422,
      'spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9',
    ],
    [
      'what is no number, and shows the patch as Go quotes it',
      web,
      'strategic',
      { spec: { replicas: 'é\ufeff\u0001"' } },
      422,
      String.raw`Invalid value: "map[spec:map[replicas:é\ufeff\x01\"]]": `,
    ],
    ['another name', web, 'merge', { metadata: { name: 'x' } }, 400, 'does not match the name on the URL'],
  ] as const)('refuses %s', async (_what, where, type, body, code, message) => {
    const answer = await patch(where, type, body);
    expect(answer.body.message).toContain(message);
    expect(answer.code).toBe(code);
  });

  test('is applied again when somebody else writes in between', async () => {
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((label) => patch(web, 'merge', { metadata: { labels: { [label]: '' } } })),
    );
    expect(answers.map(({ code }) => code)).toEqual([200, 200, 200, 200]);
    const { body } = await api.send({ verb: 'get', ...web });
    expect(Object.keys(body.metadata.labels ?? {}).sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('apply', () => {
  const apply = (body: unknown, manager: string, query: Record<string, string> = {}) =>
    patch({ ...widgets, name: 'new' }, 'apply', body, { fieldManager: manager, ...query });
  const applied = (spec: object) => ({ ...widget, metadata: { name: 'new' }, spec });

  test('creates with 201, then changes with 200, and nothing twice', async () => {
    const first = await apply(applied({ size: 1 }), 'one');
    expect(first).toMatchObject({ code: 201, body: { spec: { size: 1, colour: 'red' }, metadata: { generation: 1 } } });
    expect(first.body.metadata.managedFields).toMatchObject([
      { manager: 'one', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:size': {} } } },
    ]);
    api.advance(60_000);
    expect((await apply(applied({ size: 1 }), 'one')).body).toEqual(first.body);
    expect(await apply(applied({ size: 2 }), 'one')).toMatchObject({
      code: 200,
      body: { metadata: { generation: 2 } },
    });
  });

  test('removes what the applier stops listing', async () => {
    await apply(applied({ size: 1, colour: 'blue' }), 'one');
    expect((await apply(applied({ colour: 'blue' }), 'one')).body['spec']).toEqual({ colour: 'blue' });
  });

  test('conflicts name the manager, and force takes over', async () => {
    await apply(applied({ size: 1 }), 'one');
    const conflict = await apply(applied({ size: 2 }), 'two');
    expect(conflict).toMatchObject({
      code: 409,
      body: {
        message: 'Apply failed with 1 conflict: conflict with "one": .spec.size',
        details: { causes: [{ reason: 'FieldManagerConflict', field: '.spec.size' }] },
      },
    });
    for (const force of ['0', 'False'])
      expect((await apply(applied({ size: 2 }), 'two', { force })).code, force).toBe(409);
    for (const force of ['true', '1', ''])
      expect((await apply(applied({ size: 2 }), 'two', { force, dryRun: 'All' })).code, force).toBe(200);
    expect((await apply(applied({ size: 2 }), 'two', { force: 'true' })).body['spec']).toMatchObject({ size: 2 });
  });

  test('needs a manager', async () => {
    const answer = await patch({ ...widgets, name: 'new' }, 'apply', applied({}));
    expect(answer.code).toBe(422);
    expect(answer.body.message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  });

  test('does not own the status of a kind that has it as a subresource', async () => {
    const { body } = await apply({ ...applied({ size: 1 }), status: { size: 5 } }, 'one');
    expect(body['status']).toBeUndefined();
    expect(JSON.stringify(body.metadata.managedFields)).not.toContain('f:status');
  });
});

describe('subresources', () => {
  test('status changes only the status, the object everything but', async () => {
    const status = await patch({ ...w, subresource: 'status' }, 'merge', { spec: { size: 7 }, status: { size: 4 } });
    expect(status.body).toMatchObject({ spec: { size: 1 }, status: { size: 4 }, metadata: { generation: 1 } });
    const main = await patch(w, 'merge', { spec: { size: 7 }, status: { size: 9 } });
    expect(main.body).toMatchObject({ spec: { size: 7 }, status: { size: 4 }, metadata: { generation: 2 } });
  });

  test.each([
    ['a built-in kind', web],
    ['a custom resource', w],
  ])('scale of %s reads and writes the replicas', async (_what, where) => {
    const scale = { ...where, subresource: 'scale' };
    const read = await api.send({ verb: 'get', ...scale });
    expect(read.body).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 1 } });
    const body = { ...read.body, spec: { replicas: 5 } };
    expect((await api.send({ verb: 'update', ...scale, body })).body['spec']).toEqual({ replicas: 5 });
    expect((await patch(scale, 'merge', { spec: { replicas: 6 } })).body['spec']).toEqual({ replicas: 6 });
    expect((await api.send({ verb: 'update', ...scale, body })).code).toBe(409);
  });
});

describe('custom resources', () => {
  test('go with their definition, which waits for those that are held', async () => {
    await patch(w, 'merge', { metadata: { finalizers: ['example.com/hold'] } });
    const crd = { resource: 'customresourcedefinitions.apiextensions.k8s.io', name: 'widgets.example.com' };
    expect((await api.send({ verb: 'delete', ...crd })).body.metadata.deletionTimestamp).toBeDefined();
    await expect
      .poll(async () => (await api.send({ verb: 'get', ...w })).body.metadata.deletionTimestamp)
      .toBeDefined();
    expect((await api.send({ verb: 'get', ...crd })).code).toBe(200);
    await patch(w, 'merge', { metadata: { finalizers: null } });
    await expect.poll(async () => (await api.send({ verb: 'get', ...crd })).code).toBe(404);
    expect(await api.send({ verb: 'get', ...w })).toMatchObject({ code: 404, text: '404 page not found\n' });
  });
});

test('an empty list that storage does not keep is no change when it is applied again, later', async () => {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r' }, rules: [] };
  const where = { resource: 'roles.rbac.authorization.k8s.io', namespace: 'default', name: 'r' };
  const query = { fieldManager: 'm' };
  const { body: made } = await patch(where, 'apply', role, query);
  api.advance(5000);
  const { body: again } = await patch(where, 'apply', role, query);
  expect(again.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
});
