import { describe, expect, test } from 'vitest';
import { admin, ask, certificate, jsonOf, textOf } from './api-server-fixture.ts';
import type { RequestContext, ServerResponse } from './request.ts';
import { grant, NOW, newTestServer } from './server-fixture.ts';

describe('every answer', () => {
  test('has an Audit-Id, the client’s own if it is plausible', async () => {
    const server = await newTestServer();
    const response = await ask(server, '/version', { inProcessUser: admin });
    expect(response.headers?.['audit-id']).toMatch(/^[0-9a-f-]{36}$/);
    const own = await ask(server, '/version', { inProcessUser: admin, headers: { 'audit-id': 'mine-1' } });
    expect(own.headers?.['audit-id']).toBe('mine-1');
    const bad = await ask(server, '/version', { inProcessUser: admin, headers: { 'audit-id': 'x\r\ny' } });
    expect(bad.headers?.['audit-id']).not.toContain('x');
  });

  test('an unforeseen error is a 500 without its text, logged once', async () => {
    const fail = async () => {
      throw new Error('secret detail');
    };
    const server = await newTestServer({ handlers: { resources: fail, discovery: fail, openApi: fail } });
    const response = await ask(server, '/api/v1/pods', { inProcessUser: admin });
    expect(response.status).toBe(500);
    expect(textOf(response)).not.toContain('secret detail');
    expect(server.log).toEqual(['a request failed']);
  });

  test('warnings become one header, in UTF-8 and escaped', async () => {
    const warn = async (context: { warnings: string[] }) => {
      context.warnings.push('say "no"', 'größe', 'say "no"');
      return { status: 200 };
    };
    const server = await newTestServer({ handlers: { resources: warn, discovery: warn, openApi: warn } });
    const { headers } = await ask(server, '/api/v1/pods', { inProcessUser: admin });
    const value = Buffer.from(headers?.['warning'] ?? '', 'latin1').toString();
    expect(value).toBe('299 - "say \\"no\\""\n299 - "größe"');
  });

  test('a path that can not be decoded is a bad request', async () => {
    expect((await ask(await newTestServer(), '/api/v1/%zz')).status).toBe(400);
  });

  test.each([
    '/nothing',
    '/versions',
    '/metrics/x',
    '/healthz/',
    '//api',
    '//api/v1/pods',
    '/apis//v1/pods',
    '/readyz/ping/x',
  ])('404 in words for %s', async (path) => {
    const response = await ask(await newTestServer(), path, { inProcessUser: admin });
    expect([response.status, textOf(response)]).toEqual([404, '404 page not found\n']);
  });

  test.each([
    ['POST', '/version', 405],
    ['GET', '/version/x', 404],
    ['POST', '/apis/authorization.k8s.io/v1/namespaces/n/subjectaccessreviews', 404],
    ['POST', '/apis/authorization.k8s.io/v1/localsubjectaccessreviews', 404],
    ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews/x', 404],
  ])('%s %s gets a Status with %i', async (method, path, code) => {
    const response = await ask(await newTestServer(), path, { inProcessUser: admin }, method);
    expect(jsonOf(response)).toMatchObject({ kind: 'Status', code });
  });

  test('who is refused gets it in a form that browsers do not guess at', async () => {
    const { headers } = await ask(await newTestServer(), '/api/v1/pods');
    expect(headers?.['x-content-type-options']).toBe('nosniff');
  });
});

