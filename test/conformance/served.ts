/** Both servers with the kinds that the comparison needs. */

import { setTimeout as delay } from 'node:timers/promises';

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

const tries = 100;

async function serve({ name, send }: ConformanceServer, definition: Body, path: string): Promise<void> {
  await send({
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(definition),
  });
  for (let attempt = 1; attempt <= tries; attempt++) {
    if ((await send({ method: 'DELETE', path: `/apis/${path}` })).status === 200) return;
    await delay(100);
  }
  throw new Error(`${name} does not serve ${path}`);
}
