import { describe, expect, test } from 'vitest';
import type { KubeClient } from '../client/client.ts';
import { type FakeClock, newFakeClock } from './fake-clock.ts';
import { newFakeLeaseServer, untilAborted } from './fake-lease-server.ts';
import { type LeaderElectionOptions, runAsLeader } from './leader-election.ts';
import { silentLogger } from './silent-logger.ts';

interface Candidate {
  leads(): boolean;
  stop(): Promise<'stopped' | 'lost'>;
  outcome: Promise<'stopped' | 'lost'>;
}

function startCandidate(
  client: KubeClient,
  clock: FakeClock,
  identity: string,
  timing: Partial<LeaderElectionOptions> = {},
): Candidate {
  const stop = new AbortController();
  let isLeading = false;
  const options = { client, namespace: 'ns', name: 'lock', identity, clock, log: silentLogger, ...timing };
  const outcome = runAsLeader(
    options,
    async (signal) => {
      isLeading = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      isLeading = false;
    },
    stop.signal,
  );
  return {
    leads: () => isLeading,
    outcome,
    stop: () => {
      stop.abort();
      return outcome;
    },
  };
}

/** After the kill no request of it arrives any more. */
function newKillable(client: KubeClient): { client: KubeClient; kill(): void } {
  let isKilled = false;
  const guarded =
    <Args extends unknown[], Result>(method: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (isKilled) throw new Error('killed');
      return method(...args);
    };
  const { get, create, update } = client;
  const alive = { ...client, get: guarded(get), create: guarded(create), update: guarded(update) } as KubeClient;
  return {
    client: alive,
    kill: () => {
      isKilled = true;
    },
  };
}

/** From `fallSilent` to `answer` no change is answered, whether it is made or not. */
function newSilent(client: KubeClient, isMade: boolean): { client: KubeClient; fallSilent(): void; answer(): void } {
  let isSilent = false;
  const update: KubeClient['update'] = async (type, object, options) => {
    const isUnanswered = isSilent;
    const updated = isUnanswered && !isMade ? object : await client.update(type, object, options);
    if (isUnanswered) await untilAborted(options?.signal);
    return updated;
  };
  return {
    client: { ...client, update } as KubeClient,
    fallSilent: () => {
      isSilent = true;
    },
    answer: () => {
      isSilent = false;
    },
  };
}

