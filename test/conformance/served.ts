/** Both servers with the kinds that the comparison needs. */

import { setTimeout as delay } from 'node:timers/promises';
import { until } from './ask-until.ts';
import { crateDefinition } from './crate-definition.ts';
import type { Body } from './objects.ts';
import { type ConformanceServer, type ServerPair, startServerPair } from './servers.ts';
import { widgetDefinition } from './widget-definition.ts';

/** A definition, and the path below `/apis` of what it defines. */
export type Served = readonly [definition: Body, collection: string];

/** `more` are served besides. */
export async function startServedPair(more: readonly Served[] = []): Promise<ServerPair> {
  const pair = await startServerPair();
  try {
    await Promise.all([pair.embedded, pair.upstream].map((server) => serveKinds(server, [...own, ...more])));
    await untilDocumented(pair);
    return pair;
  } catch (error) {
    await pair.stop();
    throw error;
  }
}

const own: readonly Served[] = [
  [widgetDefinition, 'conformance.example.com/v1/namespaces/default/widgets'],
  [crateDefinition, 'nested.example.com/v1/namespaces/default/crates'],
];

const serveKinds = async (server: ConformanceServer, kinds: readonly Served[]): Promise<void> => {
  await Promise.all(kinds.map(([definition, path]) => serve(server, definition, path)));
};

/** Until both tell of these kinds, in discovery and OpenAPI, what they serve of them: upstream makes its documents a while later. */
async function untilDocumented(pair: ServerPair): Promise<void> {
  const servers = [pair.embedded, pair.upstream];
  await Promise.all(servers.flatMap((server) => own.map(([, collection]) => isDocumented(server, collection))));
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

async function isDocumented({ send }: ConformanceServer, collection: string): Promise<void> {
  const [group = '', version = ''] = collection.split('/');
  const plural = collection.split('/').at(-1) ?? '';
  const tells = async (path: string, text: string, accept = 'application/json'): Promise<boolean> =>
    (await send({ method: 'GET', path, headers: { accept } })).body.includes(text);
  await until(() => tells('/apis', `"${group}"`));
  await until(() => tells('/apis', `"resource":"${plural}"`, aggregated));
  await until(() => tells('/openapi/v3', `"apis/${group}/${version}"`));
  await until(() => tells(`/openapi/v3/apis/${group}/${version}`, `/namespaces/{namespace}/${plural}`));
  await until(() => tells('/openapi/v2', `/apis/${group}/${version}/`));
}

const servedMs = 60_000;

async function serve({ name, send }: ConformanceServer, definition: Body, path: string): Promise<void> {
  await send({
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(definition),
  });
  for (const endMs = Date.now() + servedMs; Date.now() < endMs; await delay(100))
    if ((await send({ method: 'DELETE', path: `/apis/${path}` })).status === 200) return;
  throw new Error(`${name} does not serve ${path}`);
}
