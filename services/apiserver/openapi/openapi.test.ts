import { describe, expect, test } from 'vitest';
import type { RequestContext, ServerResponse } from '../request.ts';
import { newCatalog } from '../types/catalog.ts';
import { established, newCronTabCrd } from '../types/crd-fixture.ts';
import { newOpenApiHandler } from './openapi.ts';
import { encodeOpenApiV2 } from './v2-protobuf.ts';

const catalog = newCatalog();
catalog.setCustomResourceDefinition(
  established(newCronTabCrd({ type: 'object', properties: { n: { type: 'integer', default: 1 } } })),
);
const handler = newOpenApiHandler(catalog);

function get(url: string, headers: Record<string, string> = {}): Promise<ServerResponse> {
  const { pathname, searchParams } = new URL(url, 'http://hub');
  const request = { method: 'GET', path: pathname, query: searchParams, headers };
  return handler({ request } as unknown as RequestContext);
}

type Json = Record<string, unknown>;

async function body(url: string): Promise<Json> {
  return JSON.parse(String((await get(url)).body)) as Json;
}

/** The value at a path of keys. */
const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((part, key) => (part as Json | undefined)?.[key], value);

async function urlOf(path: string): Promise<string> {
  return String(at(await body('/openapi/v3'), 'paths', path, 'serverRelativeURL'));
}

describe('OpenAPI v3', () => {
  test('has an index of the group versions with the hashes of their documents', async () => {
    const { paths } = (await body('/openapi/v3')) as { paths: Json };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/stable.example.com/v1']),
    );
    expect(await urlOf('apis/apps/v1')).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
  });

  test('may be cached for ever at its hash, and redirects from an old one', async () => {
    const url = await urlOf('apis/apps/v1');
    expect((await get(url)).headers?.['cache-control']).toContain('immutable');
    const old = await get('/openapi/v3/apis/apps/v1?hash=ABC');
    expect(old).toMatchObject({ status: 301, headers: { location: url } });
  });

  test('lets clients find fieldValidation and the patch types of a kind', async () => {
    const document = await body('/openapi/v3/apis/apps/v1');
    const patch = at(document, 'paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch');
    expect(patch).toMatchObject({
      operationId: 'patchAppsV1NamespacedDeployment',
      'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
    });
    expect(at(patch, 'parameters')).toContainEqual({
      in: 'query',
      name: 'fieldValidation',
      schema: { type: 'string', uniqueItems: true },
    });
    const types = Object.keys(at(patch, 'requestBody', 'content') as Json);
    expect(types).toContain('application/strategic-merge-patch+json');
  });

  test('has every schema that it refers to', async () => {
    for (const path of ['api/v1', 'apis/apps/v1', 'apis/apiextensions.k8s.io/v1', 'apis/stable.example.com/v1']) {
      const text = String((await get(`/openapi/v3/${path}`)).body);
      const schemas = at(JSON.parse(text), 'components', 'schemas') as Json;
      for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
        expect(schemas, name).toHaveProperty([name]);
      }
    }
  });

  test('wraps references, and publishes untyped values as upstream', async () => {
    const schemas = at(await body('/openapi/v3/apis/apps/v1'), 'components', 'schemas') as Json;
    expect(at(schemas, 'io.k8s.api.apps.v1.DeploymentSpec', 'properties', 'strategy')).toEqual({
      allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy' }],
      default: {},
      'x-kubernetes-patch-strategy': 'retainKeys',
    });
    expect(schemas['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toEqual({
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    });
    expect(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1']).toEqual({ type: 'object' });
  });

  test('publishes custom resources under the reversed name of their group', async () => {
    const document = await body('/openapi/v3/apis/stable.example.com/v1');
    const schema = at(document, 'components', 'schemas', 'com.example.stable.v1.CronTab');
    expect(at(schema, 'properties', 'spec', 'properties', 'n')).toEqual({ type: 'integer', default: 1 });
    expect(at(schema, 'x-kubernetes-group-version-kind')).toEqual([
      { group: 'stable.example.com', version: 'v1', kind: 'CronTab' },
    ]);
    const patch = at(document, 'paths', '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}', 'patch');
    const types = Object.keys(at(patch, 'requestBody', 'content') as Json);
    expect(types).not.toContain('application/strategic-merge-patch+json');
  });

  test('says which values a field may have, or its items', async () => {
    const schemas = at(await body('/openapi/v3/api/v1'), 'components', 'schemas');
    const container = at(schemas, 'io.k8s.api.core.v1.Container', 'properties', 'imagePullPolicy');
    expect(container).toEqual({ type: 'string', enum: ['Always', 'IfNotPresent', 'Never'] });
    const families = at(schemas, 'io.k8s.api.core.v1.ServiceSpec', 'properties', 'ipFamilies', 'items', 'enum');
    expect(families).toEqual(['', 'IPv4', 'IPv6']);
  });

  test('lists of a shared definition the group and version of the document, in v2 all', async () => {
    const name = 'io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent';
    const gvk = 'x-kubernetes-group-version-kind';
    const kind = 'WatchEvent';
    expect(at(await body('/openapi/v3/apis/apps/v1'), 'components', 'schemas', name, gvk)).toEqual([
      { group: '', version: 'v1', kind },
      { group: 'apps', version: 'v1', kind },
    ]);
    const all = at(await body('/openapi/v2'), 'definitions', name, gvk);
    expect(all).toContainEqual({ group: 'imagepolicy.k8s.io', version: 'v1alpha1', kind });
  });

  test('has a document for each group, for the version and for the keys of tokens', async () => {
    for (const path of ['api', 'apis', 'apis/apps', 'version', 'openid/v1/jwks', '.well-known/openid-configuration']) {
      expect(Object.keys(at(await body(`/openapi/v3/${path}`), 'paths') as Json)).toEqual([`/${path}/`]);
    }
    expect((await get('/openapi/v3/apis/stable.example.com')).status).toBe(404);
  });

  test('changes its hash with the CRD, and only that one', async () => {
    const mine = newCatalog();
    const answer = newOpenApiHandler(mine);
    const index = async (): Promise<Json> => {
      const request = { method: 'GET', path: '/openapi/v3', query: new URLSearchParams(), headers: {} };
      const { body: text } = await answer({ request } as unknown as RequestContext);
      return at(JSON.parse(String(text)), 'paths') as Json;
    };
    mine.setCustomResourceDefinition(established(newCronTabCrd()));
    const before = await index();
    mine.setCustomResourceDefinition(
      established(newCronTabCrd({ type: 'object', properties: { a: { type: 'string' } } })),
    );
    const after = await index();
    expect(after['apis/apps/v1']).toEqual(before['apis/apps/v1']);
    expect(after['apis/stable.example.com/v1']).not.toEqual(before['apis/stable.example.com/v1']);
  });
});