describe('leader election', () => {
  test('the first leads, the second waits', async () => {
    const { server, client } = newFakeLeaseServer();
    const clock = newFakeClock();
    const a = startCandidate(client, clock, 'a');
    await clock.advance(0);
    const b = startCandidate(client, clock, 'b');
    await clock.advance(60_000);
    expect([a.leads(), b.leads()]).toEqual([true, false]);
    expect(server.lease()?.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
    expect(Date.parse(server.lease()?.spec?.renewTime ?? '')).toBeGreaterThan(clock.now() - 3000);
  });

  test('one that waits for another says so, once', async () => {
    const { client } = newFakeLeaseServer();
    const clock = newFakeClock();
    const said: string[] = [];
    const log = { ...silentLogger, info: (_fields: unknown, text: string) => void said.push(text) };
    startCandidate(client, clock, 'a');
    await clock.advance(0);
    startCandidate(client, clock, 'b', { log } as Partial<LeaderElectionOptions>);
    await clock.advance(60_000);
    expect(said).toEqual([expect.stringContaining('another leads')]);
  });

  test('a leader that stops gives the lease back, and the next need not wait for its end', async () => {
    const { server, client } = newFakeLeaseServer();
    const clock = newFakeClock();
    const a = startCandidate(client, clock, 'a');
    const b = startCandidate(client, clock, 'b');
    await clock.advance(5000);
    expect(await a.stop()).toBe('stopped');
    expect(server.lease()?.spec?.holderIdentity).toBe('');
    await clock.advance(4000);
    expect(b.leads()).toBe(true);
    expect(server.lease()?.spec?.leaseTransitions).toBe(1);
  });

  test.each([
    ['did not arrive', false],
    ['arrived', true],
  ])('so does one that stops in the middle of a renewal, which %s', async (_name, isMade) => {
    const { server, client } = newFakeLeaseServer();
    const clock = newFakeClock();
    const silent = newSilent(client, isMade);
    const a = startCandidate(silent.client, clock, 'a');
    await clock.advance(1500);
    const before = server.lease();
    silent.fallSilent();
    await clock.advance(1000);
    expect(server.lease() !== before).toBe(isMade);
    silent.answer();
    expect(await a.stop()).toBe('stopped');
    expect(server.lease()?.spec?.holderIdentity).toBe('');
  });

  test('so does one whose renewal arrives only when it is giving it back', async () => {
    const { server, client } = newFakeLeaseServer();
    const clock = newFakeClock();
    const silent = newSilent(client, false);
    let late: (() => Promise<unknown>) | undefined;
    const get: KubeClient['get'] = async (type, key, options) => {
      const found = await client.get(type, key, options);
      await late?.();
      late = undefined;
      return found;
    };
    const a = startCandidate({ ...silent.client, get } as KubeClient, clock, 'a');
    await clock.advance(1500);
    silent.fallSilent();
    await clock.advance(1000);
    silent.answer();
    late = () => client.update({} as never, { ...server.lease(), spec: { ...server.lease()?.spec } } as never);
    expect(await a.stop()).toBe('stopped');
    expect(server.lease()?.spec?.holderIdentity).toBe('');
  });

  test('one that stops in the middle of a renewal leaves the lease to who has taken it meanwhile', async () => {
    const { server, client } = newFakeLeaseServer();
    const clock = newFakeClock();
    const silent = newSilent(client, false);
    const a = startCandidate(silent.client, clock, 'a');
    await clock.advance(1500);
    silent.fallSilent();
    await clock.advance(1000);
    silent.answer();
    await client.update({} as never, { ...server.lease(), spec: { holderIdentity: 'b' } } as never);
    expect(await a.stop()).toBe('stopped');
    expect(server.lease()?.spec?.holderIdentity).toBe('b');
  });

  test.each([0, 700, 1500, 2300, 5900])(
    'a leader that is killed after %s ms has a successor within 15 s, and never one too soon',
    async (livedMs) => {
      const { server, client } = newFakeLeaseServer();
      const clock = newFakeClock();
      const asAnAgent = { leaseDurationMs: 12_000, renewDeadlineMs: 10_000, retryPeriodMs: 2000 };
      const first = newKillable(client);
      startCandidate(first.client, clock, 'a', asAnAgent);
      await clock.advance(300);
      const b = startCandidate(client, clock, 'b', asAnAgent);
      await clock.advance(livedMs);
      first.kill();
      const lastWord = Date.parse(server.lease()?.spec?.renewTime ?? '');
      await clock.advance(lastWord + 11_999 - clock.now());
      expect(b.leads()).toBe(false);
      await clock.advance(lastWord + 15_000 - clock.now());
      expect(b.leads()).toBe(true);
    },
  );

  test('a leader that can not renew stops leading before another may start', async () => {
    const { server, client } = newFakeLeaseServer();
    const clock = newFakeClock();
    const a = startCandidate(client, clock, 'a');
    await clock.advance(5000);
    server.isAway = true;
    await clock.advance(8000);
    expect(a.leads()).toBe(true);
    await clock.advance(5000);
    expect(a.leads()).toBe(false);
    expect(await a.outcome).toBe('lost');
  });

  test('one that was away for a moment goes on', async () => {
    const { server, client } = newFakeLeaseServer();
    const clock = newFakeClock();
    const a = startCandidate(client, clock, 'a');
    await clock.advance(5000);
    server.isAway = true;
    await clock.advance(6000);
    server.isAway = false;
    await clock.advance(60_000);
    expect(a.leads()).toBe(true);
  });

  test('a leader that died is followed after its lease has stood still for its duration, whatever its clock said', async () => {
    const { client, server } = newFakeLeaseServer();
    const clock = newFakeClock();
    const renewTime = '2099-01-01T00:00:00.000000Z';
    await client.create(
      {} as never,
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'lock', namespace: 'ns' },
        spec: { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime },
      } as never,
    );
    const b = startCandidate(client, clock, 'b');
    await clock.advance(14_000);
    expect(b.leads()).toBe(false);
    await clock.advance(5000);
    expect(b.leads()).toBe(true);
    expect(server.lease()?.spec?.holderIdentity).toBe('b');
  });

  test.each([-3_600_000, 3_600_000])(
    'a clock that is set by %i ms ends no term, and holds no successor up',
    async (ms) => {
      const { server, client } = newFakeLeaseServer();
      const clock = newFakeClock();
      const a = startCandidate(client, clock, 'a');
      await clock.advance(5000);
      const b = startCandidate(client, clock, 'b');
      await clock.advance(5000);
      clock.set(ms);
      await clock.advance(1000);
      expect([a.leads(), b.leads()]).toEqual([true, false]);
      server.isAway = true;
      await clock.advance(12_000);
      expect(a.leads()).toBe(false);
      server.isAway = false;
      clock.set(ms);
      await clock.advance(20_000);
      expect(server.lease()?.spec?.holderIdentity).toBe('b');
    },
  );

  test('one whose lease was taken by another is no leader from its next renewal on', async () => {
    const { client } = newFakeLeaseServer();
    const clock = newFakeClock();
    const a = startCandidate(client, clock, 'a');
    await clock.advance(1000);
    const lease = await client.get({} as never, { name: 'lock' });
    await client.update(
      {} as never,
      { ...lease, spec: { holderIdentity: 'thief', leaseDurationSeconds: 60 } } as never,
    );
    await clock.advance(2000);
    expect(a.leads()).toBe(false);
    expect(await a.outcome).toBe('lost');
  });

  test('one that stops while it waits never leads', async () => {
    const { client } = newFakeLeaseServer();
    const clock = newFakeClock();
    startCandidate(client, clock, 'a');
    await clock.advance(0);
    const b = startCandidate(client, clock, 'b');
    await clock.advance(0);
    expect(await b.stop()).toBe('stopped');
  });
});
