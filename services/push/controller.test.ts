import { expect, test } from 'vitest';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { runPush } from './controller.ts';

test('a hub that stops while a member can not be read tells of no error', async () => {
  const [hub, member, clock] = [newFakeKube(), newFakeKube(), newFakeClock()];
  const errors: string[] = [];
  const log: Logger = { ...silentLogger, child: () => log, error: (_fields, message) => void errors.push(message) };
  let refused = 0;
  member.before = () => {
    refused += 1;
    throw new Error('the member is away');
  };
  const key = { namespace: 'karmada-cluster', name: 'm1' };
  hub.put(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: key, data: { token: 'dA==' } } as never);
  const spec = { syncMode: 'Push', apiEndpoint: 'https://m1', secretRef: key };
  hub.put(clusters, {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'm1' },
    spec,
  } as never);
  const stopping = new AbortController();
  const ended = runPush(
    {
      ...{ hub: hub.client, clock, log, newController },
      newMemberClient: () => ({ ...member.client, close: async () => {} }),
      newInformer: (options) => {
        const informer = (options.client === hub.client ? hub : member).newInformer(options);
        const run: typeof informer.run = async (signal) => {
          await informer.run(signal);
          await new Promise(setImmediate); // a connection takes a moment to end
        };
        return { ...informer, run };
      },
    },
    {
      ...{ statusUpdateFrequencyMs: 10_000, successThresholdMs: 0, failureThresholdMs: 0 },
      ...{ concurrentWorkSyncs: 1, allowedExecPlugins: [] },
    },
    stopping.signal,
  );
  await expect.poll(() => clock.advance(100).then(() => refused), { timeout: 60_000 }).toBeGreaterThan(0);
  stopping.abort(new Error('the hub is stopping'));
  await ended;
  expect(errors).toEqual([]);
});
