import { beforeEach, expect, test } from 'vitest';
import { newForbidden, newUnauthorized } from '../shared/apis/meta/status-error.ts';
import { type Transport, TransportError } from '../shared/client/transport.ts';
import { newFakeClock } from '../shared/controller/fake-clock.ts';
import type { Logger } from '../shared/controller/logger.ts';
import { type HubRefusals, newHubRefusals } from './hub-refusals.ts';

let clock: ReturnType<typeof newFakeClock>;
let lines: string[];
let refusals: HubRefusals;
let status: number;
let hub: Transport;

const errors: Record<number, Error> = { 401: newUnauthorized(), 403: newForbidden({ resource: 'works' }, 'no') };

function newListLog(): Logger {
  const log = (level: string) => (_fields: object, message: string) => void lines.push(`${level} ${message}`);
  const [debug, info, warn, error] = [log('debug'), log('info'), log('warn'), log('error')];
  return { debug, info, warn, error, child: newListLog };
}

beforeEach(() => {
  clock = newFakeClock();
  lines = [];
  refusals = newHubRefusals(newListLog(), clock);
  const body = (async function* () {})();
  hub = refusals.heard({ request: async () => ({ status, headers: {}, body }), close: async () => {} });
});

/** A part of the agent asks the hub, and tells if that fails. */
async function ask(answer: number, error: unknown = errors[answer]): Promise<void> {
  status = answer;
  await hub.request({ method: 'GET', path: '/' });
  if (answer >= 400) refusals.log.warn({ err: error }, 'watching failed');
}

const told = (): string[] => lines.filter((line) => !line.startsWith('debug'));
const REFUSED = expect.stringMatching(/^warn the hub refuses this agent: .* register it anew, else stop this agent$/);

test('a hub that does not know the agent any more is told of once, and again every ten minutes', async () => {
  for (let second = 0; second < 599; second += 10) {
    await ask(401);
    await clock.advance(10_000);
  }
  expect(told()).toEqual([REFUSED]);
  await ask(401);
  expect(told()).toEqual([REFUSED, REFUSED]);
});

test('so is one that has taken all rights from it; until that is sure, each part tells of its own', async () => {
  await ask(403);
  expect(told()).toEqual(['warn watching failed']);
  await clock.advance(15_000);
  await ask(403, new Error('renew', { cause: errors[403] }));
  await ask(403);
  expect(told()).toEqual(['warn watching failed', REFUSED]);
});

test('a right that the agent lacks while it may do other things is told of each time', async () => {
  await ask(403);
  await clock.advance(20_000);
  await ask(200);
  await ask(403);
  expect(told()).toEqual(['warn watching failed', 'warn watching failed']);
});

test('a hub that takes the agent again says so, and a new refusal is told of at once', async () => {
  await ask(401);
  await ask(503, new Error('overloaded'));
  await ask(404, new Error('not found'));
  await ask(401);
  expect(told()).toEqual([
    REFUSED,
    'warn watching failed',
    'info the hub takes this agent again',
    'warn watching failed',
    REFUSED,
  ]);
});

test.each<[string, number, number, boolean]>([
  ['does not know it', 401, 0, true],
  ['lets it in', 200, 0, false],
  ['lacks one right for it', 403, 0, false],
  ['has taken all rights from it', 403, 15_000, true],
  ['has too much to do', 503, 0, false],
])('an agent is cut off, or not, by a hub that %s', async (_what, answer, waitMs, isCutOff) => {
  await ask(answer);
  await clock.advance(waitMs);
  expect(refusals.isCutOff()).toBe(isCutOff);
  await ask(200);
  expect(refusals.isCutOff()).toBe(false);
});

test('an agent is cut off by a hub whose certificate it does not know, until it answers', async () => {
  const cause = Object.assign(new Error(), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  let failure: Error | undefined = new TransportError('', { cause });
  const body = (async function* () {})();
  hub = refusals.heard({
    request: async () => {
      if (failure) throw failure;
      return { status: 200, headers: {}, body };
    },
    close: async () => {},
  });
  await expect(hub.request({ method: 'GET', path: '/' })).rejects.toThrow(failure);
  expect(refusals.isCutOff()).toBe(true);
  failure = undefined;
  await hub.request({ method: 'GET', path: '/' });
  expect(refusals.isCutOff()).toBe(false);
});
