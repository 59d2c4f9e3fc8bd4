import { beforeEach, describe, expect, test } from 'vitest';
import { StorageFullError } from '../../storage/storage-errors.ts';
import { type Fixture, newFixture, START_MS } from './request-fixture.ts';

let api: Fixture;
const inDefault = { resource: 'configmaps', namespace: 'default' };

beforeEach(async () => {
  api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
});

const configMap = (name: string, data: Record<string, string> = { a: '1' }, labels?: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(labels ? { labels } : {}) },
  data,
});
const create = (body: unknown, query?: Record<string, string>) =>
  api.send({ verb: 'create', ...inDefault, body, ...(query ? { query } : {}) });
const get = (name: string) => api.send({ verb: 'get', ...inDefault, name });
const put = (name: string, body: unknown) => api.send({ verb: 'update', ...inDefault, name, body });

describe('create', () => {
  test('completes the metadata and tells who owns which field', async () => {
    const { code, body } = await create(configMap('a'));
    expect(code).toBe(201);
    expect(body.metadata).toMatchObject({
      name: 'a',
      namespace: 'default',
      resourceVersion: '3',
      creationTimestamp: new Date(START_MS).toISOString().replace('.000', ''),
      managedFields: [
        { manager: 'tester', operation: 'Update', apiVersion: 'v1', fieldsV1: { 'f:data': { 'f:a': {} } } },
      ],
    });
    expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(body.metadata.generation).toBeUndefined();
    expect((await get('a')).body).toEqual(body);
  });

  test.each([
    ['a name that is taken', configMap('taken'), 409, 'configmaps "taken" already exists'],
    [
      'no name',
      configMap(''),
      422,
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      'a name with capitals',
      configMap('Bad'),
      422,
      'ConfigMap "Bad" is invalid: metadata.name: Invalid value: "Bad": a lowercase RFC 1123 subdomain must consist of',
    ],
    [
      'a resourceVersion',
      { ...configMap('x'), metadata: { name: 'x', resourceVersion: '1' } },
      500,
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'another namespace',
      { ...configMap('x'), metadata: { name: 'x', namespace: 'other' } },
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'another kind',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } },
      400,
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ],
    [
      'a value of a wrong type',
      { ...configMap('x'), data: { a: 1 } },
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number',
    ],
    ['a wrong data key', configMap('x', { 'a b': '1' }), 422, 'data[a b]: Invalid value: "a b": a valid config key'],
    [
      'a wrong label',
      configMap('x', {}, { 'a b': '' }),
      422,
      'metadata.labels: Invalid value: "a b": name part must consist of',
    ],
  ])('refuses %s', async (_what, body, code, message) => {
    await create(configMap('taken'));
    const answer = await create(body);
    expect(answer.code).toBe(code);
    expect(answer.body.message).toContain(message);
  });

  test('refuses a namespace that does not exist, as NotFound', async () => {
    const answer = await api.send({
      verb: 'create',
      resource: 'configmaps',
      namespace: 'nowhere',
      body: configMap('a'),
    });
    expect(answer.code).toBe(404);
    expect(answer.body.message).toBe('namespaces "nowhere" not found');
  });

  test('makes names from generateName that differ', async () => {
    const body = { ...configMap('x'), metadata: { generateName: 'web-' } };
    const names = [await create(body), await create(body)].map((answer) => answer.body.metadata.name ?? '');
    expect(names[0]).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(names[0]).not.toBe(names[1]);
  });

  test('dryRun=All answers but stores nothing', async () => {
    expect((await create(configMap('a'), { dryRun: 'All' })).code).toBe(201);
    expect((await get('a')).code).toBe(404);
  });

  test.each([
    ['Strict', 400, [], 'strict decoding error: unknown field "colour"'],
    ['Warn', 201, ['unknown field "colour"'], undefined],
    ['Ignore', 201, [], undefined],
  ])('an unknown field under fieldValidation=%s', async (fieldValidation, code, warnings, message) => {
    const answer = await create({ ...configMap('a'), colour: 'red' }, { fieldValidation });
    expect(answer.code).toBe(code);
    expect(answer.warnings).toEqual(warnings);
    if (message) expect(answer.body.message).toContain(message);
    else expect(answer.body['colour']).toBeUndefined();
  });

  test('a field that the body holds twice is refused or told of, like an unknown one', async () => {
    const body = '{"metadata":{"name":"a"},"data":{"k":"1","k":"2"}}';
    const strict = await create(body, { fieldValidation: 'Strict' });
    expect(strict.body.message).toContain('strict decoding error: duplicate field "data.k"');
    expect(await create(body)).toMatchObject({ code: 201, warnings: ['duplicate field "data.k"'] });
  });

  test('a full disk is told as such', async () => {
    const full = newFixture({ put: () => Promise.reject(new StorageFullError()) });
    const body = { metadata: { name: 'n' } };
    expect(await full.send({ verb: 'create', resource: 'namespaces', body })).toMatchObject({
      code: 503,
      body: { reason: 'ServiceUnavailable', message: 'the store has no room left for this write' },
    });
  });

  test('reads YAML and answers in YAML', async () => {
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: "1"}\n';
    const answer = await api.send({
      verb: 'create',
      ...inDefault,
      body,
      contentType: 'application/yaml',
      accept: 'application/yaml',
    });
    expect(answer.code).toBe(201);
    expect(answer.text).toContain('kind: ConfigMap\n');
  });
});

