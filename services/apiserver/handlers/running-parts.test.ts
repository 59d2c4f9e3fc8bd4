import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, newFixture } from './request-fixture.ts';

/** What leads to things that run. */

let server: Fixture;
const namespace = 'default';
const containers = [{ name: 'c', image: 'i' }];
const make = (resource: string, name: string, spec: object = {}) =>
  server.send({
    verb: 'create',
    resource,
    namespace: ['namespaces', 'nodes'].includes(resource) ? '' : namespace,
    body: { metadata: { name }, spec },
  });

beforeEach(async () => {
  server = newFixture();
  await make('namespaces', namespace);
  await make('nodes', 'n');
  await make('pods', 'waiting', { containers });
  await make('pods', 'two', { containers: [...containers, { name: 'd', image: 'i' }] });
  await make('pods', 'placed', { containers, nodeName: 'n' });
  await make('services', 's', { ports: [{ port: 80 }] });
});
afterEach(() => server.stop());

const ask = (resource: string, subresource: string, name: string, query: Record<string, string> = {}) =>
  server.send({ verb: 'get', resource, subresource, namespace: resource === 'nodes' ? '' : namespace, name, query });

test.each<[string, string, string, number, string]>([
  ['pods', 'log', 'missing', 404, 'pods "missing" not found'],
  ['pods', 'exec', 'missing', 404, 'pods "missing" not found'],
  ['pods', 'exec', '..', 400, 'Name parameter invalid: "..": may not be \'..\''],
  ['pods', 'exec', 'waiting', 400, 'pod waiting does not have a host assigned'],
  ['pods', 'log', 'two', 400, 'a container name must be specified for pod two, choose one of: [c d]'],
  ['pods', 'attach', 'placed', 500, 'no preferred addresses found; known addresses: []'],
  ['pods', 'proxy', 'waiting', 400, 'address not allowed'],
  ['pods', 'proxy', 'ftp:waiting:80', 400, 'invalid pod request "ftp:waiting:80"'],
  ['services', 'proxy', 's:81', 503, 'no service port 81 found for service "s"'],
  ['services', 'proxy', 'http:s:80', 404, 'services "s" not found'],
  ['nodes', 'proxy', 'missing:10250', 404, 'nodes "missing" not found'],
])('%s/%s of %s is %i', async (resource, subresource, name, code, message) => {
  expect(await ask(resource, subresource, name)).toMatchObject({ code, body: { message } });
});

test('a pod that no node has taken has said nothing', async () => {
  expect(await ask('pods', 'log', 'waiting')).toMatchObject({ code: 204, text: '' });
});

test('who would be connected is told that nothing runs here', async () => {
  const body = { status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] } };
  const contentType = 'application/merge-patch+json';
  await server.send({ verb: 'patch', resource: 'nodes', subresource: 'status', name: 'n', contentType, body });
  const { code, body: told } = await ask('pods', 'exec', 'placed');
  expect([code, told.message]).toEqual([503, expect.stringContaining('pod placed is not reached from here')]);
});

test('logs are asked for with numbers that make sense', async () => {
  expect(await ask('pods', 'log', 'waiting', { tailLines: 'x' })).toMatchObject({ code: 400 });
  expect(await ask('pods', 'log', 'waiting', { tailLines: '-1' })).toMatchObject({ code: 422 });
});