describe('limits', () => {
  test('504 after a minute, or after the client’s own timeout; the handler’s signal aborts', async () => {
    const delays: number[] = [];
    let fire = (): void => {};
    const clock = {
      now: () => NOW,
      setTimeout: (task: () => void, delayMs: number) => {
        delays.push(delayMs);
        fire = task;
        return () => {};
      },
    };
    let signal = new AbortController().signal;
    const hang = async (context: RequestContext) => {
      signal = context.signal();
      return await new Promise<ServerResponse>(() => {});
    };
    const server = await newTestServer({ clock, handlers: { resources: hang, discovery: hang, openApi: hang } });
    for (const query of ['', '?timeout=1m30s', '?timeout=5s', '?timeout=-5s']) {
      const response = ask(server, `/api/v1/pods${query}`, { inProcessUser: admin });
      await expect.poll(() => signal.aborted).toBe(false);
      fire();
      expect(jsonOf(await response)).toMatchObject({
        code: 504,
        message: 'Timeout: request did not complete within the allotted timeout',
      });
      expect(signal.aborted).toBe(true);
      signal = new AbortController().signal;
    }
    expect(delays).toEqual([60_000, 60_000, 5000, 60_000]);
    expect((await ask(server, '/api/v1/pods?timeout=soon', { inProcessUser: admin })).status).toBe(400);
  });

  test('a user with too many requests in flight gets 429, others and watches do not', async () => {
    const waiting: (() => void)[] = [];
    const wait = async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { status: 200 };
    };
    const handlers = { resources: wait, discovery: wait, openApi: wait };
    const share = { ofUser: 2, total: 10 };
    const server = await newTestServer({
      handlers,
      inFlightLimits: { renewals: share, others: share, watches: share },
    });
    const rules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
    const subjects = [{ kind: 'Group' as const, name: 'system:authenticated' }];
    await grant(server.storage, { name: 'all', rules, subjects });
    const as = (name: string) => ({ clientCertificate: certificate(name, []) });
    const running = ['jane', 'jane', 'bob'].map((name) => ask(server, '/api/v1/pods', as(name)));
    running.push(ask(server, '/api/v1/pods?watch=1', as('jane')));
    await expect.poll(() => waiting.length).toBe(4);
    const refused = await ask(server, '/api/v1/pods', as('jane'));
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(jsonOf(refused)).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
    for (const release of waiting) release();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const again = ask(server, '/api/v1/pods', as('jane'));
    await expect.poll(() => waiting.length).toBe(5);
    waiting[4]?.();
    expect((await again).status).toBe(200);
  });

  test('what a user leaves unread counts as long as it has become: indented, and compressed', async () => {
    const KIB = 1024;
    const body = `{"a":${'['.repeat(400)}${Array(4 * KIB).fill('0')}${']'.repeat(400)}}`;
    const answer = async () => ({ status: 200, headers: { 'content-type': 'application/json' }, body });
    const handlers = { resources: answer, discovery: answer, openApi: answer };
    const server = await newTestServer({ handlers, unreadLimit: { ofUser: 100 * KIB, total: 10_000 * KIB } });
    const rules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
    const subjects = [{ kind: 'Group' as const, name: 'system:authenticated' }];
    await grant(server.storage, { name: 'all', rules, subjects });
    const statuses = async (name: string, headers: Record<string, string>) => {
      const get = () => ask(server, '/api/v1/pods', { clientCertificate: certificate(name, []), headers });
      return [(await get()).status, (await get()).status];
    };
    expect(await statuses('plain', {})).toEqual([200, 200]);
    const accept = 'application/json;pretty=1';
    expect(await statuses('pretty', { accept })).toEqual([200, 429]);
    expect(await statuses('pressed', { accept, 'accept-encoding': 'gzip' })).toEqual([200, 200]);
  });

  test('while they are compressed answers count as long as they are', async () => {
    const body = 'a'.repeat(1 << 20);
    const answer = async () => ({ status: 200, body });
    const handlers = { resources: answer, discovery: answer, openApi: answer };
    const server = await newTestServer({ handlers, unreadLimit: { ofUser: body.length, total: 10 * body.length } });
    const rules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
    const subjects = [{ kind: 'Group' as const, name: 'system:authenticated' }];
    await grant(server.storage, { name: 'all', rules, subjects });
    const get = () =>
      ask(server, '/api/v1/pods', {
        clientCertificate: certificate('a', []),
        headers: { 'accept-encoding': 'gzip' },
      });
    const together = await Promise.all(Array.from({ length: 20 }, get));
    expect(new Set(together.map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect((await get()).status).toBe(200);
  });
});

describe('health, version, metrics', () => {
  test('readyz fails with its checks, livez does not have them all', async () => {
    const check = () => {
      throw new Error('disk full');
    };
    const server = await newTestServer({ healthChecks: [{ name: 'storage', check, endpoints: ['readyz'] }] });
    const get = async (path: string) => {
      const response = await ask(server, path, { inProcessUser: admin });
      return [response.status, textOf(response)];
    };
    expect(await get('/readyz')).toEqual([
      500,
      '[+]ping ok\n[-]storage failed: reason withheld\nreadyz check failed\n',
    ]);
    expect(await get('/readyz?exclude=storage')).toEqual([200, 'ok']);
    expect(await get('/readyz/ping')).toEqual([200, 'ok']);
    expect((await get('/readyz/nothing'))[0]).toBe(404);
    expect(await get('/readyz/storage')).toEqual([500, 'internal server error: storage failed: reason withheld\n']);
    expect(await get('/livez?verbose')).toEqual([200, '[+]ping ok\nlivez check passed\n']);
  });

  test('the version is the one of the API that is served', async () => {
    const response = await ask(await newTestServer(), '/version', { inProcessUser: admin });
    expect(jsonOf<object>(response)).toMatchObject({ major: '1', minor: '36', gitVersion: 'v1.36.0+pullet.0.0.0' });
  });

  test('requests are counted, and open watches until they end', async () => {
    const stream = async function* () {
      yield Buffer.from('{}');
    };
    const watch = async () => ({ status: 200, body: stream() });
    const server = await newTestServer({ handlers: { resources: watch, discovery: watch, openApi: watch } });
    const metrics = async () => textOf(await ask(server, '/metrics', { inProcessUser: admin }));
    const { body } = await ask(server, '/api/v1/pods?watch=1', { inProcessUser: admin });
    const labels = 'verb="WATCH",group="",version="v1",resource="pods",subresource="",scope="cluster"';
    expect(await metrics()).toContain(`apiserver_request_total{${labels},code="200"} 1`);
    expect(await metrics()).toContain(`apiserver_longrunning_requests{${labels}} 1`);
    await (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().return?.();
    expect(await metrics()).toContain(`apiserver_longrunning_requests{${labels}} 0`);
  });

  test('how long requests took is told together for all that are alike, and not of watches', async () => {
    const server = await newTestServer();
    const path = '/api/v1/namespaces/a/pods/b';
    for (let asked = 0; asked < 2; asked++) await ask(server, path, { inProcessUser: admin });
    await ask(server, '/api/v1/pods?watch=1', { inProcessUser: admin });
    const text = textOf(await ask(server, '/metrics', { inProcessUser: admin }));
    const labels = 'verb="GET",group="",version="v1",resource="pods",subresource="",scope="resource"';
    expect(text).toContain('# TYPE apiserver_request_duration_seconds histogram\n');
    expect(text).toContain(`apiserver_request_duration_seconds_bucket{le="60",${labels}} 2\n`);
    expect(text).toContain(`apiserver_request_duration_seconds_bucket{le="+Inf",${labels}} 2\n`);
    expect(text).toContain(`apiserver_request_duration_seconds_count{${labels}} 2\n`);
    expect(text).not.toMatch(/duration_seconds.*WATCH/);
  });

  test('resources that clients make up get no series', async () => {
    const server = await newTestServer();
    await ask(server, '/api/v1/inventions', { clientCertificate: certificate('jane', []) });
    expect(textOf(await ask(server, '/metrics', { inProcessUser: admin }))).not.toContain('inventions');
  });
});
