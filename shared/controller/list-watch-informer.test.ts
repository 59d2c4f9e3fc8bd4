import { describe, expect, test } from 'vitest';
import type { ConfigMap } from '../apis/core/v1.ts';
import { newExpired, newForbidden, newNotFound } from '../apis/meta/status-error.ts';
import type { FakeAnswer } from '../client/fake-transport.ts';
import { TransportError } from '../client/transport.ts';
import { bookmark, configMap, expired, newWatch, refuseStream, start, unreachable } from './informer-fixture.ts';
import { keyOf } from './store.ts';

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

  test('says that it may not see the kind, and asks again', async () => {
    const refused = (): FakeAnswer => ({ status: 403, body: newForbidden({ resource: 'configmaps' }, 'no').status });
    let times = 0;
    const onForbidden = (): void => {
      times += 1;
    };
    const watch = newWatch();
    const { clock, informer, running, stop } = start([unreachable, refused, refused, () => watch.answer], {
      onForbidden,
    });
    watch.send('BOOKMARK', bookmark('5', true));
    await clock.advance(30_000);
    expect([times, informer.hasSynced()]).toEqual([2, true]);
    stop.abort();
    watch.end();
    await running;
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
