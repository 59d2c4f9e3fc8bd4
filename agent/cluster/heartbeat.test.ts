import { beforeEach, describe, expect, test } from 'vitest';
import { AGENT_INSTANCE_ANNOTATION, type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { newConflict } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { silentLogger as log } from '../../shared/controller/silent-logger.ts';
import { newFakeInformer } from '../work/fake-informer.ts';
import { type FakeApi, newFakeApi, newFakeClock, newFakeControllers } from '../work/fake-world.ts';
import { newHeartbeat } from './heartbeat.ts';
import { newHeartbeatController } from './heartbeat-controller.ts';

/** What a heartbeat asks of the hub, and when. */

const { signal } = new AbortController();
const LEASE = 'leases karmada-cluster/m1';

let hub: FakeApi;

beforeEach(() => {
  hub = newFakeApi();
});

function failOn(request: string): void {
  hub.intercept((one) => {
    if (one === request) throw new Error('the hub is overloaded');
  });
}

describe('one renewal', () => {
  const owner = { metadata: { name: 'm1', uid: 'u' } } as Cluster;
  let contested: number;
  const newBeat = (instance: string) =>
    newHeartbeat({
      hub: hub.client,
      clock: newFakeClock(),
      ...{ cluster: 'm1', namespace: 'karmada-cluster', leaseDurationSeconds: 40 },
      annotations: () => ({ [AGENT_INSTANCE_ANNOTATION]: instance }),
      onContested: () => {
        contested += 1;
      },
    });

  beforeEach(() => {
    contested = 0;
  });

  test.each(['update', 'get'])('asks an overloaded hub no more than once: %s', async (verb) => {
    const beat = newBeat('one');
    if (verb === 'update') await beat(owner, signal);
    hub.requests.length = 0;
    failOn(`${verb} ${LEASE}`);
    await expect(beat(owner, signal)).rejects.toThrow('overloaded');
    expect(hub.requests).toEqual([`${verb} ${LEASE}`]);
  });

  test('tells of another agent of the cluster that renews it meanwhile, and not of one from before', async () => {
    await newBeat('before')(owner, signal);
    const beat = newBeat('one');
    await beat(owner, signal);
    expect(contested).toBe(0);
    await newBeat('other')(owner, signal);
    await beat(owner, signal);
    expect(contested).toBe(1);
  });

  test('leaves what else is said on the lease, and sees what is, as the hub has it now', async () => {
    const seen: (string | undefined)[] = [];
    const beat = newHeartbeat({
      ...{ hub: hub.client, clock: newFakeClock() },
      ...{ cluster: 'm1', namespace: 'karmada-cluster', leaseDurationSeconds: 40 },
      annotations: ({ metadata }) => {
        seen.push(metadata.annotations?.['theirs']);
        return { ours: 'x' };
      },
    });
    const write = (theirs: string): void => {
      const lease = hub.get('leases', 'karmada-cluster/m1') as Unstructured;
      hub.put('leases', { ...lease, metadata: { ...lease.metadata, annotations: { theirs } } });
    };
    await beat(owner, signal);
    write('1');
    await beat(owner, signal);
    expect(hub.get('leases', 'karmada-cluster/m1')?.metadata.annotations).toEqual({ ours: 'x', theirs: '1' });
    seen.length = 0;
    write('2');
    await beat(owner, signal);
    await beat(owner, signal);
    expect(hub.get('leases', 'karmada-cluster/m1')?.metadata.annotations).toEqual({ ours: 'x', theirs: '2' });
    expect([seen[0], ...new Set(seen.slice(1))]).toEqual(['1', '2']); // as it had it before the conflict, and then as it has it
  });

  test('does not take what the hub itself writes for another agent', async () => {
    const beat = newBeat('one');
    await beat(owner, signal);
    let isFirst = true;
    hub.intercept((request) => {
      if (request !== `update ${LEASE}` || !isFirst) return;
      isFirst = false;
      throw newConflict({ resource: 'leases' }, 'modified');
    });
    await beat(owner, signal);
    expect(contested).toBe(0);
  });
});

describe('renewals', () => {
  const INTERVAL_MS = 10_000;

  async function start(finalizers: string[]) {
    const clock = newFakeClock();
    const { newController, settle } = newFakeControllers();
    const put = (resourceVersion: string): Unstructured =>
      hub.put('clusters', {
        apiVersion: 'cluster.karmada.io/v1alpha1',
        kind: 'Cluster',
        metadata: { name: 'm1', uid: 'u', finalizers },
        status: { resourceVersion },
      });
    put('0');
    const informer = newFakeInformer(hub)<Cluster>({ client: hub.client, type: clusters, clock, log });
    const lease = { namespace: 'karmada-cluster', leaseDurationSeconds: 40, renewIntervalFraction: 0.25 };
    const controller = newHeartbeatController(
      { hub: hub.client, clock, log, newController },
      { ...lease, name: 'm1' },
      informer,
    );
    await controller.run(signal);
    await settle();
    const pass = async (ms: number, each: () => void = () => {}): Promise<number> => {
      hub.requests.length = 0;
      for (let passed = 0; passed < ms; passed += 500) {
        clock.advance(500);
        each();
        await settle();
      }
      return hub.requests.filter((request) => request === `update ${LEASE}`).length;
    };
    return { pass, put, clock };
  }

  const ACCEPTED = ['karmada.io/cluster-controller'];

  test('come at their interval, however often the Cluster changes in between', async () => {
    const { pass, put } = await start(ACCEPTED);
    let changes = 0;
    const renewals = await pass(10 * INTERVAL_MS, () => {
      changes += 1;
      put(`${changes}`);
    });
    expect(renewals).toBeGreaterThanOrEqual(9);
    expect(renewals).toBeLessThanOrEqual(10);
  });

  test('go on at their interval when the clock is set back', async () => {
    const { pass, clock } = await start(ACCEPTED);
    await pass(2 * INTERVAL_MS);
    clock.set(-3_600_000);
    expect(await pass(6 * INTERVAL_MS)).toBeGreaterThanOrEqual(5);
  });

  test('are not made before the hub has accepted the Cluster', async () => {
    await start([]);
    expect(hub.requests).toEqual([]);
  });

  test('that fail are tried again sooner, ever more slowly, and never more rarely than at the interval', async () => {
    const { pass } = await start(ACCEPTED);
    failOn(`update ${LEASE}`);
    const atFirst = await pass(2 * INTERVAL_MS);
    expect(atFirst).toBeGreaterThanOrEqual(2);
    const later = await pass(10 * INTERVAL_MS);
    expect(later).toBeGreaterThanOrEqual(9);
    expect(later).toBeLessThanOrEqual(25);
    hub.intercept(() => {});
    expect(await pass(INTERVAL_MS + 1000)).toBeGreaterThanOrEqual(1);
  });
});
