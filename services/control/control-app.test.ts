import { afterEach, describe, expect, test } from 'vitest';
import { newForbidden, newUnauthorized, StatusError } from '../../shared/apis/meta/status-error.ts';
import { TransportError } from '../../shared/client/transport.ts';
import type { ControlDeps } from './control-deps.ts';
import { startTestControl, type TestControl } from './control-fixture.ts';

/** What holds for every route. */

let control: TestControl | undefined;
afterEach(() => control?.stop());

async function start(overrides: Partial<ControlDeps> = {}): Promise<TestControl> {
  control = await startTestControl(overrides);
  return control;
}

describe('who asks', () => {
  test('without a credential gets 401 that says what to present', async () => {
    const { ask, kube } = await start();
    const { status, headers, json } = await ask('GET', '/clusters', { token: '' });
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="pullet"']);
    expect(json).toMatchObject({
      status: 401,
      title: 'Authentication required',
      detail: expect.stringContaining('a bearer token'),
    });
    expect(kube.requests).toEqual([]);
  });

  test('need not say so to learn the health and the description', async () => {
    const { ask } = await start();
    expect((await ask('GET', '/health', { token: '' })).json).toMatchObject({ status: 'ok' });
    expect((await ask('GET', '/openapi.json', { token: '' })).status).toBe(200);
  });

  test('too often is told when to come back', async () => {
    const { ask, clock } = await start({ limits: { requestsPerSecond: 0.5, burst: 2 } });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask('GET', '/clusters')).status);
    expect(statuses).toEqual([200, 200, 429]);
    const { headers, json } = await ask('GET', '/clusters');
    expect([headers.get('retry-after'), json.title, json.status]).toEqual(['2', 'Too many requests', 429]);
    expect(headers.get('content-type')).toContain('application/problem+json');
    await clock.advance(2000);
    expect((await ask('GET', '/clusters')).status).toBe(200);
  });
});

describe('an error', () => {
  test.each([
    [
      'of rights',
      newForbidden({ resource: 'clusters' }, 'User "eve" cannot list'),
      403,
      'clusters is forbidden: User "eve" cannot list',
    ],
    ['of the credential', newUnauthorized(), 401, 'the credential is not good: present a bearer token'],
    ['of the connection', new TransportError('10.0.0.1:6443 refuses'), 503, 'the Kubernetes API can not be reached'],
    ['of ours', new Error('secret s3cr3t'), 500, 'the log of the hub says more'],
    [
      'of the server',
      new StatusError({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        code: 500,
        message: 's3cr3t',
      }),
      500,
      'the log of the hub says more',
    ],
  ])('%s is a problem document', async (_what, error, status, detail) => {
    const { ask, kube, log } = await start();
    kube.before = () => {
      throw error;
    };
    const answer = await ask('GET', '/clusters');
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect([answer.status, answer.json.status, answer.json.detail]).toEqual([status, status, detail]);
    expect(log.length).toBe(status === 500 ? 1 : 0);
  });

  test('of a field says which', async () => {
    const { ask, kube } = await start();
    kube.before = () => {
      const causes = [{ field: 'metadata.labels', message: 'Invalid value' }];
      throw new StatusError({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        code: 422,
        message: 'no',
        details: { causes },
      });
    };
    const { status, json } = await ask('GET', '/clusters');
    expect([status, json.errors]).toEqual([422, [{ field: 'metadata.labels', detail: 'Invalid value' }]]);
  });

  test('of the health is told without its reason', async () => {
    const { ask } = await start({ checkHealth: () => Promise.reject(new Error('disk /dev/sda is full')) });
    const { status, text } = await ask('GET', '/health');
    expect(status).toBe(503);
    expect(text).not.toContain('sda');
  });
});

const MERGE_PATCH = { 'content-type': 'application/merge-patch+json' };

