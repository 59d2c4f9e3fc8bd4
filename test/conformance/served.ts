/** Both servers with the kinds that the comparison needs. */

import { setTimeout as delay } from 'node:timers/promises';

import { type ConformanceServer, type ServerPair, startServerPair } from './servers.ts';
import { widgetDefinition } from './widget-definition.ts';

export async function startServedPair(): Promise<ServerPair> {
  const pair = await startServerPair();
  try {
    await Promise.all([serveWidgets(pair.embedded), serveWidgets(pair.upstream)]);
    return pair;
  } catch (error) {
    await pair.stop();
    throw error;
  }
}

const triesOfWidgets = 100;

async function serveWidgets({ name, send }: ConformanceServer): Promise<void> {
  await send({
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(widgetDefinition),
  });
  for (let attempt = 1; attempt <= triesOfWidgets; attempt++) {
    const probe = { method: 'DELETE', path: '/apis/conformance.example.com/v1/namespaces/default/widgets' };
    if ((await send(probe)).status === 200) return;
    await delay(100);
  }
  throw new Error(`${name} does not serve widgets`);
}