describe('OpenAPI v2', () => {
  test('says the same in the older language', async () => {
    const document = await body('/openapi/v2');
    expect(document['swagger']).toBe('2.0');
    expect(at(document, 'definitions', 'io.k8s.api.apps.v1.Deployment', 'properties', 'spec')).toEqual({
      $ref: '#/definitions/io.k8s.api.apps.v1.DeploymentSpec',
    });
    const put = at(document, 'paths', '/api/v1/namespaces/{namespace}/configmaps/{name}', 'put');
    expect(at(put, 'parameters')).toContainEqual({
      in: 'body',
      name: 'body',
      required: true,
      schema: { $ref: '#/definitions/io.k8s.api.core.v1.ConfigMap' },
    });
    expect(JSON.stringify(document)).not.toContain('#/components/schemas/');
  });

  test('shares parameters that many operations have', async () => {
    const document = await body('/openapi/v2');
    const item = at(document, 'paths', '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}');
    expect(at(item, 'parameters')).toContainEqual({ $ref: '#/parameters/pretty-tJGM1-ng' });
    expect(at(document, 'parameters', 'pretty-tJGM1-ng')).toMatchObject({ name: 'pretty', in: 'query' });
    const dryRun = { name: 'dryRun', in: 'query', type: 'string', uniqueItems: true };
    expect(at(item, 'patch', 'parameters')).toContainEqual(dryRun);
  });
});

describe('OpenAPI v2 in protobuf', () => {
  test('is what Go clients get when they ask for it', async () => {
    const response = await get('/openapi/v2', { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' });
    expect(response.headers?.['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    const bytes = Buffer.from(response.body as Uint8Array);
    expect(bytes.subarray(0, 5)).toEqual(Buffer.from('\x0a\x032.0'));
    expect(bytes.includes('com.example.stable.v1.CronTab')).toBe(true);
  });

  test('nests messages as the definition of the format says', () => {
    const document = {
      swagger: '2.0',
      definitions: { A: { type: 'object', maximum: 1, 'x-y': ['z'], items: { $ref: 'B' } } },
      paths: { P: { parameters: [{ $ref: 'C' }] } },
    };
    const schema = [
      ...[0xb2, 1, 8, 0x0a, 6, ...Buffer.from('object')],
      ...[0x39, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f],
      ...[0xfa, 1, 14, 0x0a, 3, ...Buffer.from('x-y'), 0x12, 7, 0x12, 5, ...Buffer.from('["z"]')],
      ...[0xba, 1, 5, 0x0a, 3, 0x0a, 1, 0x42],
    ];
    const pair = [0x0a, 1, 0x41, 0x12, schema.length, ...schema];
    const definitions = [0x0a, pair.length, ...pair];
    const path = [0x0a, 1, 0x50, 0x12, 7, 0x4a, 5, 0x12, 3, 0x0a, 1, 0x43];
    const paths = [0x42, path.length + 2, 0x12, path.length, ...path];
    const expected = [0x0a, 3, ...Buffer.from('2.0'), 0x4a, definitions.length, ...definitions, ...paths];
    expect([...encodeOpenApiV2(document)]).toEqual(expected);
  });
});

test.each([
  ['/openapi/v3/apis/nothing/v1', {}, 404],
  ['/openapi/v4', {}, 404],
  ['/openapi/v2', { accept: 'text/html' }, 406],
  ['/openapi/v3/api/v1', { accept: 'text/html' }, 406],
])('%s with %o answers %d', async (url, headers, status) => {
  expect((await get(url, headers)).status).toBe(status);
});
