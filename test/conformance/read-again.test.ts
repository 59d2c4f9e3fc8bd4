import { expect, test } from 'vitest';
import { play } from './play.ts';
import { isDocument } from './read-again.ts';
import type { ConformanceServer } from './servers.ts';

const headers = { 'content-type': ['application/json'] };

/** Says a former document, or list, to the first who ask. */
function newServer(former: number): ConformanceServer {
  let asked = 0;
  const send = async ({ method }: { method: string }) => {
    const groups = method === 'GET' && asked++ < former ? [] : ['example.com'];
    return { status: 200, headers, body: JSON.stringify({ groups }) };
  };
  return { send } as unknown as ConformanceServer;
}

test.each([
  ['/apis', {}, undefined],
  ['/api/v1/configmaps', { watch: 1, timeoutSeconds: 1 }, undefined],
  ['/api/v1/configmaps', { timeoutSeconds: 5 }, 0],
  ['/api/v1/configmaps', {}, 0],
])(
  'only a document, and a watch of a second, is asked for again until both say the same: %s %j',
  async (path, query, mismatch) => {
    const pair = { embedded: newServer(0), upstream: newServer(6), stop: async () => {} };
    const found = await play(pair, [{ method: 'GET', path, query }], { sequences: 0, requests: 0 });
    expect(found?.step).toBe(mismatch);
  },
);

test.each([
  ['/api', true],
  ['/api/v1', true],
  ['/apis', true],
  ['/apis/', true],
  ['/apis/apps', true],
  ['/apis/apps/v1', true],
  ['/openapi/v2', true],
  ['/openapi/v3/apis/apps/v1', true],
  ['/apis/apps/v1/deployments', false],
  ['/api/v1/nodes', false],
  ['/version', false],
])('%s is a document: %j', (path, is) => {
  expect(isDocument({ method: 'GET', path })).toBe(is);
  expect(isDocument({ method: 'POST', path })).toBe(false);
});
