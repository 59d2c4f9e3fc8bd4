import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { newFakeClock } from '../controller/fake-clock.ts';
import { withAnyOf, withDeadline } from './deadline.ts';
import { TransportError } from './transport.ts';

/** What ends only with its signal, by that signal's reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

describe('a task with a deadline', () => {
  const limit = (signal?: AbortSignal, what: () => string | Error = () => 'the hub') => ({
    ...{ signal, what },
    timeoutMs: 3000,
  });

  test.each<[string, () => string | Error, Error]>([
    ['as a server that does not answer', () => 'the hub', new TransportError('the hub: no answer within 3 s')],
    ['in the words of who asks', () => new Error('too slow'), new Error('too slow')],
  ])('is told of it %s', async (_name, what, expected) => {
    const clock = newFakeClock();
    const failure = expect(withDeadline(clock, limit(undefined, what), untilAborted)).rejects.toThrow(expected);
    await clock.advance(3000);
    await failure;
  });

  test('ends with the outer signal, and does not begin after it', async () => {
    const outer = new AbortController();
    const failure = expect(withDeadline(newFakeClock(), limit(outer.signal), untilAborted)).rejects.toThrow('the end');
    outer.abort(new Error('the end'));
    await failure;
    const begun = withDeadline(newFakeClock(), limit(outer.signal), async () => 'begun');
    await expect(begun).rejects.toThrow('the end');
  });

  test('leaves nothing behind', async () => {
    const clock = newFakeClock();
    const { signal } = new AbortController();
    await withDeadline(clock, limit(signal), async () => expect(getEventListeners(signal, 'abort')).toHaveLength(1));
    expect([clock.pending(), getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
  });
});

describe('a task with several signals', () => {
  test.each([0, 1])('ends with the first that aborts: number %i', async (which) => {
    const all = [new AbortController(), new AbortController()];
    const signals = all.map(({ signal }) => signal);
    const failure = expect(withAnyOf(signals, untilAborted)).rejects.toThrow('enough');
    all[which]?.abort(new Error('enough'));
    await failure;
    expect(signals.flatMap((signal) => getEventListeners(signal, 'abort'))).toEqual([]);
  });

  test('shares the one listener of a signal with all others that have it', async () => {
    const outer = new AbortController();
    const tasks = [1, 2, 3].map(() => withAnyOf([outer.signal], untilAborted));
    expect(getEventListeners(outer.signal, 'abort')).toHaveLength(1);
    outer.abort(new Error('the end'));
    const ends = await Promise.allSettled(tasks);
    expect(ends.map((end) => end.status === 'rejected' && end.reason.message)).toEqual(Array(3).fill('the end'));
  });

  test('goes on when another with the same signal is done', async () => {
    const outer = new AbortController();
    const failure = expect(withAnyOf([outer.signal], untilAborted)).rejects.toThrow('the end');
    await withAnyOf([outer.signal], async () => 'done');
    outer.abort(new Error('the end'));
    await failure;
    expect(getEventListeners(outer.signal, 'abort')).toEqual([]);
  });

  test.each([
    ['ends', async () => 'done'],
    ['fails', () => Promise.reject(new Error('failed'))],
  ])('that %s by itself ends what it has left running', async (_how, end) => {
    const { signal } = new AbortController();
    let left: AbortSignal | undefined;
    await withAnyOf([signal], (given) => {
      left = given;
      return end();
    }).catch(() => {});
    expect(left?.aborted).toBe(true);
  });

  test('finds itself aborted where one was before', async () => {
    const signals = [new AbortController().signal, AbortSignal.abort(new Error('before'))];
    await expect(withAnyOf(signals, untilAborted)).rejects.toThrow('before');
  });
});
