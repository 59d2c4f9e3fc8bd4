import { expect, test } from 'vitest';
import type { RequestContext, ServerResponse } from '../request.ts';
import { newUnreadLimit } from './unread-answers.ts';

const KIB = 1024;

function newLimited() {
  let nowMs = 0;
  const limit = newUnreadLimit({ ofUser: 20 * KIB, total: 50 * KIB }, () => nowMs);
  const wait = (ms: number) => {
    nowMs += ms;
  };
  const client = new AbortController();
  const answerTo = async (
    user: string,
    response: ServerResponse,
    { verb = 'list', groups = [] as string[] } = {},
  ): Promise<ServerResponse | number> => {
    const context = { info: { verb }, user: { name: user, groups }, request: { signal: client.signal } };
    const answer = await limit.formed(context as unknown as RequestContext, async () => response);
    return answer.status === 429 ? answer.status : answer;
  };
  const ask = (user: string, kib: number, more = {}) =>
    answerTo(user, { status: 200, body: Buffer.alloc(kib * KIB) }, more);
  return { answerTo, ask, wait, leave: () => client.abort() };
}

const release = (answer: ServerResponse | number): void => (answer as ServerResponse).holding?.release?.();

test('who leaves answers unread gets no more than their share, and again when one is read', async () => {
  const { ask } = newLimited();
  const first = await ask('a', 12);
  expect(first).toMatchObject({ status: 200 });
  expect(await ask('a', 12)).toBe(429);
  expect(await ask('b', 12)).toMatchObject({ status: 200 });
  release(first);
  release(first);
  expect(await ask('a', 12)).toMatchObject({ status: 200 });
  expect(await ask('a', 12)).toBe(429);
});

test('one answer of any size has room, and small ones always have', async () => {
  const { ask } = newLimited();
  expect(await ask('a', 200)).toMatchObject({ status: 200 });
  expect(await ask('a', 3)).toMatchObject({ status: 200 });
  expect(await ask('b', 5)).toBe(429); // there is none left of all together
});

test('what was written is answered in any case, and system:masters is not counted', async () => {
  const { ask } = newLimited();
  await ask('a', 18);
  expect(await ask('a', 18, { verb: 'create' })).toMatchObject({ status: 200 });
  for (let round = 0; round < 5; round++)
    expect(await ask('root', 40, { groups: ['system:masters'] })).toMatchObject({ status: 200 });
  expect(await ask('b', 10)).toMatchObject({ status: 200 });
});

test('a watch that has much to tell at its beginning counts, and is closed where there is no room', async () => {
  const { answerTo, ask } = newLimited();
  let isClosed = false;
  const over = { done: true, value: undefined } as const;
  const stream = {
    next: async () => over,
    return: async () => {
      isClosed = true;
      return over;
    },
  };
  const watch = (): ServerResponse => ({
    status: 200,
    body: { [Symbol.asyncIterator]: () => stream },
    holding: { bytes: 15 * KIB },
  });
  const first = await answerTo('a', watch(), { verb: 'watch' });
  expect(await answerTo('a', watch(), { verb: 'watch' })).toBe(429);
  expect(isClosed).toBe(true);
  release(first);
  expect(await ask('a', 15)).toMatchObject({ status: 200 });
});

/** As the listener does. */
function handOn(answer: ServerResponse | number, giveUp: () => void): void {
  const { holding } = answer as ServerResponse;
  if (holding) holding.giveUp = giveUp;
}

test('who has left much unread for long loses the oldest of it where others have no room, and nobody who has less', async () => {
  const { ask, wait } = newLimited();
  const givenUp: string[] = [];
  for (const [user, kib] of [
    ['a', 9],
    ['b', 15],
    ['b', 5],
    ['c', 16],
  ] as const) {
    handOn(await ask(user, kib), () => givenUp.push(`${user} ${kib}`));
    wait(1);
  }
  wait(9990);
  expect(await ask('d', 10)).toBe(429);
  expect(givenUp).toEqual([]);
  wait(1000);
  const answer = await ask('d', 10);
  expect(answer).toMatchObject({ status: 200 });
  expect(givenUp).toEqual(['b 15']);
  expect(await ask('e', 20)).toBe(429);
  expect(await ask('c', 6)).toBe(429);
  expect(await ask('e', 10)).toMatchObject({ status: 200 });
  expect(await ask('f', 10)).toMatchObject({ status: 200 });
  expect(givenUp).toEqual(['b 15', 'c 16']);
  release(answer);
});

test('what nobody can give up stays counted', async () => {
  const { ask, wait } = newLimited();
  for (const user of ['a', 'b', 'c']) await ask(user, 16);
  wait(20_000);
  expect(await ask('d', 10)).toBe(429);
});

test('what is refused is not counted', async () => {
  const { answerTo, ask } = newLimited();
  const refused = { status: 404, body: 'x'.repeat(18 * KIB) };
  expect(await answerTo('a', refused)).toMatchObject({ status: 404 });
  expect(await ask('a', 18)).toMatchObject({ status: 200 });
  expect(await answerTo('a', refused)).toMatchObject({ status: 404 });
});

test('an answer that nobody waits for any more takes no room', async () => {
  const { ask, leave } = newLimited();
  await ask('a', 18);
  leave();
  expect(await ask('a', 18)).toMatchObject({ status: 200 });
  expect(await ask('a', 18)).toMatchObject({ status: 200 });
});

test('an answer that takes time to get its last form counts as long as it is meanwhile, also where it never gets it', async () => {
  const { formed, unformed } = newUnreadLimit({ ofUser: 20 * KIB, total: 50 * KIB });
  const { signal } = new AbortController();
  const begin = (form: (response: ServerResponse) => Promise<ServerResponse>) => {
    const context = { info: { verb: 'list' }, user: { name: 'a', groups: [] }, request: { signal } };
    const answer = async () => ({ status: 200, body: Buffer.alloc(12 * KIB) });
    return formed(context as unknown as RequestContext, async (its) => form(await unformed(its, answer)));
  };
  let end = (_body: Uint8Array): void => {};
  let fail = (): void => {};
  const short = begin(({ status }) => new Promise((resolve) => (end = (body) => resolve({ status, body }))));
  expect((await begin(async (response) => response)).status).toBe(429);
  end(Buffer.alloc(5 * KIB));
  expect((await short).status).toBe(200);
  const broken = begin(() => new Promise((_, reject) => (fail = () => reject(new Error('no form')))));
  expect((await begin(async (response) => response)).status).toBe(429);
  fail();
  await expect(broken).rejects.toThrow('no form');
  expect((await begin(async (response) => response)).status).toBe(200);
});
