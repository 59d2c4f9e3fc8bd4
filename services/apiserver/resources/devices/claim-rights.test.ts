import { beforeEach, describe, expect, test } from 'vitest';
import type { UserInfo } from '../../../../shared/apis/user-info.ts';
import { type Fixture, newFixture } from '../../handlers/request-fixture.ts';

/** Which rights are asked for besides that to write, and of whom. */
let api: Fixture;
let asked: string[];
let given: string[];

const user: UserInfo = { name: 'u', groups: [] };
const onNode: UserInfo = {
  name: 'system:serviceaccount:default:driver',
  groups: [],
  extra: { 'authentication.kubernetes.io/node-name': ['n'] },
};
const resourceclaims = 'resourceclaims.resource.k8s.io';
const result = { request: 'r', driver: 'a.b', pool: 'p', device: 'd' };
const matchFields = [{ key: 'metadata.name', operator: 'In', values: ['n'] }];
const allocation = { devices: { results: [result] }, nodeSelector: { nodeSelectorTerms: [{ matchFields }] } };
const device = { driver: 'a.b', pool: 'p', device: 'd' };

beforeEach(async () => {
  api = newFixture();
  [asked, given] = [[], []];
  api.registry.authorize = (_user, { verb, resource, subresource, namespace, name }) => {
    const right = [verb, `${resource}/${subresource}`, namespace, name].join(' ').trim();
    asked.push(right);
    return { allowed: given.includes(right), reason: '' };
  };
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
});

const create = (adminAccess = false) =>
  api.send({
    verb: 'create',
    resource: resourceclaims,
    namespace: 'default',
    body: {
      metadata: { name: 'c' },
      spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c', adminAccess } }] } },
    },
  });
const tell = (status: object, who = user) =>
  api.send({
    verb: 'patch',
    resource: resourceclaims,
    namespace: 'default',
    name: 'c',
    subresource: 'status',
    body: { status },
    contentType: 'application/merge-patch+json',
    user: who,
  });

describe('what a claim is given', () => {
  test('is told by who may bind in all namespaces', async () => {
    await create();
    expect((await tell({ allocation })).body.message).toContain(
      'status.allocation: Forbidden: changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="patch" permission: resourceclaims.resource.k8s.io is forbidden: User "u" cannot patch resource "resourceclaims/binding" in API group "resource.k8s.io" at the cluster scope',
    );
    given = ['patch resourceclaims/binding'];
    expect((await tell({ allocation })).code).toBe(200);
    asked = [];
    expect((await tell({})).code).toBe(200);
    expect(asked).toEqual([]);
  });
});

describe('how devices are', () => {
  test('is told by who may drive them, on the node of the claim or on any', async () => {
    await create();
    given = ['patch resourceclaims/binding'];
    await tell({ allocation });
    const [associated, arbitrary] = ['associated-node', 'arbitrary-node'].map(
      (scope) => `${scope}:patch resourceclaims/driver default a.b`,
    );
    asked = [];
    expect((await tell({ devices: [device] })).body.message).toContain('verb="[arbitrary-node:patch]"');
    expect(asked).toEqual([arbitrary]);
    asked = [];
    expect((await tell({ devices: [device] }, onNode)).body.message).toContain(
      'verb="[associated-node:patch arbitrary-node:patch]"',
    );
    expect(asked).toEqual([associated, arbitrary]);
    given = [associated ?? ''];
    expect((await tell({ devices: [device] }, onNode)).code).toBe(200);
  });
});

describe('administrative access', () => {
  test('needs a namespace that is labelled for it', async () => {
    const { body } = await create(true);
    expect(body.message).toContain('spec.devices.requests[0].adminAccess: Forbidden');
    await api.send({
      verb: 'patch',
      resource: 'namespaces',
      name: 'default',
      body: { metadata: { labels: { 'resource.kubernetes.io/admin-access': 'true' } } },
      contentType: 'application/merge-patch+json',
    });
    expect((await create(true)).code).toBe(201);
  });
});
