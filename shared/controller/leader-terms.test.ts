import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeClient } from '../client/client.ts';
import { type FakeClock, newFakeClock } from './fake-clock.ts';
import { type FakeLeaseServer, newFakeLeaseServer } from './fake-lease-server.ts';
import { runTerms, type Term } from './leader-terms.ts';
import { silentLogger } from './silent-logger.ts';

interface Replica {
  holds: boolean;
  leads: boolean;
  term?: Term;
  stop(): Promise<void>;
}

let server: FakeLeaseServer;
let client: KubeClient;
let clock: FakeClock;
let replicas: Replica[];

beforeEach(() => {
  ({ server, client } = newFakeLeaseServer());
  [clock, replicas] = [newFakeClock(), []];
});
afterEach(async () => {
  for (const replica of replicas) await replica.stop();
});

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

function start(identity: string, api = client): Replica {
  const stopping = new AbortController();
  const replica: Replica = { holds: false, leads: false, stop: async () => undefined };
  const hold = async (term: Term): Promise<void> => {
    Object.assign(replica, { holds: true, term });
    await untilAborted(term.signal);
    replica.holds = false;
  };
  const lead = async (signal: AbortSignal): Promise<void> => {
    replica.leads = true;
    await untilAborted(signal);
    replica.leads = false;
  };
  const options = { client: api, namespace: 'ns', name: 'lock', identity, clock, log: silentLogger };
  const running = runTerms(options, { hold, lead }, stopping.signal);
  replica.stop = async () => {
    stopping.abort(new Error('stop'));
    await running;
  };
  replicas.push(replica);
  return replica;
}

describe('a leader whose lease can not be reached', () => {
  test.each(['isAway', 'isHanging'] as const)(
    '(%s) stops leading in time, and goes on telling until it leads again',
    async (how) => {
      const a = start('a');
      await clock.advance(5000);
      expect(a).toMatchObject({ holds: true, leads: true });
      server[how] = true;
      await clock.advance(13_000);
      expect(a).toMatchObject({ holds: true, leads: false });
      expect(a.term?.isSure()).toBe(false);
      await clock.advance(120_000);
      expect(a).toMatchObject({ holds: true, leads: false });
      server[how] = false;
      await clock.advance(13_000);
      expect(a).toMatchObject({ holds: true, leads: true });
      expect(a.term?.isSure()).toBe(true);
      await a.stop();
      expect(server.lease()?.spec?.holderIdentity).toBe('');
    },
  );

  test('stops telling when it hears that another has taken the lease', async () => {
    const link = { isCut: false };
    const cut = async (): Promise<never> => Promise.reject(new Error('cut'));
    const mine = new Proxy(client, { get: (target, name) => (link.isCut ? cut : Reflect.get(target, name)) });
    const a = start('a', mine);
    await clock.advance(5000);
    const b = start('b');
    link.isCut = true;
    await clock.advance(30_000);
    expect([a.leads, b.leads]).toEqual([false, true]);
    expect([a.holds, b.holds]).toEqual([true, true]);
    link.isCut = false;
    await clock.advance(5000);
    expect([a.holds, b.holds]).toEqual([false, true]);
  });

  test('stops telling when it sees another at work, and leads again once that has gone', async () => {
    const a = start('a');
    await clock.advance(5000);
    server.isAway = true;
    await clock.advance(13_000);
    a.term?.giveUp();
    await clock.advance(0);
    expect(a.holds).toBe(false);
    server.isAway = false;
    await clock.advance(20_000);
    expect(a).toMatchObject({ holds: true, leads: true });
  });
});

test('what fails ends the term, and is told', async () => {
  const options = { client, namespace: 'ns', name: 'lock', identity: 'a', clock, log: silentLogger };
  let isLeading = false;
  const lead = async (signal: AbortSignal): Promise<void> => {
    isLeading = true;
    await untilAborted(signal);
    isLeading = false;
  };
  const hold = async (): Promise<void> => {
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, 1000));
    throw new Error('the name is taken');
  };
  const running = runTerms(options, { hold, lead }, new AbortController().signal);
  const outcome = running.then(
    () => 'ended',
    (error: Error) => error.message,
  );
  await clock.advance(500);
  expect(isLeading).toBe(true);
  await clock.advance(2000);
  expect(await outcome).toBe('the name is taken');
  expect(isLeading).toBe(false);
  expect(server.lease()?.spec?.holderIdentity).toBe('');
});
