import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { AGENT_ORGANIZATION, agentUser, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import type { PolicyRule } from '../../shared/apis/rbac/v1.ts';
import { newCertificateRequest } from '../../shared/pki/certificate-request.ts';
import { newKey } from '../../shared/pki/private-key.ts';
import { clientFor } from '../framework/access.ts';
import {
  type ControlAnswer,
  type ControlCaller,
  type ControlledHub,
  newServiceAccountCaller,
  startControlledHub,
} from '../framework/control-api.ts';
import { eventually } from '../framework/eventually.ts';
import { createToken } from '../framework/join.ts';
import { schemaErrors } from '../framework/json-schema.ts';
import type { TestHub } from '../framework/start-hub.ts';
import { newWorld, type World } from '../framework/world.ts';

/**
 * Every operation of the OpenAPI document, asked for by nobody, by somebody unknown, by somebody without the right, and by somebody who has the rights that the reference
 * names and no other. Each answer is measured by the document.
 */

let world: World;
let hub: TestHub;
let ask: ControlledHub['ask'];
let stranger: ControlCaller;
let document: OpenApiDocument;

interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Record<string, unknown>> };
}

interface Operation {
  operationId: string;
  security?: [];
  responses: Record<string, { content?: Record<string, { schema: Record<string, unknown> }> }>;
}

beforeAll(async () => {
  world = await newWorld();
  ({ hub, ask } = await startControlledHub(world));
  stranger = await newServiceAccountCaller(hub, 'stranger', []);
  document = (await ask({}, 'GET', '/openapi.json')).json as unknown as OpenApiDocument;
});

afterAll(() => world.stop());

const rule = (group: string, resource: string, ...verbs: string[]): PolicyRule => ({
  ...{ apiGroups: [group], resources: [resource], verbs },
});
const CLUSTERS = 'cluster.karmada.io';
const CERTIFICATES = 'certificates.k8s.io';
const requests = 'certificatesigningrequests';
const signer: PolicyRule = {
  ...rule(CERTIFICATES, 'signers', 'approve'),
  resourceNames: ['kubernetes.io/kube-apiserver-client'],
};

async function newCluster(name: string): Promise<string> {
  const object = { apiVersion: 'cluster.karmada.io/v1alpha1' as const, kind: 'Cluster' as const, metadata: { name } };
  await hub.client.create(clusters, { ...object, spec: { syncMode: 'Pull' } });
  return name;
}

let joiners = 0;

