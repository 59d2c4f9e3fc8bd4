import { describe, expect, test } from 'vitest';
import type { RequestContext, ServerResponse } from '../request.ts';
import { newCatalog } from '../types/catalog.ts';
import { established, newCronTabCrd } from '../types/crd-fixture.ts';
import { newDiscoveryHandler } from './discovery.ts';

const catalog = newCatalog();
catalog.setCustomResourceDefinition(established(newCronTabCrd()));
const handler = newDiscoveryHandler(catalog);

const aggregated = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<ServerResponse> {
  const request = { method, path, query: new URLSearchParams(), headers: { host: 'hub:6443', ...headers } };
  return handler({ request, info: { isResource: false }, warnings: [] } as unknown as RequestContext);
}

async function body(path: string, accept = 'application/json'): Promise<Record<string, unknown>> {
  return JSON.parse(String((await get(path, { accept })).body)) as Record<string, unknown>;
}

interface Resource {
  name: string;
  kind: string;
}

const resourcesOf = async (path: string): Promise<Resource[]> => (await body(path))['resources'] as Resource[];

describe('what else is asked', () => {
  test.each(['/api', '/api/v1', '/apis/apps/v1'])('%s is for GET alone', async (path) => {
    await expect(get(path, {}, 'HEAD')).rejects.toMatchObject({ code: 405 });
  });

  test.each(['/apis', '/apis/apps', '/apis/stable.example.com/v1'])('%s does not look at the method', async (path) => {
    expect((await get(path, {}, 'HEAD')).status).toBe(200);
  });

  test('a body of an unknown type is refused', async () => {
    await expect(get('/api/v1', { 'content-type': 'text/plain' })).rejects.toMatchObject({ code: 415 });
  });
});

describe('legacy discovery', () => {
  test('names the core versions and the address', async () => {
    expect(await body('/api')).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: 'hub:6443' }],
    });
  });

  test('lists groups in the order of their priority, those of CRDs last', async () => {
    const { groups } = (await body('/apis')) as { groups: { name: string; preferredVersion: object }[] };
    const names = groups.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['apiregistration.k8s.io', 'apps', 'events.k8s.io']);
    expect(names.at(-1)).toBe('stable.example.com');
    const autoscaling = groups.find(({ name }) => name === 'autoscaling');
    expect(autoscaling?.preferredVersion).toEqual({ groupVersion: 'autoscaling/v2', version: 'v2' });
  });

  test('describes a group', async () => {
    expect(await body('/apis/apps')).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'apps',
      versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
      preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
    });
  });

  test('lists resources with their subresources', async () => {
    const scale = (await resourcesOf('/apis/apps/v1')).find(({ name }) => name === 'deployments/scale');
    expect(scale).toEqual({
      name: 'deployments/scale',
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    });
    expect(await resourcesOf('/apis/stable.example.com/v1')).toMatchObject([
      { name: 'crontabs', kind: 'CronTab', shortNames: ['ct'] },
      { name: 'crontabs/status', kind: 'CronTab' },
    ]);
  });

  test.each(['/apis/nothing', '/apis/nothing/v1', '/apis/stable.example.com/v9'])('%s is no page', async (path) => {
    const headers = { 'x-content-type-options': 'nosniff' };
    expect(await get(path)).toMatchObject({ status: 404, headers, body: '404 page not found\n' });
  });

  test.each(['/apis/apps/v9', '/api/v2'])('%s is not there', async (path) => {
    await expect(get(path)).rejects.toThrow('the server could not find the requested resource');
  });
});

describe('aggregated discovery', () => {
  test('answers v2 also to who would rather have an older version', async () => {
    const response = await get('/apis', { accept: `${aggregated('v2beta1')},${aggregated('v2')},application/json` });
    expect(response.headers?.['content-type']).toBe(aggregated('v2'));
    const document = JSON.parse(String(response.body)) as object;
    expect(document).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
  });

  test('comes as YAML and protobuf too', async () => {
    const form = 'g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const yaml = await get('/apis', { accept: `application/yaml;${form}` });
    expect(yaml.headers?.['content-type']).toBe(`application/yaml;${form}`);
    expect(String(yaml.body)).toMatch(/^apiVersion: apidiscovery.k8s.io\/v2\n/);
    const protobuf = await get('/api', { accept: `application/vnd.kubernetes.protobuf;${form}` });
    expect(protobuf.headers?.['etag']).toMatch(/^"[0-9A-F]{128}"$/);
    expect(Buffer.from(protobuf.body as Uint8Array).includes('APIGroupDiscoveryList')).toBe(true);
  });

  test('is not there in a version that is no longer served', async () => {
    await expect(get('/apis', { accept: aggregated('v2beta1') })).rejects.toThrow('only the following media types');
  });

  test('has core at /api, nameless, and the rest at /apis', async () => {
    const core = await body('/api', aggregated('v2'));
    expect(core['items']).toMatchObject([{ metadata: {}, versions: [{ version: 'v1', freshness: 'Current' }] }]);
    const { items } = (await body('/apis', aggregated('v2'))) as { items: { metadata: { name: string } }[] };
    expect(items.map(({ metadata }) => metadata.name)).not.toContain('');
    expect(items.at(-1)).toMatchObject({
      versions: [
        {
          resources: [
            { resource: 'crontabs', responseKind: { group: 'stable.example.com', version: 'v1', kind: 'CronTab' } },
          ],
        },
      ],
    });
  });

  test('answers 304 to a client that has it, until the catalog changes', async () => {
    const mine = newCatalog();
    const answer = newDiscoveryHandler(mine);
    const ask = (etag = ''): Promise<ServerResponse> => {
      const headers = { accept: aggregated('v2'), 'if-none-match': etag };
      const request = { method: 'GET', path: '/apis', query: new URLSearchParams(), headers };
      return answer({ request } as unknown as RequestContext);
    };
    const etag = (await ask()).headers?.['etag'];
    expect((await ask(etag)).status).toBe(304);
    mine.setCustomResourceDefinition(established(newCronTabCrd()));
    const changed = await ask(etag);
    expect(changed.status).toBe(200);
    expect(changed.headers?.['etag']).not.toBe(etag);
  });
});

test('what cannot be answered is refused', async () => {
  await expect(get('/apis', { accept: 'text/html' })).rejects.toThrow('only the following media types');
});
