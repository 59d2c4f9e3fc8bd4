import { expect, test } from 'vitest';
import type { Lease } from '../../shared/apis/coordination/v1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { leadHub } from './lead-hub.ts';

/** A replica that leads until it is stopped; `dies` as with kill -9: it renews no more, and gives nothing back. */
function startReplica(kube: ReturnType<typeof newFakeKube>, clock: ReturnType<typeof newFakeClock>) {
  const stop = new AbortController();
  const state = { leads: false, isDead: false };
  const refuseTheDead = async (attempt: () => Promise<unknown>): Promise<unknown> => {
    if (state.isDead) throw new Error('dead');
    return await attempt();
  };
  const { get, create, update } = kube.client;
  const client = {
    ...kube.client,
    get: (...args: Parameters<typeof get>) => refuseTheDead(() => get(...args)),
    create: (...args: Parameters<typeof create>) => refuseTheDead(() => create(...args)),
    update: (...args: Parameters<typeof update>) => refuseTheDead(() => update(...args)),
  } as typeof kube.client;
  const ended = leadHub(client, { clock, log: silentLogger }, async (signal) => {
    state.leads = true;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  })(stop.signal).catch(() => undefined);
  return {
    state,
    stop: async () => {
      stop.abort();
      await clock.advance(0);
      await ended;
    },
  };
}

test.each([0, 700, 1499])(
  'another replica leads within 15 s of the leader’s death, %i ms after its last look',
  async (phaseMs) => {
    const [kube, clock] = [newFakeKube(), newFakeClock()];
    const first = startReplica(kube, clock);
    await clock.advance(phaseMs);
    const second = startReplica(kube, clock);
    await clock.advance(30_000);
    expect([first.state.leads, second.state.leads]).toEqual([true, false]);
    first.state.isDead = true;
    await clock.advance(15_000);
    expect(second.state.leads).toBe(true);
    const lease = kube.list('leases.coordination.k8s.io')[0] as unknown as Lease;
    expect(lease.metadata).toMatchObject({ namespace: 'karmada-system', name: 'pullet-hub' });
    await second.stop();
    await first.stop();
  },
);
