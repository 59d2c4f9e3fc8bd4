import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeShard, shardOf } from '../../agent/work/known-state.ts';
import { namespaces, type Secret } from '../../shared/apis/core/v1.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { type FakeClock, newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { keyOf } from '../../shared/controller/store.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { workForMember } from './member-work.ts';

let hub: FakeKube;
let member: FakeKube;
let clock: FakeClock;
let stop: () => Promise<void>;

beforeEach(() => {
  [hub, member, clock] = [newFakeKube(), newFakeKube(), newFakeClock()];
  const documents = { '/version': { gitVersion: 'v1.36.0' }, '/api': { versions: [] }, '/apis': { groups: [] } };
  for (const [path, document] of Object.entries({ ...documents, '/readyz': 'ok' }))
    member.documents.set(path, document);
  hub.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'hub-1' } });
});

afterEach(() => stop());

function begin(newControllerOf = newController): void {
  const stopping = new AbortController();
  const ended = workForMember(
    {
      ...{ hub: hub.client, clock, log: silentLogger, newController: newControllerOf, recordEvent: () => {} },
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
  stop = () => {
    stopping.abort(new Error('the member leaves'));
    return ended;
  };
}

test('what is delivered is written down where the credentials are, without the Works: the hub has those itself', async () => {
  const work: Work = {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { name: 'w', namespace: 'karmada-es-m1', uid: 'w1', finalizers: ['karmada.io/execution-controller'] },
    spec: { workload: { manifests: [] } },
  };
  hub.put(works, work);
  begin();
  const key = `shop/pullet-state-m1.${shardOf('w1')}`;
  const kept = () => member.list('secrets').find((secret) => keyOf(secret) === key) as Secret | undefined;
  await expect.poll(() => clock.advance(1000).then(kept), { timeout: 60_000 }).toBeDefined();
  const shard = await decodeShard(Buffer.from(kept()?.data?.['data'] ?? '', 'base64'));
  expect(shard?.['w1']).toMatchObject({ record: { work: 'karmada-es-m1/w' } });
  expect(shard?.['w1']).not.toHaveProperty('work');
});

test('it has ended when all of it has, also where a part could not be begun', async () => {
  let begun = 0;
  let hasDelivered = false;
  begin((options) => {
    if (options.name === 'cluster-status') throw new Error('not yet');
    const controller = newController(options);
    if (options.name !== 'work') return controller;
    const run: typeof controller.run = async (signal) => {
      begun += 1;
      await controller.run(signal);
      await new Promise(setImmediate);
      hasDelivered = true;
    };
    return { ...controller, run };
  });
  await expect.poll(() => clock.advance(0).then(() => begun), { timeout: 60_000 }).toBe(1);
  await stop();
  expect(hasDelivered).toBe(true);
});
