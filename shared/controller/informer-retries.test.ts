import { describe, expect, test } from 'vitest';
import type { FakeAnswer } from '../client/fake-transport.ts';
import { TransportError, type TransportRequest } from '../client/transport.ts';
import { bookmark, broken, expired, newWatch, refuseStream, start, unreachable } from './informer-fixture.ts';

describe('an informer whose server fails', () => {
  test('waits longer from failure to failure', async () => {
    const refuse = (): FakeAnswer => ({ status: 403, body: 'no' });
    const { clock, asked } = start(Array.from({ length: 50 }, () => refuse));
    await clock.advance(100);
    expect(asked()).toHaveLength(1);
    await clock.advance(60_000);
    expect(asked().length).toBeGreaterThan(5);
    expect(asked().length).toBeLessThan(14);
  });

  test('is one of many that come back one after the other when a server ends all their connections at once', async () => {
    async function* listAndCut(): AsyncGenerator<string> {
      yield `${JSON.stringify({ type: 'BOOKMARK', object: bookmark('5', true) })}\n`;
      throw new TransportError('the connection has ended');
    }
    const agents = Array.from({ length: 200 }, () =>
      start([() => ({ chunks: listAndCut() }), () => newWatch().answer]),
    );
    const backAfter = async (ms: number): Promise<number> => {
      for (const { clock } of agents) await clock.advance(ms);
      return agents.filter(({ asked }) => asked().length > 1).length;
    };
    const early = await backAfter(400);
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThan(100); // forty by rights; a hundred will not be seen
    expect(await backAfter(1600)).toBe(200);
    for (const { stop } of agents) stop.abort();
  });

  test('does not wait so long when its first connection is cut', async () => {
    const cut = (): FakeAnswer => {
      throw new TransportError('the connection has ended');
    };
    const starting = Array.from({ length: 20 }, () => start([cut, () => newWatch().answer]));
    for (const { clock } of starting) await clock.advance(400);
    expect(starting.filter(({ asked }) => asked().length > 1)).toHaveLength(20);
    for (const { stop } of starting) stop.abort();
  });

  test('waits longer from failure to failure also for a server that is gone after it had given the list', async () => {
    const first = newWatch();
    const { clock, asked } = start([() => first.answer, ...Array.from({ length: 90 }, () => unreachable)]);
    await clock.advance(100);
    first.send('BOOKMARK', bookmark('5', true));
    await clock.advance(100);
    first.cut(new TransportError('the connection has ended'));
    await clock.advance(60_000);
    expect(asked().length).toBeGreaterThan(5);
    expect(asked().length).toBeLessThan(14);
  });

  test.each<[string, () => FakeAnswer, { resumes?: () => boolean }]>([
    ['fails, where it may not resume', broken, { resumes: () => false }],
    ['is told that its revision is gone', expired, {}],
  ])(
    'waits longer from failure to failure where each watch %s, though there is a list each time',
    async (_what, refusal, more) => {
      const items = { apiVersion: 'v1', kind: 'ConfigMapList', metadata: { resourceVersion: '5' }, items: [] };
      const answer = ({ path }: TransportRequest): FakeAnswer => {
        if (path.includes('sendInitialEvents')) return refuseStream();
        return path.includes('watch=') ? refusal() : { status: 200, body: items };
      };
      const { clock, asked, stop } = start(
        Array.from({ length: 400 }, () => answer),
        more,
      );
      await clock.advance(60_000);
      const watches = asked().filter((query) => query.has('resourceVersion') && query.has('watch'));
      expect(watches.length).toBeGreaterThan(5);
      expect(watches.length).toBeLessThan(15);
      stop.abort();
    },
  );

  test('does not wait the longer when it is cut for what failed before a watch that lasted', async () => {
    const [first, second] = [newWatch(), newWatch()];
    const { clock, asked } = start([
      ...Array.from({ length: 8 }, () => unreachable),
      () => first.answer,
      () => second.answer,
    ]);
    while (asked().length < 9) await clock.advance(1000);
    first.send('BOOKMARK', bookmark('5', true));
    await clock.advance(60_000);
    first.cut(new TransportError('the connection has ended'));
    await clock.advance(2000);
    expect(asked()).toHaveLength(10);
  });

  test.each([
    ['could not be reached', unreachable],
    ['said that it does not work', broken],
  ])('asks at once when others are answered again by a server that %s', async (_, away) => {
    const watch = newWatch();
    const { clock, asked, connected } = start([away, away, away, () => watch.answer]);
    while (asked().length < 3) await clock.advance(50);
    connected();
    await clock.advance(0);
    expect(asked()).toHaveLength(4);
  });

  test('does not ask in a tight loop a server that ends every watch at once', async () => {
    const short = (): FakeAnswer => ({ body: '' });
    const first = newWatch();
    const { clock, asked } = start([() => first.answer, ...Array.from({ length: 50 }, () => short)]);
    first.send('BOOKMARK', bookmark('5', true));
    first.end();
    await clock.advance(10_000);
    expect(asked().length).toBeLessThan(9);
  });

  test('gives up a watch that the server does not end in time', async () => {
    const [first, second] = [newWatch(), newWatch()];
    const { clock, asked } = start([() => first.answer, () => second.answer]);
    first.send('BOOKMARK', bookmark('5', true));
    await clock.advance(0);
    const seconds = Number(asked()[0]?.get('timeoutSeconds'));
    expect(seconds).toBeGreaterThanOrEqual(300);
    expect(seconds).toBeLessThanOrEqual(600);
    await clock.advance(seconds * 1000 + 31_000);
    expect(asked()[1]?.get('resourceVersion')).toBe('5');
  });
});
