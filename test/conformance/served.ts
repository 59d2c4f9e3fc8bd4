/** Both servers with the kinds that the comparison needs. */

import { setTimeout as delay } from 'node:timers/promises';

import type { Body } from './objects.ts';
import { rulingDefinition } from './ruled-values.ts';
import { type ConformanceServer, type ServerPair, startServerPair } from './servers.ts';
import { widgetDefinition } from './widget-definition.ts';

export async function startServedPair(): Promise<ServerPair> {
  const pair = await startServerPair();
  try {
    const definitions = [widgetDefinition, rulingDefinition];
    await Promise.all(definitions.flatMap((one) => [serve(one, pair.embedded), serve(one, pair.upstream)]));
    return pair;
  } catch (error) {
    await pair.stop();
    throw error;
  }
}

const MAX_TRIES = 100;

async function serve(definition: Body, { name, send }: ConformanceServer): Promise<void> {
  const { plural } = (definition['spec'] as { names: { plural: string } }).names;
  await send({
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(definition),
  });
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const probe = { method: 'DELETE', path: `/apis/conformance.example.com/v1/namespaces/default/${plural}` };
    if ((await send(probe)).status === 200) return;
    await delay(100);
  }
  throw new Error(`${name} does not serve ${plural}`);
}