describe('a request', () => {
  test.each([
    ['to nowhere', 'GET', '/nothing', {}, 404],
    ['with another method', 'PUT', '/clusters', {}, 405],
    ['whose content is no JSON', 'POST', '/tokens', { body: '{"a"' }, 400],
    ['whose content is a list', 'POST', '/tokens', { body: '[]' }, 400],
    [
      'whose content says to be a form',
      'POST',
      '/tokens',
      { body: 'a=b', headers: { 'content-type': 'text/plain' } },
      415,
    ],
    ['whose content is a patch', 'PATCH', '/clusters/a', { body: {}, headers: MERGE_PATCH }, 415],
    ['whose content has an unknown field', 'PATCH', '/clusters/a', { body: { cordonned: true } }, 400],
    ['with OPTIONS, from no page', 'OPTIONS', '/clusters', {}, 405],
    ['that is too large', 'POST', '/tokens', { body: { description: 'x'.repeat(70_000) } }, 413],
    ['with an unknown parameter', 'GET', '/clusters?lmit=1', {}, 400],
    ['with a limit that is none', 'GET', '/clusters?limit=0', {}, 400],
    ['with a parameter twice', 'GET', '/clusters?limit=1&limit=2', {}, 400],
    ['from a page of another origin', 'GET', '/clusters', { headers: { origin: 'https://evil.example' } }, 403],
    ['from a form of another origin', 'POST', '/approvals/a/approve', { headers: { origin: 'null' } }, 403],
    ['that asks for CORS', 'OPTIONS', '/clusters', { headers: { origin: 'https://evil.example' } }, 403],
  ])('%s is refused, and nothing is done', async (_what, method, path, more, status) => {
    const { ask, kube } = await start();
    const answer = await ask(method, path, more);
    expect([answer.status, answer.json.status]).toEqual([status, status]);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(kube.requests).toEqual([]);
  });

  test('with HEAD is answered as GET is, without content', async () => {
    const { ask } = await start();
    for (const [path, token, status] of [
      ['/clusters', 'good', 200],
      ['/clusters', '', 401],
      ['/clusters/nothing', 'good', 404],
      ['/health', '', 200],
    ] as const) {
      const answer = await ask('HEAD', path, { token });
      expect([path, answer.status, answer.text]).toEqual([path, status, '']);
    }
  });

  test('with another method is told which there are', async () => {
    const { ask } = await start();
    expect((await ask('PUT', '/tokens')).headers.get('allow')).toBe('POST, GET, HEAD');
  });

  test('is answered with the headers that browsers heed', async () => {
    const { ask } = await start();
    const { headers } = await ask('GET', '/clusters');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('from an origin that is listed is let through, and its preflight answered', async () => {
    const { ask } = await start({ corsOrigins: ['https://portal.example.com'] });
    const headers = { origin: 'https://portal.example.com' };
    const preflight = await ask('OPTIONS', '/clusters', { headers, token: '' });
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'authorization, content-type',
    ]);
    const answer = await ask('GET', '/clusters', { headers });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, headers.origin]);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('the OpenAPI document', () => {
  test('has all that it refers to, and nothing that only we understand', async () => {
    const { json, text } = await (await start()).ask('GET', '/openapi.json');
    expect(json.openapi).toBe('3.1.0');
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((name) => !(String(name) in json.components.schemas))).toEqual([]);
    expect(text).not.toContain('x-message');
  });

  test('says of every operation what it is called, and each path is served', async () => {
    const { ask } = await start();
    const { json } = await ask('GET', '/openapi.json');
    const operations = Object.entries(json.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId })),
    );
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { path, method, operationId } of operations) {
      const isPublic = ['getHealth', 'getOpenApiDocument'].includes(operationId);
      const answer = await ask(method.toUpperCase(), path.replace(/\{\w+\}/, 'x'), { token: '' });
      expect([operationId, answer.status]).toEqual([operationId, isPublic ? 200 : 401]);
    }
  });
});