/** Somebody who wants to be let in, and waits for a person: the name of the request. */
async function newRequest(): Promise<string> {
  const token = await createToken(hub, 3600_000, { requiresApproval: true });
  const joiner = clientFor(world, { transport: { server: hub.server, caPem: hub.caPem, token } });
  const cluster = `waiting-${joiners++}`;
  const pem = newCertificateRequest(await newKey(), {
    commonName: agentUser(cluster),
    organizations: [AGENT_ORGANIZATION],
  });
  const request = {
    ...{ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest' },
    metadata: { generateName: `${cluster}-` },
    spec: {
      request: Buffer.from(pem).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['digital signature', 'client auth'],
    },
  } as never;
  // A real API server learns a moment later of the token that it has stored.
  const { metadata } = await eventually('it is asked for', () => joiner.create(certificateSigningRequests, request));
  return metadata.name ?? '';
}

async function newToken(): Promise<string> {
  const { json } = await ask(await admin(), 'POST', '/tokens', {});
  return String(json['id']);
}

let administrator: Promise<ControlCaller> | undefined;
function admin(): Promise<ControlCaller> {
  administrator ??= newAdmin();
  return administrator;
}

async function newAdmin(): Promise<ControlCaller> {
  const caller = await newServiceAccountCaller(hub, 'everything', [rule('*', '*', '*')]);
  await eventually('rights that were just given count', async () => {
    return (await ask(caller, 'GET', '/clusters')).status === 200;
  });
  return caller;
}

interface Case {
  /** Of the parameter of the path: something that is there. */
  parameter?: () => Promise<string>;
  query?: string;
  body?: object;
  /** All that is needed, as the reference says; absent where nothing is. */
  rights?: PolicyRule[];
}

/** By operationId. */
const cases: Record<string, Case> = {
  createToken: { body: { clusterName: 'store17', ttl: '30m' }, rights: [rule('', 'secrets', 'create')] },
  listTokens: { query: '?limit=1', rights: [rule('', 'secrets', 'list')] },
  deleteToken: { parameter: newToken, rights: [rule('', 'secrets', 'delete')] },
  listClusters: { query: '?limit=1', rights: [rule(CLUSTERS, 'clusters', 'list')] },
  getCluster: { parameter: () => newCluster('looked-at'), rights: [rule(CLUSTERS, 'clusters', 'get')] },
  changeCluster: {
    parameter: () => newCluster('changed'),
    body: { cordoned: true, labels: { env: 'prod' }, displayName: 'Store 17', description: 'in the harbour' },
    rights: [rule(CLUSTERS, 'clusters', 'get', 'patch')],
  },
  removeCluster: {
    parameter: () => newCluster('removed'),
    query: '?force=true',
    rights: [rule(CLUSTERS, 'clusters', 'delete', 'patch')],
  },
  getCertificateState: {
    parameter: () => newCluster('certified'),
    rights: [rule(CLUSTERS, 'clusters', 'get'), rule('', 'configmaps', 'get'), rule('', 'namespaces', 'get')],
  },
  listApprovals: { rights: [rule(CERTIFICATES, requests, 'list')] },
  approve: { parameter: newRequest, rights: [rule(CERTIFICATES, requests, 'get', 'patch')] },
  reject: {
    parameter: newRequest,
    body: { reason: 'not one of ours' },
    rights: [rule(CERTIFICATES, requests, 'get'), rule(CERTIFICATES, `${requests}/approval`, 'update'), signer],
  },
  getHealth: {},
  getOpenApiDocument: {},
};

function operationOf(operationId: string): Operation & { method: string; path: string } {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.operationId === operationId) return { ...operation, method: method.toUpperCase(), path };
    }
  }
  throw new Error(`the document has no ${operationId}`);
}

/** That the answer is one that the document describes, and of the type that it says. */
function expectDescribed({ status, headers, text, json }: ControlAnswer, { responses }: Operation): void {
  const content = (responses[String(status)] ?? responses['default'])?.content;
  const [type, media] = Object.entries(content ?? {})[0] ?? [];
  if (!type || !media) {
    expect(text).toBe('');
    return;
  }
  expect(String(headers['content-type'])).toMatch(new RegExp(`^${type.replace('+', '\\+')}(;|$)`));
  expect(schemaErrors(json, media.schema, document.components.schemas)).toEqual([]);
}

test('the document is of OpenAPI 3.1 and has these operations, and no other', () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(cases).sort());
});

/** The operation, asked for as the document says; what is answered is looked at. */
async function asked(operationId: string, caller: ControlCaller, parameter = 'x23456'): Promise<ControlAnswer> {
  const { query = '', body } = cases[operationId] ?? {};
  const operation = operationOf(operationId);
  const target = operation.path.replace(/\{\w+\}/, parameter) + query;
  const answer = await ask(caller, operation.method, target, body);
  expectDescribed(answer, operation);
  return answer;
}

const isPublic = ([, { rights }]: [string, Case]): boolean => rights === undefined;
const all = Object.entries(cases);

test.each(all.filter(isPublic))('%s is there for everybody', async (operationId) => {
  expect(operationOf(operationId).security).toEqual([]);
  for (const caller of [{}, stranger]) expect((await asked(operationId, caller)).status).toBe(200);
});

describe.each(all.filter((one) => !isPublic(one)))('%s', (operationId, { parameter, rights = [] }) => {
  test('is not for who is nobody', async () => {
    for (const caller of [{}, { token: 'made-up' }]) {
      const { status, headers } = await asked(operationId, caller);
      expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="pullet"']);
    }
  });

  test('is done for who has the rights that it says, and not for who has none', async () => {
    const value = (await parameter?.()) ?? '';
    const refused = await asked(operationId, stranger, value);
    expect([refused.status, refused.json['title']]).toEqual([403, 'Not allowed']);
    expect(refused.json['detail']).toContain('system:serviceaccount:default:stranger');
    const may = await newServiceAccountCaller(hub, operationId.toLowerCase(), rights);
    const done = await eventually('rights that were just given count', async () => {
      const answer = await asked(operationId, may, value);
      return [403, 429].includes(answer.status) ? undefined : answer;
    });
    expect([String(done.status), done.json['detail']]).toEqual([
      Object.keys(operationOf(operationId).responses).find((status) => status !== 'default'),
      undefined,
    ]);
  });
});

