import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { askJson, until } from './ask-until.ts';
import type { ConformanceServer } from './servers.ts';
import type { Memory } from './step.ts';

/** The kinds of which the sequences for the collector are made; it learns of each by a watch of its own. */
export const collectedKinds = ['configmaps', 'secrets'] as const;

/** Whatever the collector had to do when asked is done: it has collected something that came later, and nothing changes any more. */
export async function settleCollector(server: ConformanceServer, memory: Memory): Promise<void> {
  await Promise.all(collectedKinds.map((kind) => collectsAgain(server, kind)));
  let [before, still] = ['', 0];
  await until(async () => {
    const now = await stateOf(server, memory.fill('<<namespace>>'));
    still = now === before ? still + 1 : 0;
    before = now;
    await delay(everyMs);
    return still >= 3;
  });
}

const everyMs = 100;
const path = (namespace: string, kind: string): string => `/api/v1/namespaces/${namespace}/${kind}`;

/** An owner of a kind and a dependent of the other go. */
async function collectsAgain(server: ConformanceServer, owners: (typeof collectedKinds)[number]): Promise<void> {
  const name = `mark-${randomUUID()}`;
  const dependents = path('default', owners === 'secrets' ? 'configmaps' : 'secrets');
  const { body } = await askJson(server, 'POST', path('default', owners), { metadata: { name } });
  const { kind, apiVersion, metadata } = body as Unstructured;
  const ownerReferences = [{ kind, apiVersion, name, uid: metadata.uid }];
  await askJson(server, 'POST', dependents, { metadata: { name, ownerReferences } });
  await askJson(server, 'DELETE', `${path('default', owners)}/${name}`);
  await until(async () => (await askJson(server, 'GET', `${dependents}/${name}`)).status === 404);
}

async function stateOf(server: ConformanceServer, namespace: string): Promise<string> {
  const lists = await Promise.all(collectedKinds.map((kind) => askJson(server, 'GET', path(namespace, kind))));
  return JSON.stringify(lists.map(({ body }) => (body as { items: unknown[] }).items));
}
