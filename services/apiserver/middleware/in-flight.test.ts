import { describe, expect, test } from 'vitest';
import { isStatusError } from '../../../shared/apis/meta/status-error.ts';
import type { RequestContext, ServerResponse } from '../request.ts';
import { newRequestInfo } from '../request-info.ts';
import { newInFlightLimit } from './in-flight.ts';

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/karmada-cluster/leases/m1';
const WORKS = '/apis/work.karmada.io/v1alpha1/namespaces/karmada-es-m1/works';

interface Asked {
  user: string;
  method?: string;
  path: string;
  groups?: string[];
}

function newLimited() {
  const limit = newInFlightLimit({
    renewals: { ofUser: 1, total: 2 },
    others: { ofUser: 2, total: 3 },
    watches: { ofUser: 1, total: 2 },
  });
  const releases: (() => void)[] = [];
  const next = async (): Promise<ServerResponse> => {
    await new Promise<void>((resolve) => releases.push(resolve));
    return { status: 200 };
  };
  /** The status of what is refused at once, else `waits`. */
  const ask = async ({ user, method = 'GET', path, groups = [] }: Asked): Promise<number | 'waits'> => {
    const info = newRequestInfo({ method, path, query: new URLSearchParams() });
    const context = { info, user: { name: user, groups } } as unknown as RequestContext;
    const answer = limit(context, next).then(
      ({ status }) => status,
      (error: unknown) => (isStatusError(error) ? error.code : 500),
    );
    const laterThanRefusal = new Promise<'waits'>((resolve) => setImmediate(() => resolve('waits')));
    return Promise.race([answer, laterThanRefusal]);
  };
  const releaseAll = (): void => {
    for (const release of releases.splice(0)) release();
  };
  return { ask, releaseAll };
}

test.each(['GET', 'PUT', 'PATCH'])('%s of a lease has room while all else is full', async (method) => {
  const { ask } = newLimited();
  for (const user of ['a', 'b', 'c']) expect(await ask({ user, path: WORKS })).toBe('waits');
  expect(await ask({ user: 'd', path: WORKS })).toBe(429);
  expect(await ask({ user: 'd', method, path: LEASE })).toBe('waits');
});

test('all else has room while renewals are full, and a user has no more of them than their share', async () => {
  const { ask } = newLimited();
  expect(await ask({ user: 'a', method: 'PUT', path: LEASE })).toBe('waits');
  expect(await ask({ user: 'a', method: 'PUT', path: LEASE })).toBe(429);
  expect(await ask({ user: 'b', method: 'PUT', path: LEASE })).toBe('waits');
  expect(await ask({ user: 'c', method: 'PUT', path: LEASE })).toBe(429);
  expect(await ask({ user: 'a', path: WORKS })).toBe('waits');
});

test.each([
  ['POST', LEASE.replace('/m1', '')],
  ['GET', LEASE.replace('/m1', '')],
  ['DELETE', LEASE],
])('%s %s is no renewal', async (method, path) => {
  const { ask } = newLimited();
  for (const user of ['a', 'b', 'c']) await ask({ user, path: WORKS });
  expect(await ask({ user: 'd', method, path })).toBe(429);
});

test('there is room again when something is answered; administrators need none', async () => {
  const { ask, releaseAll } = newLimited();
  await ask({ user: 'a', method: 'PUT', path: LEASE });
  expect(await ask({ user: 'a', method: 'PUT', path: LEASE, groups: ['system:masters'] })).toBe('waits');
  releaseAll();
  await new Promise(setImmediate);
  expect(await ask({ user: 'a', method: 'PUT', path: LEASE })).toBe('waits');
});

describe('watches', () => {
  function newWatched() {
    const share = { ofUser: 9, total: 9 };
    const limit = newInFlightLimit({ renewals: share, others: share, watches: { ofUser: 1, total: 2 } });
    const open = (user: string, groups: string[] = []) => {
      const leaving = new AbortController();
      const request = { method: 'GET', path: WORKS, query: new URLSearchParams('watch=1') };
      const signal = () => leaving.signal;
      const context = {
        info: newRequestInfo(request),
        user: { name: user, groups },
        signal,
      } as unknown as RequestContext;
      const next = async (): Promise<ServerResponse> => ({ status: 200, body: (async function* () {})() });
      const status = async (): Promise<ServerResponse> => limit(context, next);
      return { answer: status(), leaving };
    };
    return { open };
  }
  const refused = { code: 429 };

  test('have a share of a user and of all, which administrators need not', async () => {
    const { open } = newWatched();
    await open('a').answer;
    await expect(open('a').answer).rejects.toMatchObject(refused);
    await open('b').answer;
    await expect(open('c').answer).rejects.toMatchObject(refused);
    expect(await open('a', ['system:masters']).answer).toMatchObject({ status: 200 });
  });

  test.each(['is read to its end', 'is given up', 'has lost its reader'])('leave room when one %s', async (how) => {
    const { open } = newWatched();
    const { answer, leaving } = open('a');
    const body = (await answer).body as AsyncIterable<Uint8Array>;
    if (how === 'has lost its reader') leaving.abort();
    else if (how === 'is given up') await body[Symbol.asyncIterator]().return?.();
    else for await (const _ of body);
    await open('a').answer;
    await expect(open('a').answer).rejects.toMatchObject(refused);
  });
});
