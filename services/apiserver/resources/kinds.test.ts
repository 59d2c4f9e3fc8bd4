import { beforeEach, describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { newCa } from '../../../shared/pki/x509.ts';
import { type Fixture, newFixture } from '../handlers/request-fixture.ts';

/** What differs per kind, seen through the API. */
let api: Fixture;
const MERGE = 'application/merge-patch+json';

beforeEach(async () => {
  api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
});

const create = (resource: string, body: object) => api.send({ verb: 'create', resource, namespace: 'default', body });
const patch = (resource: string, name: string, body: object, subresource = '') =>
  api.send({
    verb: 'patch',
    resource,
    namespace: resource.startsWith('certificatesigning') ? '' : 'default',
    name,
    subresource,
    body,
    contentType: MERGE,
  });
const remove = (resource: string, name: string, body?: object) =>
  api.send({ verb: 'delete', resource, namespace: 'default', name, body });
const get = (resource: string, name: string) => api.send({ verb: 'get', resource, namespace: 'default', name });
const specOf = (object: Unstructured) => object['spec'] as Record<string, unknown>;

describe('namespaces', () => {
  test('are Active, with the finalizer and the label of their name', async () => {
    const { body } = await create('namespaces', { metadata: { name: 'n' } });
    expect(body).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'n' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  test('terminate first, take nothing new, and go when finalized', async () => {
    const namespace = 'n';
    await create('namespaces', { metadata: { name: namespace } });
    const marked = await remove('namespaces', namespace);
    expect(marked.body).toMatchObject({ status: { phase: 'Terminating' } });
    expect(marked.body.metadata).not.toHaveProperty('deletionGracePeriodSeconds');
    const late = await api.send({
      verb: 'create',
      resource: 'configmaps',
      namespace,
      body: { metadata: { name: 'c' } },
    });
    expect(late).toMatchObject({
      code: 403,
      body: {
        message:
          'configmaps "c" is forbidden: unable to create new content in namespace n because it is being terminated',
        details: { causes: [{ reason: 'NamespaceTerminating' }] },
      },
    });
    const body = { ...marked.body, spec: {} };
    await api.send({ verb: 'update', resource: 'namespaces', name: namespace, subresource: 'finalize', body });
    expect((await get('namespaces', namespace)).code).toBe(404);
  });

  test('that the system needs stay', async () => {
    expect((await remove('namespaces', 'default')).body.message).toBe(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });
});

describe('secrets and config maps', () => {
  test('stringData becomes data', async () => {
    const { body } = await create('secrets', { metadata: { name: 's' }, stringData: { a: 'b' } });
    expect(body).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' } });
    expect(body).not.toHaveProperty('stringData');
  });

  test.each([
    ['a type that changes', 'secrets', { type: 'x' }, 'type: Invalid value: "x": field is immutable'],
    [
      'immutable data',
      'configmaps',
      { data: { a: '2' } },
      'data: Forbidden: field is immutable when `immutable` is set',
    ],
    ['immutability taken back', 'configmaps', { immutable: null }, 'immutable: Forbidden: field is immutable when'],
  ])('refuse %s', async (_what, resource, change, message) => {
    await create(resource, { metadata: { name: 'x' }, immutable: true });
    const answer = await patch(resource, 'x', change);
    expect(answer.code).toBe(422);
    expect(answer.body.message).toContain(message);
  });
});

describe('services', () => {
  const service = (name: string, spec: object = {}) => ({
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  });

  test('get addresses of their own, also when many are made at once, and keep them', async () => {
    const made = await Promise.all(Array.from({ length: 30 }, (_, n) => create('services', service(`s${n}`))));
    const addresses = made.map(({ body }) => specOf(body)['clusterIP']);
    expect(new Set(addresses).size).toBe(30);
    expect(addresses.every((address) => /^10\.96\.\d+\.\d+$/.test(String(address)))).toBe(true);
    const put = { verb: 'update', resource: 'services', namespace: 'default', name: 's0', body: service('s0') };
    expect(specOf((await api.send(put)).body)['clusterIP']).toBe(addresses[0]);
    expect((await patch('services', 's0', { spec: { clusterIP: '10.96.0.77' } })).body.message).toContain(
      'may not change once set',
    );
  });

  test.each([{ clusterIP: '10.96.3.3' }, { type: 'NodePort', ports: [{ port: 80, nodePort: 31_234 }] }])(
    'that ask for the same at once do not both get it: %j',
    async (spec) => {
      const made = await Promise.all(['a', 'b'].map((name) => create('services', service(name, spec))));
      expect(made.map(({ code }) => code).sort()).toEqual([201, 422]);
      // Nothing of who was refused is kept from others.
      await api.send({ verb: 'delete', resource: 'services', namespace: 'default', name: 'a' });
      await api.send({ verb: 'delete', resource: 'services', namespace: 'default', name: 'b' });
      expect((await create('services', service('c', spec))).code).toBe(201);
    },
  );

  test('of type NodePort get ports of their own', async () => {
    const made = await Promise.all(['a', 'b'].map((name) => create('services', service(name, { type: 'NodePort' }))));
    const ports = made.map(({ body }) => (specOf(body)['ports'] as { nodePort: number }[])[0]?.nodePort ?? 0);
    expect(ports.every((port) => port >= 30_000 && port < 32_768)).toBe(true);
    expect(ports[0]).not.toBe(ports[1]);
  });

  test.each([
    ['headless', { clusterIP: 'None', selector: { a: 'b' } }, { clusterIP: 'None', ipFamilyPolicy: 'SingleStack' }],
    ['external', { type: 'ExternalName', externalName: 'a.b' }, { externalName: 'a.b' }],
  ])('that are %s get none', async (_what, spec, expected) => {
    const { body } = await create('services', service('s', spec));
    expect(specOf(body)).toMatchObject(expected);
    expect(String(specOf(body)['clusterIP'])).not.toMatch(/^10\./);
  });
});

describe('certificate signing requests', () => {
  const csrs = 'certificatesigningrequests.certificates.k8s.io';
  const request = Buffer.from('-----BEGIN CERTIFICATE REQUEST-----').toString('base64');
  const spec = { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };
  const user = { name: 'u', uid: '1', groups: ['g'], extra: { k: ['v'] } };
  const make = () =>
    api.send({
      verb: 'create',
      resource: csrs,
      body: { metadata: { name: 'c' }, spec: { ...spec, username: 'root' } },
      user,
    });

  test('say who made them, whatever the body says, and never change', async () => {
    expect(specOf((await make()).body)).toEqual({
      ...spec,
      username: 'u',
      uid: '1',
      groups: ['g'],
      extra: { k: ['v'] },
    });
    expect(specOf((await patch(csrs, 'c', { spec: { signerName: 'a.b/c' } })).body)).toMatchObject(spec);
  });

  test('are decided through approval only, and given a certificate through status only', async () => {
    await make();
    const approved = { type: 'Approved', status: 'True', reason: 'r', message: 'm' };
    const { certificatePem } = await newCa({ commonName: 'ca', days: 1, now: Date.now() });
    const certificate = Buffer.from(certificatePem).toString('base64');
    const both = { status: { conditions: [approved], certificate } };
    expect((await patch(csrs, 'c', both)).body['status']).toEqual({});
    expect((await patch(csrs, 'c', both, 'approval')).body['status']).toEqual({
      conditions: [{ ...approved, lastUpdateTime: '2026-03-01T12:00:00Z', lastTransitionTime: '2026-03-01T12:00:00Z' }],
    });
    expect((await patch(csrs, 'c', { status: { certificate } }, 'status')).body['status']).toMatchObject({
      conditions: [approved],
      certificate,
    });
    expect((await patch(csrs, 'c', { status: { conditions: [] } }, 'approval')).body.message).toContain(
      'updates may not remove a condition of type "Approved"',
    );
  });
});

describe('other kinds', () => {
  test.each([
    ['deployments.apps', { spec: {} }, 'spec.selector: Required value'],
    ['leases.coordination.k8s.io', { spec: { leaseDurationSeconds: 0 } }, 'must be greater than 0'],
    [
      'roles.rbac.authorization.k8s.io',
      { rules: [{ verbs: ['get'] }] },
      'resource rules must supply at least one api group',
    ],
    [
      'rolebindings.rbac.authorization.k8s.io',
      { roleRef: { kind: 'X', name: 'r' } },
      'roleRef.kind: Unsupported value: "X"',
    ],
  ])('%s refuse %o', async (resource, fields, message) => {
    const answer = await create(resource, { metadata: { name: 'x' }, ...fields });
    expect(answer.code).toBe(422);
    expect(answer.body.message).toContain(message);
  });

  test('pods on a node get their grace before they go', async () => {
    const containers = [{ name: 'c', image: 'i' }];
    await create('pods', { metadata: { name: 'p' }, spec: { nodeName: 'n', containers } });
    expect((await remove('pods', 'p')).body.metadata).toMatchObject({
      deletionGracePeriodSeconds: 30,
      deletionTimestamp: '2026-03-01T12:00:30Z',
    });
    await remove('pods', 'p', { gracePeriodSeconds: 0 });
    expect((await get('pods', 'p')).code).toBe(404);
  });

  test('events go after an hour, when new ones come', async () => {
    const event = (name: string) => ({ metadata: { name }, involvedObject: { kind: 'Pod' } });
    await create('events', event('old'));
    api.advance(3_700_000);
    await create('events', event('new'));
    await expect.poll(async () => (await get('events', 'old')).code).toBe(404);
    expect((await get('events', 'new')).code).toBe(200);
  });

  test('a write of roles is refused when the check of escalation refuses it', async () => {
    Object.assign(api.registry, { checkEscalation: () => Promise.reject(new Error('escalation')) });
    await expect(create('roles.rbac.authorization.k8s.io', { metadata: { name: 'r' }, rules: [] })).rejects.toThrow(
      'escalation',
    );
  });

  test('admission sees every write and can refuse it', async () => {
    const seen: string[] = [];
    const strict = newFixture({
      admission: [
        ({ operation, name }, object) => {
          seen.push(`${operation} ${name} ${object?.metadata.name ?? '-'}`);
        },
      ],
    });
    await strict.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'a' } } });
    await strict.send({ verb: 'delete', resource: 'namespaces', name: 'a' });
    expect(seen).toEqual(['CREATE a a', 'DELETE a -']);
  });
});
