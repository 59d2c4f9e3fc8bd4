import { describe, expect, test } from 'vitest';
import { newForbidden } from '../../../shared/apis/meta/status-error.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import { noteObject, type RequestContext, type ServerRequest } from '../request.ts';
import { NOW, newRequest, newTestServer } from '../server-fixture.ts';
import type { AuditEvent } from './audit-event.ts';

const admin: UserInfo = { name: 'admin', groups: ['system:masters'] };

async function audited(requests: ServerRequest[], overrides: Parameters<typeof newTestServer>[0] = {}) {
  const events: AuditEvent[] = [];
  const { server } = await newTestServer({ audit: (event) => void events.push(event), ...overrides });
  const responses = [];
  for (const request of requests) responses.push(await server.handle(request));
  return { events, responses };
}

describe('an audit event', () => {
  test("is upstream's Event at level Metadata", async () => {
    const request = newRequest('GET', '/apis/apps/v1/namespaces/shop/deployments/web/status?pretty=true', {
      inProcessUser: admin,
      remoteAddress: '10.0.0.7',
      userAgent: 'kubectl/v1.36.0',
      headers: { 'audit-id': 'my-id' },
    });
    const { events } = await audited([request]);
    const time = new Date(NOW).toISOString().replace('Z', '000Z');
    expect(events).toEqual([
      {
        kind: 'Event',
        apiVersion: 'audit.k8s.io/v1',
        level: 'Metadata',
        auditID: 'my-id',
        stage: 'ResponseComplete',
        requestURI: '/apis/apps/v1/namespaces/shop/deployments/web/status?pretty=true',
        verb: 'get',
        user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
        sourceIPs: ['10.0.0.7'],
        userAgent: 'kubectl/v1.36.0',
        objectRef: {
          resource: 'deployments',
          namespace: 'shop',
          name: 'web',
          apiGroup: 'apps',
          apiVersion: 'v1',
          subresource: 'status',
        },
        responseStatus: { metadata: {}, code: 200 },
        requestReceivedTimestamp: time,
        stageTimestamp: time,
        annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
      },
    ]);
  });

  test('says who really asked and as whom', async () => {
    const headers = { 'impersonate-user': 'jane' };
    const { events } = await audited([newRequest('GET', '/version', { inProcessUser: admin, headers })]);
    expect(events[0]).toMatchObject({
      user: { username: 'admin' },
      impersonatedUser: { username: 'jane', groups: ['system:authenticated'] },
      authenticationMetadata: { impersonationConstraint: 'impersonate:user-info' },
      responseStatus: { code: 403 },
    });
  });

  test('is also made of who is refused: unauthenticated, forbidden, and by a handler', async () => {
    const bad = newRequest('GET', '/version', { headers: { authorization: 'Bearer abcdef.0123456789abcdef' } });
    const forbidden = newRequest('GET', '/api/v1/secrets');
    const refuse = () => Promise.reject(newForbidden({ resource: 'pods', name: 'x' }, 'the secret is hunter2'));
    const handlers = { resources: refuse, discovery: refuse, openApi: refuse };
    const own = newRequest('POST', '/api/v1/namespaces/a/pods', { inProcessUser: admin, userAgent: 'curl/8.5.0' });
    const { events } = await audited([bad, forbidden, own], { handlers });
    expect(events.map(({ user, responseStatus }) => [user.username, responseStatus])).toEqual([
      [undefined, { metadata: {}, status: 'Failure', reason: 'Unauthorized', code: 401 }],
      ['system:anonymous', { metadata: {}, status: 'Failure', reason: 'Forbidden', code: 403 }],
      ['admin', { metadata: {}, status: 'Failure', reason: 'Forbidden', code: 403 }],
    ]);
    expect(events.map(({ annotations }) => annotations?.['authorization.k8s.io/decision'])).toEqual([
      undefined,
      'forbid',
      'allow',
    ]);
    expect(JSON.stringify(events)).not.toMatch(/hunter2|0123456789abcdef/);
  });

  test('names the object that was sent, and says nothing else of it', async () => {
    const store = async (context: RequestContext) => {
      noteObject(context.audit, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'keys', namespace: 'other', uid: 'u-1', labels: { hunter2: 'hunter2' } },
        data: { password: 'hunter2' },
      });
      return { status: 201, body: '' };
    };
    const handlers = { resources: store, discovery: store, openApi: store };
    const request = newRequest('POST', '/api/v1/namespaces/shop/secrets', { inProcessUser: admin });
    const { events } = await audited([request], { handlers });
    expect(events[0]?.objectRef).toEqual({
      resource: 'secrets',
      namespace: 'shop',
      name: 'keys',
      uid: 'u-1',
      apiVersion: 'v1',
    });
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });

  test('shows of a text that names the object no more than a name can have', async () => {
    const long = 'x'.repeat(2_000_000);
    const store = async (context: RequestContext) => {
      const metadata = { name: long, namespace: long, uid: long, resourceVersion: long };
      noteObject(context.audit, { apiVersion: 'v1', kind: 'Secret', metadata });
      return { status: 422, body: '' };
    };
    const handlers = { resources: store, discovery: store, openApi: store };
    const request = newRequest('POST', '/api/v1/secrets', { inProcessUser: admin });
    const { events } = await audited([request], { handlers });
    expect(events[0]?.objectRef?.name).toBe(`${'x'.repeat(2000)}…`);
    expect(JSON.stringify(events[0]).length).toBeLessThan(10_000);
  });

  test('of a watch is made when it opens and when it ends', async () => {
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{}');
    }
    const watch = async () => ({ status: 200, body: stream() });
    const handlers = { resources: watch, discovery: watch, openApi: watch };
    const request = newRequest('GET', '/api/v1/pods?watch=1', { inProcessUser: admin });
    const { events, responses } = await audited([request], { handlers });
    expect(events.map(({ stage, verb }) => [stage, verb])).toEqual([['ResponseStarted', 'watch']]);
    const body = responses[0]?.body;
    if (typeof body !== 'object' || body instanceof Uint8Array) throw new Error('no stream');
    for await (const _ of body);
    expect(events.map(({ stage }) => stage)).toEqual(['ResponseStarted', 'ResponseComplete']);
  });
});

describe('the URI in an audit event', () => {
  const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';

  test.each([
    ['keeps what clients of Kubernetes ask with', '?limit=5&labelSelector=a%3Db', '?limit=5&labelSelector=a%3Db'],
    ['hides what nobody knows', '?access_token=hunter2&limit=5', '?redacted&limit=5'],
    ['hides a name that is a secret', '?abcdef.0123456789abcdef', '?redacted'],
    ['hides a web token as a value', `?fieldManager=${TOKEN}`, '?fieldManager=redacted'],
    ['hides a bootstrap token as a value', '?labelSelector=abcdef.0123456789abcdef', '?labelSelector=redacted'],
    ['hides a web token in the path', `/${TOKEN}`, '/redacted'],
    ['keeps what only looks like the begin of one', `/${'eyJ'.repeat(100_000)}`, `/${'eyJ'.repeat(100_000)}`],
    ['hides one that would begin at many places', `/x.${'eyJ'.repeat(100_000)}`, '/redacted'],
  ])('%s', async (_what, asked, told) => {
    const { events } = await audited([newRequest('GET', `/api/v1/pods${asked}`, { inProcessUser: admin })]);
    expect(events[0]?.requestURI).toBe(`/api/v1/pods${told}`);
    expect(JSON.stringify(events)).not.toMatch(/hunter2|0123456789abcdef|c2lnbmF0dXJl/);
  });
});
