import { beforeEach, expect, test } from 'vitest';
import type { KubeClient } from '../../shared/client/client.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import type { MemberAccess } from './member-access.ts';
import { type MemberWorkers, newMemberWorkers } from './member-workers.ts';
import { type PushReconcileDeps, reconcilePush } from './reconcile.ts';

/** No two work for one member at a time: both would write what is kept there. */

let working: string[];
/** What has been told to end goes on until it is let. */
let letEnd: () => void;
let workers: MemberWorkers;

beforeEach(() => {
  working = [];
  const mayEnd = new Promise<void>((resolve) => {
    letEnd = resolve;
  });
  workers = newMemberWorkers({
    newMemberClient: () => ({ close: async () => {} }) as unknown as KubeClient,
    work: async ({ transport: { server } }, _member, signal) => {
      working.push(server);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await mayEnd;
      working.splice(working.indexOf(server), 1);
    },
    log: silentLogger,
  });
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

test('one that leaves has left when the work for it has ended', async () => {
  await workers.ensure(accessTo('https://here'));
  const deps = { workers, getCluster: () => undefined } as unknown as PushReconcileDeps;
  let hasLeft = false;
  const left = reconcilePush(deps, 'm1', new AbortController().signal).then(() => {
    hasLeft = true;
  });
  await new Promise(setImmediate);
  expect([hasLeft, working]).toEqual([false, ['https://here']]);
  letEnd();
  await left;
  expect(working).toEqual([]);
});