describe('get', () => {
  test.each([
    ['what is not there', { name: 'none' }, 404, 'configmaps "none" not found'],
    [
      'a resourceVersion that has not come',
      { name: 'a', query: { resourceVersion: '999' } },
      504,
      'Timeout: Too large resource version: 999, current: 3',
    ],
    ['a resourceVersion that is none', { name: 'a', query: { resourceVersion: 'x' } }, 500, 'Invalid value: "x"'],
    ['a representation that is not served', { name: 'a', accept: 'text/html' }, 406, '406: Not Acceptable'],
    [
      'an unknown subresource',
      { name: 'a', subresource: 'none' },
      404,
      'the server could not find the requested resource',
    ],
  ])('refuses %s', async (_what, call, code, message) => {
    await create(configMap('a'));
    const answer = await api.send({ verb: 'get', ...inDefault, ...call });
    expect(answer.code).toBe(code);
    expect(answer.body.message).toContain(message);
  });

  test('refuses resources that are not served and verbs that are not', async () => {
    expect((await api.send({ verb: 'get', resource: 'nothings', name: 'a' })).body.message).toBe(
      'the server could not find the requested resource',
    );
    expect((await api.send({ verb: 'create', resource: 'configmaps', body: configMap('a') })).body.message).toBe(
      'the server does not allow this method on the requested resource',
    );
  });

  test('gives kubectl a table', async () => {
    await create(configMap('a'));
    api.advance(120_000);
    const accept =
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
    const { body } = await api.send({ verb: 'get', ...inDefault, name: 'a', accept });
    expect(body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: '3' } });
    expect(body.rows).toMatchObject([{ cells: ['a', 1, '2m'], object: { kind: 'PartialObjectMetadata' } }]);
  });
});

