import { describe, expect, test } from 'vitest';
import { newFakeClock } from '../controller/fake-clock.ts';
import { discover } from './discovery.ts';
import { type FakeAnswer, newFakeTransport } from './fake-transport.ts';
import { newKubeClient } from './kube-client.ts';
import { newRestMapper } from './rest-mapper.ts';

const podResource = {
  resource: 'pods',
  responseKind: { group: '', version: 'v1', kind: 'Pod' },
  scope: 'Namespaced',
  singularResource: 'pod',
  verbs: ['get', 'list'],
  shortNames: ['po'],
  subresources: [{ subresource: 'status' }, { subresource: 'log' }],
};

const aggregated: Record<string, object> = {
  '/api': {
    kind: 'APIGroupDiscoveryList',
    items: [{ versions: [{ version: 'v1', freshness: 'Current', resources: [podResource] }] }],
  },
  '/apis': {
    kind: 'APIGroupDiscoveryList',
    items: [
      { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', freshness: 'Stale' }] },
      {
        metadata: { name: 'apps' },
        versions: [
          {
            version: 'v1',
            resources: [{ resource: 'deployments', responseKind: { kind: 'Deployment' }, scope: 'Namespaced' }],
          },
        ],
      },
    ],
  },
};

const legacy: Record<string, object> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    kind: 'APIGroupList',
    groups: [
      { name: 'apps', versions: [{ version: 'v1beta1' }, { version: 'v1' }], preferredVersion: { version: 'v1' } },
      { name: 'metrics.k8s.io', versions: [{ version: 'v1beta1' }] },
    ],
  },
  '/api/v1': {
    resources: [
      { name: 'pods', singularName: 'pod', kind: 'Pod', namespaced: true, verbs: ['get', 'list'], shortNames: ['po'] },
      { name: 'pods/status', kind: 'Pod', namespaced: true, verbs: ['get'] },
      { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
    ],
  },
  '/apis/apps/v1': { resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true }] },
  '/apis/apps/v1beta1': { resources: [] },
};

function clientFor(documents: Record<string, object | string>) {
  const transport = newFakeTransport(({ path }): FakeAnswer => {
    const body = documents[path];
    return body ? { body } : { status: 503, body: 'away' };
  });
  return { client: newKubeClient({ transport }), transport };
}

const pods = {
  name: 'pods',
  singularName: 'pod',
  kind: 'Pod',
  namespaced: true,
  verbs: ['get', 'list'],
  shortNames: ['po'],
  categories: [],
  subresources: ['status', 'log'],
};

describe('discovery', () => {
  test.each([
    ['aggregated', aggregated, ['v1', 'v1']],
    ['legacy', legacy, ['v1', 'v1', 'v1beta1']],
  ])('reads the %s form, and says what could not be listed', async (_, documents, versions) => {
    const apis = await discover(clientFor(documents).client);
    expect(apis.groupVersions[0]).toEqual({ group: '', version: 'v1', resources: [pods] });
    expect(apis.groupVersions.map(({ version }) => version)).toEqual(versions);
    expect(apis.unavailable).toEqual(['metrics.k8s.io/v1beta1']);
  });

  const noServer = [{}, { status: 'ok' }, [], 'ok', 1, null].map((said) => JSON.stringify(said));

  test.each(noServer)('%s says nothing of what is served, and not that nothing is', async (said) => {
    const documents: Record<string, object | string> = { ...aggregated };
    const mapper = newRestMapper(clientFor(documents).client);
    await mapper.reload();
    documents['/apis'] = said;
    await expect(mapper.reload()).rejects.toThrow(/is this a Kubernetes API server/);
    expect(mapper.known('apps/v1', 'Deployment')).toBeDefined();
  });

  test.each(noServer)('a group version of which %s is told can not be listed', async (said) => {
    const apis = await discover(clientFor({ ...legacy, '/apis/apps/v1': said }).client);
    expect(apis.unavailable).toEqual(['apps/v1', 'metrics.k8s.io/v1beta1']);
  });
});

