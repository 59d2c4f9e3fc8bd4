import { describe, expect, test } from 'vitest';
import { type ConfigMap, configMaps } from '../apis/core/v1.ts';
import { newExpired, newInvalid, newNotFound } from '../apis/meta/status-error.ts';
import { type FakeAnswer, newFakeTransport } from '../client/fake-transport.ts';
import { newKubeClient } from '../client/kube-client.ts';
import { TransportError, type TransportRequest } from '../client/transport.ts';
import { newFakeClock } from './fake-clock.ts';
import type { InformerOptions } from './informer.ts';
import { newInformer } from './list-watch-informer.ts';
import { silentLogger } from './silent-logger.ts';
import { keyOf } from './store.ts';

/** A watch whose events the test sends one by one. */
function newWatch() {
  const queue: (string | Error | undefined)[] = [];
  let wake: () => void = () => {};
  const push = (line: string | Error | undefined): void => {
    queue.push(line);
    wake();
  };
  async function* chunks(): AsyncGenerator<string> {
    for (;;) {
      while (queue.length > 0) {
        const line = queue.shift();
        if (line === undefined) return;
        if (line instanceof Error) throw line;
        yield `${line}\n`;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return {
    answer: { chunks: chunks() } satisfies FakeAnswer,
    send: (type: string, object: object) => push(JSON.stringify({ type, object })),
    end: () => push(undefined),
    cut: (error: Error) => push(error),
  };
}

function configMap(name: string, resourceVersion: string, uid = name): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'ns', uid, resourceVersion } };
}

function bookmark(resourceVersion: string, isEnd = false) {
  const annotations = isEnd ? { 'k8s.io/initial-events-end': 'true' } : {};
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { resourceVersion, annotations } };
}

function start(
  answers: ((request: TransportRequest) => FakeAnswer)[],
  more: Partial<Pick<InformerOptions<ConfigMap>, 'resumes' | 'transform' | 'onNotServed'>> = {},
) {
  const clock = newFakeClock();
  const transport = newFakeTransport((request, index) => {
    const answer = answers[index];
    if (!answer) throw new Error(`nothing is prepared for ${request.path}`);
    return answer(request);
  });
  const onConnectListeners = new Set<() => void>();
  const onConnect = (listener: () => void) => {
    onConnectListeners.add(listener);
    return () => onConnectListeners.delete(listener);
  };
  const connected = (): void => {
    for (const listener of onConnectListeners) listener();
  };
  const client = newKubeClient({ transport: { ...transport, onConnect }, clock });
  const informer = newInformer({ client, type: configMaps, clock, log: silentLogger, ...more });
  const told: string[] = [];
  informer.addHandler(({ object, previous, deleted }) => {
    const before = previous ? ` was ${previous.metadata.resourceVersion}` : '';
    told.push(`${deleted ? '-' : '+'}${keyOf(object)}@${object.metadata.resourceVersion}${before}`);
  });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  const asked = () => transport.requests.map(({ path }) => new URL(path, 'http://x').searchParams);
  return { clock, informer, told, stop, running, asked, connected };
}

const refuseStream = (): FakeAnswer => ({ status: 422, body: newInvalid({ resource: 'ListOptions' }, []).status });
const unreachable = (): FakeAnswer => {
  throw new TransportError('unreachable');
};
const broken = (): FakeAnswer => ({ status: 500, body: 'etcd is away' });
const expired = (): FakeAnswer => ({ status: 410, body: newExpired('too old').status });