describe('update', () => {
  test('replaces the object under the resourceVersion that was read', async () => {
    const { body } = await create(configMap('a'));
    const answer = await put('a', { ...body, data: { b: '2' } });
    expect(answer.code).toBe(200);
    expect(answer.body).toMatchObject({ data: { b: '2' }, metadata: { resourceVersion: '4', uid: body.metadata.uid } });
  });

  test('refuses a stale resourceVersion', async () => {
    const { body } = await create(configMap('a'));
    await put('a', { ...body, data: { b: '2' } });
    const answer = await put('a', { ...body, data: { c: '3' } });
    expect(answer).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
    expect(answer.body.message).toBe(
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  test('writes nothing when nothing changes', async () => {
    const { body } = await create(configMap('a'));
    api.advance(60_000);
    expect((await put('a', body)).body).toEqual(body);
    expect(api.storage.revision()).toBe(3);
  });

  test('without a resourceVersion the newest is replaced', async () => {
    await create(configMap('a'));
    expect((await put('a', configMap('a', { z: '1' }))).body['data']).toEqual({ z: '1' });
  });

  test.each([
    [
      'a name that is not the one of the URL',
      { metadata: { name: 'b' } },
      400,
      'the name of the object (b) does not match the name on the URL (a)',
    ],
    [
      'another uid',
      { metadata: { name: 'a', uid: 'u' } },
      409,
      'Precondition failed: UID in precondition: u, UID in object meta: ',
    ],
    [
      'another namespace',
      { metadata: { name: 'a', namespace: 'other' } },
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
  ])('refuses %s', async (_what, body, code, message) => {
    await create(configMap('a'));
    const answer = await put('a', body);
    expect(answer.code).toBe(code);
    expect(answer.body.message).toContain(message);
  });

  test('does not create, except leases and their like', async () => {
    expect((await put('none', configMap('none'))).code).toBe(404);
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' } };
    const call = {
      verb: 'update',
      resource: 'leases.coordination.k8s.io',
      namespace: 'default',
      name: 'l',
      body: lease,
    };
    expect((await api.send(call)).code).toBe(201);
    expect((await api.send(call)).body.message).toContain(
      'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });
});

describe('delete', () => {
  const remove = (name: string, body?: unknown) => api.send({ verb: 'delete', ...inDefault, name, body });

  test('answers with a Status that names what went', async () => {
    const { body } = await create(configMap('a'));
    expect(await remove('a')).toMatchObject({
      code: 200,
      body: { kind: 'Status', status: 'Success', details: { name: 'a', kind: 'configmaps', uid: body.metadata.uid } },
    });
    expect((await get('a')).code).toBe(404);
    expect((await remove('a')).code).toBe(404);
  });

  test('is held by finalizers, and completed by the update that takes the last', async () => {
    await create({ ...configMap('a'), metadata: { name: 'a', finalizers: ['example.com/hold'] } });
    const marked = await remove('a');
    expect(marked).toMatchObject({ code: 200, body: { metadata: { deletionGracePeriodSeconds: 0 } } });
    expect(marked.body.metadata.deletionTimestamp).toBeDefined();
    expect((await remove('a')).body).toEqual(marked.body);
    const added = await put('a', {
      ...marked.body,
      metadata: { ...marked.body.metadata, finalizers: ['example.com/hold', 'example.com/new'] },
    });
    expect(added.body.message).toContain(
      'no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/new"}',
    );
    const { finalizers: _gone, ...metadata } = marked.body.metadata;
    expect((await put('a', { ...marked.body, metadata })).code).toBe(200);
    expect((await get('a')).code).toBe(404);
  });

  test.each([
    ['Foreground', 200, ['foregroundDeletion']],
    ['Orphan', 200, ['orphan']],
  ])('with propagationPolicy %s waits for the garbage collector', async (propagationPolicy, code, finalizers) => {
    await create(configMap('a'));
    expect(await remove('a', { propagationPolicy })).toMatchObject({ code, body: { metadata: { finalizers } } });
  });

  test('checks preconditions', async () => {
    await create(configMap('a'));
    expect((await remove('a', { preconditions: { uid: 'x' } })).body.message).toContain(
      'the UID in the precondition (x) does not match the UID in record',
    );
    expect((await remove('a', { preconditions: { resourceVersion: '1' } })).code).toBe(409);
  });

  test('of a collection takes what selectors name', async () => {
    await create(configMap('a', {}, { app: 'x' }));
    await create(configMap('b', {}, { app: 'y' }));
    const answer = await api.send({ verb: 'deletecollection', ...inDefault, query: { labelSelector: 'app=x' } });
    expect(answer.body.items?.map((item) => item.metadata.name)).toEqual(['a']);
    const left = await api.send({ verb: 'list', ...inDefault });
    expect(left.body.items?.map((item) => item.metadata.name)).toEqual(['b']);
  });
});