describe('the mapper', () => {
  test('knows the resource of a kind', async () => {
    const mapper = newRestMapper(clientFor(aggregated).client);
    const deployments = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true };
    expect(await mapper.resourceFor('apps/v1', 'Deployment')).toEqual(deployments);
    expect(mapper.known('v1', 'Pod')?.resource).toBe('pods');
  });

  test('knows the resource of a kind in whatever version, the preferred one first, and which versions of a group are not known', async () => {
    const things = { resource: 'things', responseKind: { kind: 'Thing' }, scope: 'Cluster' };
    const versions = ['v2', 'v1'].map((version) => ({ version, resources: [things] }));
    const stale = { version: 'v1', freshness: 'Stale' };
    const items = [
      { metadata: { name: 'example.com' }, versions },
      { metadata: { name: 'away.example' }, versions: [stale] },
    ];
    const apis = { kind: 'APIGroupDiscoveryList', items };
    const mapper = newRestMapper(clientFor({ ...aggregated, '/apis': apis }).client);
    await mapper.reload();
    expect(mapper.inGroup('example.com', 'Thing').type).toMatchObject({ version: 'v2', resource: 'things' });
    expect(mapper.inGroup('example.com', 'Widget')).toEqual({});
    expect(mapper.inGroup('away.example', 'Thing')).toEqual({ unavailable: 'away.example/v1' });
  });

  test('looks again for a kind that it does not know, but not all the time', async () => {
    const clock = newFakeClock();
    const documents = { ...aggregated };
    const { client, transport } = clientFor(documents);
    const mapper = newRestMapper(client, clock);
    expect(await mapper.resourceFor('example.com/v1', 'Widget')).toBeUndefined();
    const widgets = { resource: 'widgets', responseKind: { kind: 'Widget' }, scope: 'Cluster' };
    documents['/apis'] = {
      kind: 'APIGroupDiscoveryList',
      items: [{ metadata: { name: 'example.com' }, versions: [{ version: 'v1', resources: [widgets] }] }],
    };
    expect(await mapper.resourceFor('example.com/v1', 'Widget')).toBeUndefined();
    expect(transport.requests).toHaveLength(2);
    await clock.advance(5000);
    expect((await mapper.resourceFor('example.com/v1', 'Widget'))?.namespaced).toBe(false);
    expect(transport.requests).toHaveLength(4);
  });

  test('looks now and then whether a kind that it knows is still served, for which nobody waits', async () => {
    const clock = newFakeClock();
    const documents = { ...aggregated };
    const { client, transport } = clientFor(documents);
    const mapper = newRestMapper(client, clock);
    const look = (): ReturnType<typeof mapper.resourceFor> => mapper.resourceFor('apps/v1', 'Deployment');
    expect(await look()).toBeDefined();
    delete documents['/apis'];
    await clock.advance(60_000);
    expect([await look(), await look()]).not.toContain(undefined);
    await clock.advance(1000);
    expect(await look(), 'the server is away').toBeDefined();
    expect(transport.requests, 'it is not asked all the time').toHaveLength(4);
    documents['/apis'] = { kind: 'APIGroupDiscoveryList', items: [] };
    await clock.advance(60_000);
    await look();
    await clock.advance(0);
    expect(await look()).toBeUndefined();
  });

  test('keeps what it knows of a group whose server is away', async () => {
    const documents = { ...aggregated };
    const mapper = newRestMapper(clientFor(documents).client);
    await mapper.reload();
    documents['/apis'] = {
      kind: 'APIGroupDiscoveryList',
      items: [{ metadata: { name: 'apps' }, versions: [{ version: 'v1', freshness: 'Stale' }] }],
    };
    await mapper.reload();
    expect(mapper.known('apps/v1', 'Deployment')?.resource).toBe('deployments');
  });

  test.each<[string, FakeAnswer, unknown]>([
    [
      'as it has found out',
      { body: { status: { conditions: [{ type: 'Available', status: 'False', message: 'nobody listens' }] } } },
      'nobody listens',
    ],
    [
      'as it answers, where it does not let everybody see',
      { status: 403 },
      expect.stringContaining('service unavailable'),
    ],
    ['as it answers, where it has found out nothing', { body: {} }, expect.stringContaining('service unavailable')],
  ])('says why a group is away, %s, and asks once for all who want to know', async (_name, answer, expected) => {
    const transport = newFakeTransport(({ path }): FakeAnswer => {
      if (path.includes('/apiservices/')) return answer;
      const body = aggregated[path];
      return body ? { body } : { status: 503, body: 'service unavailable' };
    });
    const mapper = newRestMapper(newKubeClient({ transport }), newFakeClock());
    await mapper.reload();
    expect(await mapper.whyUnavailable('metrics.k8s.io/v1beta1')).toEqual(expected);
    const asked = transport.requests.length;
    expect(transport.requests.map(({ path }) => path)).toContain(
      '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io',
    );
    expect(await mapper.whyUnavailable('metrics.k8s.io/v1beta1')).toEqual(expected);
    expect(transport.requests).toHaveLength(asked);
    expect(await mapper.whyUnavailable('example.com/v1')).toBeUndefined();
  });

  test('costs a server next to nothing as long as nothing has changed, and says when there is a new kind', async () => {
    let apis: object = aggregated['/apis'] ?? {};
    const bodies: string[] = [];
    const transport = newFakeTransport(({ path, headers }): FakeAnswer => {
      const body = path === '/apis' ? apis : aggregated[path];
      const etag = JSON.stringify(body).length.toString();
      const answer = headers?.['if-none-match'] === etag ? { status: 304 } : { body: body ?? {} };
      bodies.push(`${path} ${answer.status ?? 200}`);
      return { ...answer, headers: { etag } };
    });
    const mapper = newRestMapper(newKubeClient({ transport }));
    let news = 0;
    mapper.onNewKind(() => {
      news += 1;
    });
    const first = await mapper.reload();
    expect(await mapper.reload()).toBe(first);
    expect([bodies.splice(0), news]).toEqual([['/api 200', '/apis 200', '/api 304', '/apis 304'], 1]);
    const widgets = { resource: 'widgets', responseKind: { kind: 'Widget' }, scope: 'Cluster' };
    const group = { metadata: { name: 'example.com' }, versions: [{ version: 'v1', resources: [widgets] }] };
    apis = { kind: 'APIGroupDiscoveryList', items: [group] };
    const changed = await mapper.reload();
    expect(changed.groupVersions.map((each) => each.group)).toEqual(['', 'example.com']);
    expect([bodies, news]).toEqual([['/api 304', '/apis 200'], 2]);
  });
});
