import { beforeEach, expect, test } from 'vitest';
import { type Transport, TransportError } from '../shared/client/transport.ts';
import { newFakeClock } from '../shared/controller/fake-clock.ts';
import type { Logger } from '../shared/controller/logger.ts';
import { type HubOutage, newHubOutage } from './hub-outage.ts';

let clock: ReturnType<typeof newFakeClock>;
let lines: string[];
let outage: HubOutage;
let hub: Transport;
/** What the hub does with a request. */
let answer: () => Promise<number>;

function newListLog(): Logger {
  const log = (level: string) => (_fields: object, message: string) => void lines.push(`${level} ${message}`);
  const [debug, info, warn, error] = [log('debug'), log('info'), log('warn'), log('error')];
  return { debug, info, warn, error, child: newListLog };
}

const refuse = async (): Promise<number> => {
  throw new TransportError('the connection was refused');
};

beforeEach(() => {
  clock = newFakeClock();
  lines = [];
  outage = newHubOutage(newListLog(), clock);
  const body = (async function* () {})();
  hub = outage.heard({
    request: async () => ({ status: await answer(), headers: {}, body }),
    close: async () => {},
  });
});

/** A part of the agent asks the hub, and tells if that fails. */
async function ask(wrap = (error: unknown) => error): Promise<void> {
  await hub.request({ method: 'GET', path: '/' }).catch((error: unknown) => {
    outage.log.child({ controller: 'work' }).warn({ err: wrap(error) }, 'reconcile failed');
  });
}

const told = (): string[] => lines.filter((line) => !line.startsWith('debug'));
const AWAY = expect.stringMatching(/^warn the hub can't be reached/);

test('a hub that is away is told of once, then after one minute, two, four, eight, and every ten', async () => {
  answer = refuse;
  const toldAtMinutes: number[] = [];
  for (let second = 0; second <= 36 * 60; second += 10) {
    const before = told().length;
    await ask();
    if (told().length > before) toldAtMinutes.push(second / 60);
    await clock.advance(10_000);
  }
  expect(toldAtMinutes).toEqual([0, 1, 3, 7, 15, 25, 35]);
  expect(new Set(told())).toEqual(new Set([AWAY]));
});

test('each try is there for debugging, and an error that has the failure as its cause is one of them', async () => {
  answer = refuse;
  await ask();
  await ask((error) => new Error('renew', { cause: error }));
  expect(lines).toEqual(['debug reconcile failed', AWAY, 'debug reconcile failed']);
});

test('when it answers again, whatever it says, that is told, and the next outage at once', async () => {
  answer = refuse;
  await ask();
  await clock.advance(10_000);
  answer = async () => 503;
  await ask();
  answer = refuse;
  await ask();
  expect(told()).toEqual([AWAY, 'info the hub answers again', AWAY]);
});

test('what others fail with, the member say, is told each time', async () => {
  answer = refuse;
  await ask();
  outage.log.warn({ err: new TransportError('the member is away') }, 'watching failed');
  outage.log.warn({ works: 3 }, 'the hub has not answered');
  expect(told()).toEqual([AWAY, 'warn watching failed', 'warn the hub has not answered']);
});

test('a request that the hub let wait too long, while it answers others, ends in one line', async () => {
  answer = refuse;
  await ask();
  answer = async () => 200;
  await ask();
  expect(told()).toEqual([AWAY]);
});

test('a hub that lets a request wait too long every few seconds, and answers others, is told of ever more rarely', async () => {
  const toldAtMinutes: number[] = [];
  for (let second = 0; second < 16 * 60; second += 15) {
    const before = told().length;
    answer = refuse;
    await ask();
    if (told().length > before) toldAtMinutes.push(second / 60);
    answer = async () => 200;
    await ask();
    await clock.advance(15_000);
  }
  expect(toldAtMinutes).toEqual([0, 1, 3, 7, 15]);
  expect(new Set(told())).toEqual(new Set([AWAY]));
});

test('when it then does not answer at all for ten seconds that is told, and from there on as of any outage', async () => {
  for (const each of [refuse, async () => 200, refuse]) {
    answer = each;
    await ask();
  }
  expect(told()).toEqual([AWAY]);
  await clock.advance(10_000);
  await ask();
  expect(told()).toEqual([AWAY, AWAY]);
  await clock.advance(60_000);
  await ask();
  answer = async () => 200;
  await ask();
  expect(told()).toEqual([AWAY, AWAY, AWAY, 'info the hub answers again']);
});

test('after a long time without any, one is told of at once, and again after a minute', async () => {
  const failOnce = async (): Promise<void> => {
    answer = refuse;
    await ask();
    answer = async () => 200;
    await ask();
  };
  for (let minute = 0; minute < 8; minute += 1) {
    await failOnce();
    await clock.advance(60_000);
  }
  const before = told().length;
  await clock.advance(30 * 60_000);
  await failOnce();
  await clock.advance(60_000);
  await failOnce();
  expect(told().length - before).toBe(2);
});

test('a request that was ended by who asked is no outage', async () => {
  answer = async () => {
    throw new Error('the agent is stopping');
  };
  await ask();
  expect(told()).toEqual(['warn reconcile failed']);
});
