import { afterEach, expect, test } from 'vitest';
import { decodeShard, shardOf } from '../../agent/work/known-state.ts';
import { namespaces, type Secret } from '../../shared/apis/core/v1.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { keyOf } from '../../shared/controller/store.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { workForMember } from './member-work.ts';

let stop = async (): Promise<void> => {};
afterEach(() => stop());

test('what is delivered is written down where the credentials are, without the Works: the hub has those itself', async () => {
  const [hub, member, clock] = [newFakeKube(), newFakeKube(), newFakeClock()];
  const documents = { '/version': { gitVersion: 'v1.36.0' }, '/api': { versions: [] }, '/apis': { groups: [] } };
  for (const [path, document] of Object.entries({ ...documents, '/readyz': 'ok' }))
    member.documents.set(path, document);
  hub.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'hub-1' } });
  const work: Work = {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { name: 'w', namespace: 'karmada-es-m1', uid: 'w1', finalizers: ['karmada.io/execution-controller'] },
    spec: { workload: { manifests: [] } },
  };
  hub.put(works, work);
  const stopping = new AbortController();
  const ended = workForMember(
    {
      ...{ hub: hub.client, clock, log: silentLogger, newController, recordEvent: () => {} },
      newMemberClient: () => member.client,
      newInformer: (options) => (options.client === hub.client ? hub : member).newInformer(options),
    },
    {
      access: {
        ...{ cluster: 'm1', uid: 'u', namespace: 'shop', secret: 'shop/s', transport: { server: 'https://m1' } },
        credentials: { madeOf: '', source: async () => ({}) },
      },
      member: member.client,
      options: {
        ...{ statusUpdateFrequencyMs: 10_000, successThresholdMs: 0, failureThresholdMs: 0 },
        ...{ concurrentWorkSyncs: 1, allowedExecPlugins: [] },
      },
    },
    stopping.signal,
  );
  stop = async () => {
    stopping.abort(new Error('the test is over'));
    await ended.catch(() => {});
  };
  const key = `shop/pullet-state-m1.${shardOf('w1')}`;
  const kept = () => member.list('secrets').find((secret) => keyOf(secret) === key) as Secret | undefined;
  await expect.poll(() => clock.advance(1000).then(kept), { timeout: 60_000 }).toBeDefined();
  const shard = await decodeShard(Buffer.from(kept()?.data?.['data'] ?? '', 'base64'));
  expect(shard?.['w1']).toMatchObject({ record: { work: 'karmada-es-m1/w' } });
  expect(shard?.['w1']).not.toHaveProperty('work');
});
