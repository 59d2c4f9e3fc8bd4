import { expect, test } from 'vitest';
import { followWatch, initialEnd } from './follow-watch.ts';
import type { Sender, WireRequest } from './send.ts';

const wire: WireRequest = { method: 'GET', path: '/watch' };
const event = (name: string, end = 'none'): string => JSON.stringify({ type: 'ADDED', name, labels: { end } });

/** A watch whose head and lines come when the test says so; it never ends by itself. */
function newOpenWatch(): { send: Sender; head(): void; say(line: string): void } {
  let sent: WireRequest | undefined;
  const send: Sender = (request) => {
    sent = request;
    return new Promise((_, reject) => request.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
  };
  return { send, head: () => sent?.onHead?.(200), say: (line) => sent?.onLine?.(line) };
}

test('a watch without a last event ends when a whole silence has passed without one', async () => {
  const { send, head, say } = newOpenWatch();
  const late = [event('a'), event('b')];
  let silences = 0;
  const silence = async (): Promise<void> => {
    silences++;
    const line = late.shift();
    if (line) say(line);
  };
  const watch = followWatch(send, wire, { silence });
  expect(silences).toBe(0); // nothing is silent that has not answered
  head();
  expect((await watch.answer).body).toBe([event('a'), event('b')].join('\n'));
  expect(silences).toBe(3);
});

test('a watch whose last event is known is read to it, and no further', async () => {
  const { send, head, say } = newOpenWatch();
  const watch = followWatch(send, wire, { label: 'x' });
  head();
  for (const line of [event('a'), event('b', 'x'), event('c')]) say(line);
  expect((await watch.answer).body).toBe([event('a'), event('b', 'x')].join('\n'));
});

test('bookmarks are left out, but that of the end of the beginning', async () => {
  const { send, head, say } = newOpenWatch();
  const watch = followWatch(send, wire, { label: initialEnd });
  head();
  const end = '{"type":"BOOKMARK","object":{"metadata":{"annotations":{"k8s.io/initial-events-end":"true"}}}}';
  for (const line of ['{"type":"BOOKMARK"}', event('a'), end]) say(line);
  expect((await watch.answer).body).toBe([event('a'), end].join('\n'));
});
