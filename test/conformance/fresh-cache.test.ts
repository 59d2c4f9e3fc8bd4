import { expect, test } from 'vitest';
import { collectionIn, isFromCache } from './fresh-cache.ts';
import { play } from './play.ts';
import type { WireAnswer, WireRequest } from './send.ts';
import type { ConformanceServer } from './servers.ts';

const maps = '/api/v1/namespaces/n/configmaps';
const headers = { 'content-type': ['application/json'] };
const answer = (body: object, status = 200): WireAnswer => ({ status, headers, body: JSON.stringify(body) });
const listed = (version: number): WireAnswer =>
  answer({ kind: 'List', metadata: { resourceVersion: '5' }, items: Array.from({ length: version }, () => ({})) });

/** Has one object more with each POST; its cache sees them only when a list that may not be older has been refused once. */
function newLaggingServer(isLagging: boolean): ConformanceServer {
  let [written, cached, refusals] = [0, 0, 0];
  function send({ method, path }: WireRequest): WireAnswer {
    if (method === 'POST') written++;
    if (method === 'POST') return answer({}, 201);
    if (path.includes('NotOlderThan')) {
      if (refusals++ === 0) return answer({}, 504);
      cached = written;
    }
    return listed(isLagging && path.includes('resourceVersion=') ? cached : written);
  }
  return { send: async (wire: WireRequest) => send(wire) } as unknown as ConformanceServer;
}

test.each([{ resourceVersion: '0' }, { resourceVersion: '1' }, { watch: 'true', resourceVersion: '0' }])(
  'a cache that is behind is waited for before it is asked: %j',
  async (query) => {
    const pair = { embedded: newLaggingServer(false), upstream: newLaggingServer(true), stop: async () => {} };
    const steps = [
      { method: 'POST', path: maps, body: {} },
      { method: 'GET', path: maps, query },
    ];
    expect(await play(pair, steps, { sequences: 0, requests: 0 })).toBeUndefined();
  },
);

test.each([
  [{ query: { resourceVersion: 0 } }, true],
  [{ query: { resourceVersion: '<<rv ConfigMap/a>>' } }, true],
  [{ query: { resourceVersionMatch: 'NotOlderThan' } }, true],
  [{ query: { watch: 1 } }, true],
  [{ isWatch: true }, true],
  [{ opens: 'x' }, true],
  [{ isWarned: true }, true],
  [{ path: '/api/v1/watch/namespaces/n/configmaps/a' }, true],
  [{ query: { labelSelector: 'a=b' } }, false],
  [{}, false],
])('%j may be answered from a cache: %j', (step, isOld) => {
  expect(isFromCache({ method: 'GET', path: maps, ...step })).toBe(isOld);
});

test.each([
  [maps, maps],
  [`${maps}/a/status`, maps],
  ['/api/v1/watch/namespaces/n/configmaps/a', maps],
  ['/api/v1/watch/configmaps', '/api/v1/configmaps'],
  ['/api/v1/watch/namespaces/n', '/api/v1/namespaces'],
  ['/api/v1/namespaces/n', '/api/v1/namespaces'],
  ['/apis/g/v1/namespaces/n/widgets/a', '/apis/g/v1/namespaces/n/widgets'],
  ['/apis/g/v1/widgets?watch=1', '/apis/g/v1/widgets'],
  ['/api/v1', undefined],
  ['/apis/apps', undefined],
  ['/apis/apps/v1/watch', undefined],
  ['/apis/apps/v1/watch/', undefined],
  ['/version', undefined],
])('%s is in the collection %s', (path, collection) => {
  expect(collectionIn(path)).toBe(collection);
});