describe('an informer', () => {
  test('streams the list, shows nothing of it before it is complete, and follows the changes', async () => {
    const watch = newWatch();
    const { clock, informer, told, asked } = start([() => watch.answer]);
    watch.send('ADDED', configMap('a', '1'));
    watch.send('ADDED', configMap('b', '2'));
    await clock.advance(0);
    expect(informer.hasSynced()).toBe(false);
    expect(informer.store.list()).toEqual([]);
    watch.send('BOOKMARK', bookmark('5', true));
    await clock.advance(0);
    await informer.synced();
    expect(told.splice(0)).toEqual(['+ns/a@1', '+ns/b@2']);
    watch.send('MODIFIED', configMap('a', '6'));
    watch.send('DELETED', configMap('b', '7'));
    watch.send('ADDED', configMap('c', '8'));
    await clock.advance(0);
    expect(told).toEqual(['+ns/a@6 was 1', '-ns/b@7 was 2', '+ns/c@8']);
    expect(informer.store.list().map(keyOf)).toEqual(['ns/a', 'ns/c']);
    expect(asked()[0]?.get('sendInitialEvents')).toBe('true');
  });

  test('tells how far it has seen: to the last change or bookmark, and not before the whole list is in its store', async () => {
    const [watch, again] = [newWatch(), newWatch()];
    const { clock, informer } = start([() => watch.answer, () => again.answer], { resumes: () => false });
    watch.send('ADDED', configMap('a', '1'));
    await clock.advance(0);
    expect(informer.seenUpTo()).toBeUndefined();
    const seen = async (send: () => void): Promise<string | undefined> => {
      send();
      await clock.advance(0);
      return informer.seenUpTo();
    };
    expect(await seen(() => watch.send('BOOKMARK', bookmark('5', true)))).toBe('5');
    expect(await seen(() => watch.send('ADDED', configMap('b', '6')))).toBe('6');
    expect(await seen(() => watch.send('DELETED', configMap('b', '7')))).toBe('7');
    expect(await seen(() => watch.send('BOOKMARK', bookmark('9')))).toBe('9');
    watch.cut(new TransportError('broken'));
    again.send('ADDED', configMap('a', '1'));
    await clock.advance(2000);
    expect(informer.seenUpTo()).toBe('9');
    expect(await seen(() => again.send('BOOKMARK', bookmark('3', true)))).toBe('3'); // the server was restored
  });

  test('says that nothing of the kind is served, and asks no more where that ends it', async () => {
    const notServed = (): FakeAnswer => ({ status: 404, body: newNotFound({ resource: 'configmaps' }).status });
    let times = 0;
    const onNotServed = (): void => {
      times += 1;
      if (times === 2) stop.abort();
    };
    const { clock, asked, stop, running } = start([unreachable, notServed, notServed], { onNotServed });
    await clock.advance(60_000);
    expect([times, asked().length]).toEqual([2, 3]);
    await running;
  });

  test('tells how far it has seen where it lists in pages', async () => {
    const watch = newWatch();
    const list = (): FakeAnswer => ({ body: { metadata: { resourceVersion: '4' }, items: [] } });
    const { clock, informer } = start([refuseStream, list, () => watch.answer]);
    await clock.advance(1000);
    expect(informer.seenUpTo()).toBe('4');
  });

  test.each<[string, boolean]>([
    ['streamed', true],
    ['listed', false],
  ])('goes on without an object that can not be taken in, %s', async (_how, isStreamed) => {
    const watch = newWatch();
    const transform = (object: ConfigMap): ConfigMap => {
      if (object.metadata.name === 'odd') throw new TypeError('odd');
      return object;
    };
    const items = [configMap('odd', '1'), configMap('a', '2')];
    const list = { apiVersion: 'v1', kind: 'ConfigMapList', metadata: { resourceVersion: '5' }, items };
    const before = isStreamed ? [] : [refuseStream, (): FakeAnswer => ({ body: list })];
    const { clock, informer, told } = start([...before, () => watch.answer], { transform });
    if (isStreamed) {
      for (const item of items) watch.send('ADDED', item);
      watch.send('BOOKMARK', bookmark('5', true));
    }
    await clock.advance(0);
    await clock.advance(60_000);
    expect([informer.hasSynced(), told.splice(0)]).toEqual([true, ['+ns/a@2']]);
    watch.send('MODIFIED', configMap('odd', '6'));
    watch.send('DELETED', configMap('odd', '7'));
    watch.send('ADDED', configMap('b', '8'));
    await clock.advance(0);
    expect(told).toEqual(['-ns/odd@7', '+ns/b@8']);
  });

  test('trims what it keeps, and not what is gone', async () => {
    const watch = newWatch();
    const trimmed: string[] = [];
    const transform = (object: ConfigMap): ConfigMap => {
      trimmed.push(object.metadata.resourceVersion ?? '');
      return object;
    };
    const { clock, told } = start([() => watch.answer], { transform });
    watch.send('ADDED', configMap('a', '1'));
    watch.send('BOOKMARK', bookmark('5', true));
    watch.send('MODIFIED', configMap('a', '6'));
    watch.send('DELETED', configMap('a', '7'));
    await clock.advance(0);
    expect(told).toEqual(['+ns/a@1', '+ns/a@6 was 1', '-ns/a@7 was 6']);
    expect(trimmed).toEqual(['1', '6']);
  });

  test('resumes a broken watch from the last revision, bookmarks included', async () => {
    const [first, second] = [newWatch(), newWatch()];
    const { clock, asked } = start([() => first.answer, () => second.answer]);
    first.send('BOOKMARK', bookmark('5', true));
    first.send('BOOKMARK', bookmark('9'));
    first.end();
    await clock.advance(0);
    expect(asked()[1]?.get('resourceVersion')).toBe('9');
    expect(asked()[1]?.get('sendInitialEvents')).toBeNull();
  });

  test('lists anew after its watch broke, as soon as the server is there again, where it may not resume', async () => {
    const [first, second, third] = [newWatch(), newWatch(), newWatch()];
    const more = { resumes: () => false };
    const { clock, told, asked } = start(
      [() => first.answer, () => second.answer, unreachable, () => third.answer],
      more,
    );
    first.send('ADDED', configMap('forgotten', '4'));
    first.send('BOOKMARK', bookmark('5', true));
    first.end();
    await clock.advance(0);
    second.cut(new TransportError('the connection has ended'));
    await clock.advance(10_000);
    third.send('BOOKMARK', bookmark('3', true));
    await clock.advance(0);
    const versions = asked().map((query) => query.get('sendInitialEvents') ?? query.get('resourceVersion'));
    expect(versions, 'an ended watch goes on').toEqual(['true', '5', 'true', 'true']);
    expect(told).toEqual(['+ns/forgotten@4', '-ns/forgotten@4 was 4']);
  });

  test('lists in pages where the server does not stream', async () => {
    const watch = newWatch();
    const page = (name: string, next?: string): FakeAnswer => ({
      body: { metadata: { resourceVersion: '5', ...(next ? { continue: next } : {}) }, items: [configMap(name, '1')] },
    });
    const { clock, told, asked } = start([refuseStream, () => page('a', 'more'), () => page('b'), () => watch.answer]);
    await clock.advance(1000);
    expect(told).toEqual(['+ns/a@1', '+ns/b@1']);
    expect(asked().map((query) => query.get('continue'))).toEqual([null, null, 'more', null]);
    expect(asked()[3]?.get('resourceVersion')).toBe('5');
  });

  test('asks for the whole list when its pages expire', async () => {
    const watch = newWatch();
    const first = (): FakeAnswer => ({ body: { metadata: { continue: 'more' }, items: [configMap('a', '1')] } });
    const whole = (): FakeAnswer => ({ body: { metadata: { resourceVersion: '9' }, items: [configMap('b', '8')] } });
    const { clock, told } = start([refuseStream, first, expired, whole, () => watch.answer]);
    await clock.advance(1000);
    expect(told).toEqual(['+ns/b@8']);
  });

  test('lists anew at once when its revision is gone, and tells what vanished as deleted', async () => {
    const [first, second] = [newWatch(), newWatch()];
    const { clock, told, informer } = start([() => first.answer, expired, () => second.answer]);
    for (const name of ['gone', 'same', 'changed', 'remade']) first.send('ADDED', configMap(name, '1'));
    first.send('BOOKMARK', bookmark('5', true));
    first.end();
    await clock.advance(0);
    told.length = 0;
    second.send('ADDED', configMap('same', '1'));
    second.send('ADDED', configMap('changed', '6'));
    second.send('ADDED', configMap('remade', '7', 'other-uid'));
    await clock.advance(0);
    expect(informer.store.get('ns/gone')).toBeDefined();
    second.send('BOOKMARK', bookmark('9', true));
    await clock.advance(0);
    expect(told).toEqual(['+ns/changed@6 was 1', '-ns/remade@1 was 1', '+ns/remade@7', '-ns/gone@1 was 1']);
    expect(informer.store.list().map(keyOf)).toEqual(['ns/same', 'ns/changed', 'ns/remade']);
  });

  test('an ERROR event of a watch counts as the answer that it is', async () => {
    const [first, second] = [newWatch(), newWatch()];
    const { clock, asked } = start([() => first.answer, () => second.answer]);
    first.send('BOOKMARK', bookmark('5', true));
    first.send('ERROR', newExpired('too old').status);
    await clock.advance(0);
    expect(asked()[1]?.get('sendInitialEvents')).toBe('true');
  });

  test('takes a server that ignores the question for one that can only list', async () => {
    const [first, second] = [newWatch(), newWatch()];
    const list = (): FakeAnswer => ({ body: { metadata: { resourceVersion: '5' }, items: [] } });
    const { clock, informer } = start([() => first.answer, list, () => second.answer]);
    first.send('ADDED', configMap('a', '1'));
    await clock.advance(9000);
    expect(informer.hasSynced()).toBe(false);
    await clock.advance(3000);
    expect(informer.hasSynced()).toBe(true);
  });

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

  test('tells a late handler of everything that is there', async () => {
    const watch = newWatch();
    const { clock, informer } = start([() => watch.answer]);
    watch.send('ADDED', configMap('a', '1'));
    watch.send('BOOKMARK', bookmark('5', true));
    await clock.advance(0);
    const late: string[] = [];
    const remove = informer.addHandler(({ object }) => late.push(keyOf(object)));
    expect(late).toEqual(['ns/a']);
    remove();
    watch.send('MODIFIED', configMap('a', '6'));
    await clock.advance(0);
    expect(late).toEqual(['ns/a']);
  });

  test('ends when it is told to; whoever waits for its list is told', async () => {
    const watch = newWatch();
    const { clock, informer, stop, running } = start([() => watch.answer]);
    await clock.advance(0);
    stop.abort();
    await running;
    await expect(informer.synced()).rejects.toThrow('the informer of configmaps ended before it had the list');
    expect(clock.pending()).toBe(0);
  });
});
