import { beforeEach, expect, test, vi } from 'vitest';
import type { KubeClient } from '../../shared/client/client.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import type { MemberAccess } from './member-access.ts';
import { type MemberWorkers, type MemberWorkersDeps, newMemberWorkers } from './member-workers.ts';
import { type PushReconcileDeps, reconcilePush } from './reconcile.ts';

/** No two work for one member at a time: both would write what is kept there. */

let working: string[];
/** What has been told to end goes on until it is let. */
let letEnd: () => void;
let deps: MemberWorkersDeps;
let workers: MemberWorkers;

beforeEach(() => {
  working = [];
  const mayEnd = new Promise<void>((resolve) => {
    letEnd = resolve;
  });
  deps = {
    newMemberClient: () => ({ close: async () => {} }) as unknown as KubeClient,
    work: async ({ transport: { server } }, _member, signal) => {
      working.push(server);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await mayEnd;
      working.splice(working.indexOf(server), 1);
    },
    log: silentLogger,
  };
  workers = newMemberWorkers(deps);
});

const accessTo = (server: string): MemberAccess => ({
  ...{ cluster: 'm1', uid: 'u', namespace: 'karmada-cluster', secret: 'karmada-cluster/m1', transport: { server } },
  credentials: { madeOf: 't', source: async () => ({ token: 't' }) },
});

test('one that is to be found elsewhere is worked for there when the work for it here has ended', async () => {
  await workers.ensure(accessTo('https://here'));
  const moved = workers.ensure(accessTo('https://there'));
  await new Promise(setImmediate);
  expect(working).toEqual(['https://here']);
  letEnd();
  await moved;
  expect(working).toEqual(['https://there']);
});

test.each<[string, Partial<MemberAccess>]>([
  ['of a Cluster made anew under its name', { uid: 'another' }],
  ['that keeps what is delivered elsewhere', { namespace: 'elsewhere' }],
])('one %s is another', async (_what, change) => {
  letEnd();
  const signals: AbortSignal[] = [];
  const work: MemberWorkersDeps['work'] = (access, member, signal) => {
    signals.push(signal);
    return deps.work(access, member, signal);
  };
  workers = newMemberWorkers({ ...deps, work });
  await workers.ensure(accessTo('https://here'));
  await workers.ensure(accessTo('https://here'));
  await workers.ensure({ ...accessTo('https://here'), ...change });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

test('one with the same credentials goes on with them as they are, and with others from the next request on', async () => {
  let options: TransportOptions = { server: '' };
  const newMemberClient: MemberWorkersDeps['newMemberClient'] = (given) => {
    options = given;
    return deps.newMemberClient(given);
  };
  workers = newMemberWorkers({ ...deps, newMemberClient });
  const accessBy = (madeOf: string, token: string): MemberAccess => ({
    ...accessTo('https://here'),
    credentials: { madeOf, source: async () => ({ token }) },
  });
  const asked: (string | undefined)[] = [];
  for (const access of [accessBy('a', 'first'), accessBy('a', 'the same anew'), accessBy('b', 'other')]) {
    await workers.ensure(access);
    asked.push((await options.credentials?.(false))?.token);
  }
  expect(asked).toEqual(['first', 'first', 'other']);
  letEnd();
});

test('one the work for which has ended by itself is worked for anew', async () => {
  const close = vi.fn(async () => {});
  const newMemberClient = () => ({ close }) as unknown as KubeClient;
  let end = (): void => {};
  let isToldToEnd = (): boolean => false;
  const work: MemberWorkersDeps['work'] = (_access, _member, signal) => {
    isToldToEnd = () => signal.aborted;
    return new Promise<void>((_resolve, reject) => {
      end = () => reject(new Error('ended'));
    });
  };
  workers = newMemberWorkers({ ...deps, newMemberClient, work });
  await workers.ensure(accessTo('https://here'));
  expect([workers.isWorking('m1'), isToldToEnd()]).toEqual([true, false]);
  end();
  await expect.poll(() => workers.isWorking('m1')).toBe(false);
  expect(close).toHaveBeenCalledOnce();
  expect(isToldToEnd(), 'what is left of it').toBe(true);
});

test('one that leaves has left when the work for it has ended', async () => {
  await workers.ensure(accessTo('https://here'));
  const pushDeps = { workers, getCluster: () => undefined } as unknown as PushReconcileDeps;
  let hasLeft = false;
  const left = reconcilePush(pushDeps, 'm1', new AbortController().signal).then(() => {
    hasLeft = true;
  });
  await new Promise(setImmediate);
  expect([hasLeft, working]).toEqual([false, ['https://here']]);
  letEnd();
  await left;
  expect(working).toEqual([]);
});