describe('a method that a path has not', () => {
  test.each(['PUT', 'OPTIONS', 'TRACE'])('%s is refused, and the answer says which there are', async (method) => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const target = path.replace(/\{\w+\}/, 'x23456');
      const { status, headers } = await ask(await admin(), method, target);
      const allowed = Object.keys(methods).map((each) => each.toUpperCase());
      expect([path, status]).toEqual([path, 405]);
      expect(String(headers['allow']).split(', ').sort()).toEqual(expect.arrayContaining(allowed.sort()));
    }
  });
});

test('tokens are found page by page, each once', async () => {
  const caller = await admin();
  for (let index = 0; index < 5; index++) await newToken();
  const all = (await ask(caller, 'GET', '/tokens')).json.items.map(({ id }) => id);
  const seen: unknown[] = [];
  let more = '';
  do {
    const { json } = await ask(caller, 'GET', `/tokens?limit=2${more}`);
    expect(schemaErrors(json, { $ref: '#/components/schemas/TokenPage' }, document.components.schemas)).toEqual([]);
    expect(json.items.length).toBeLessThanOrEqual(2);
    seen.push(...json.items.map(({ id }) => id));
    more = json['continue'] === undefined ? '' : `&continue=${encodeURIComponent(String(json['continue']))}`;
  } while (more !== '');
  expect(seen).toEqual(all);
  expect(seen.length).toBeGreaterThanOrEqual(5);
});

describe('what is asked for wrongly', () => {
  test.each<[string, string, string, object | undefined, number, string]>([
    ['a field that there is not', 'POST', '/tokens', { clusterNme: 'a' }, 400, 'body/clusterNme'],
    ['a value of another type', 'POST', '/tokens', { singleUse: 'yes' }, 400, 'body/singleUse'],
    ['a name that is none', 'GET', '/clusters/Store_17', undefined, 400, 'path/name'],
    ['a parameter that there is not', 'GET', '/clusters?filter=a', undefined, 400, 'query/filter'],
    ['a limit that is too high', 'GET', '/clusters?limit=501', undefined, 400, 'query/limit'],
    ['a selector that is none', 'GET', '/clusters?labelSelector=%3D%3D', undefined, 400, ''],
    ['a change of nothing', 'PATCH', '/clusters/a', {}, 400, 'body'],
    ['a cluster that there is not', 'GET', '/clusters/nowhere', undefined, 404, ''],
    ['too much', 'POST', '/tokens', { description: 'x'.repeat(70_000) }, 413, ''],
  ])('%s is told with where it is', async (_what, method, target, body, status, field) => {
    const { json, headers, ...answer } = await ask(await admin(), method, target, body);
    expect(answer.status).toBe(status);
    expect(String(headers['content-type'])).toContain('application/problem+json');
    expect(schemaErrors(json, { $ref: '#/components/schemas/Problem' }, document.components.schemas)).toEqual([]);
    expect(((json['errors'] ?? []) as { field: string }[]).map((each) => each.field)).toEqual(field ? [field] : []);
    expect(String(json['detail']).length).toBeGreaterThan(10);
  });
});

test('nothing of this has left a secret of the hub in an answer', async () => {
  const { items } = await hub.client.list(secrets, { namespace: 'kube-system' });
  const halves = items.map(({ data }) => Buffer.from(data?.['token-secret'] ?? '', 'base64').toString());
  const { text } = await ask(await admin(), 'GET', '/tokens');
  expect(halves.filter((half) => half !== '' && text.includes(half))).toEqual([]);
  expect(halves.filter((half) => half !== '').length).toBeGreaterThan(4);
});
