import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, newFixture, type WatchReader } from './request-fixture.ts';

let api: Fixture;
const inDefault = { resource: 'configmaps', namespace: 'default' };
const MINUTE_MS = 60_000;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

beforeEach(async () => {
  api = newFixture();
  for (const name of ['default', 'other'])
    await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name } } });
});

const create = (name: string, labels: Record<string, string> = {}, namespace = 'default') =>
  api.send({ verb: 'create', resource: 'configmaps', namespace, body: { metadata: { name, labels }, data: {} } });
const relabel = async (name: string, labels: Record<string, string>) => {
  const { body } = await api.send({ verb: 'get', ...inDefault, name });
  return api.send({ verb: 'update', ...inDefault, name, body: { ...body, metadata: { ...body.metadata, labels } } });
};
const remove = (name: string) => api.send({ verb: 'delete', ...inDefault, name });
const list = (query: Record<string, string> = {}, call: object = {}) =>
  api.send({ verb: 'list', ...inDefault, query, ...call });
const names = (answer: { body: { items?: { metadata: { name?: string } }[] } }) =>
  answer.body.items?.map((item) => item.metadata.name);

describe('list', () => {
  test('is of one revision and says which', async () => {
    await create('a');
    const { body } = await list();
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: '4' } });
    expect(body.items?.[0]).not.toHaveProperty('kind');
    await create('b');
    expect(names(await list({ resourceVersion: '4', resourceVersionMatch: 'Exact' }))).toEqual(['a']);
    expect(names(await list({ resourceVersion: '4' }))).toEqual(['a', 'b']);
  });

  test('reaches over all namespaces', async () => {
    await create('b');
    await create('a', {}, 'other');
    expect(names(await list({}, { namespace: '' }))).toEqual(['b', 'a']);
  });

  test.each([
    ['a=1', ['x']],
    ['a!=1', ['y', 'z']],
    ['a', ['x', 'y']],
    ['!a', ['z']],
    ['a in (1,2)', ['x', 'y']],
    ['a notin (1)', ['y', 'z']],
    ['a in (1,2),b', ['y']],
    ['a>1', ['y']],
    ['b<1', []],
  ])('selects by labels: %s', async (labelSelector, expected) => {
    await create('x', { a: '1' });
    await create('y', { a: '2', b: '' });
    await create('z');
    expect(names(await list({ labelSelector }))).toEqual(expected);
  });

  test.each([
    ['n>9', ['b', 'c', 'd']],
    ['n<10', []],
    ['n>9007199254740992', ['d']],
  ])(
    'compares labels as whole numbers of 64 bits, and none that are no such numbers: %s',
    async (labelSelector, expected) => {
      const labels = {
        a: '0x10',
        b: '10',
        c: '9007199254740992',
        d: '9007199254740993',
        e: '',
        f: '1e3',
        g: '99999999999999999999',
      };
      for (const [name, n] of Object.entries(labels)) await create(name, { n });
      expect(names(await list({ labelSelector }))).toEqual(expected);
    },
  );

  test.each(['n>9223372036854775808', 'n>0x10'])('does not compare with %s', async (labelSelector) => {
    expect((await list({ labelSelector })).code).toBe(400);
  });

  test.each([
    ['metadata.name=x', ['x']],
    ['metadata.name!=x', ['y']],
    ['metadata.namespace=default,metadata.name=y', ['y']],
  ])('selects by fields: %s', async (fieldSelector, expected) => {
    await create('x');
    await create('y');
    expect(names(await list({ fieldSelector }))).toEqual(expected);
    expect(names(await list({ fieldSelector }, { namespace: '' }))).toEqual(expected);
  });

  test.each([
    [{ labelSelector: 'a=(' }, 400, 'unable to parse requirement'],
    [{ fieldSelector: 'data.x=1' }, 400, 'is not a known field selector: only "metadata.name", "metadata.namespace"'],
    [{ resourceVersionMatch: 'Exact' }, 422, 'resourceVersionMatch is forbidden unless resourceVersion is provided'],
    [{ resourceVersion: '99' }, 504, 'Too large resource version: 99, current: 3'],
    [{ continue: 'x' }, 400, 'continue key is not valid'],
  ])('refuses %o', async (query, code, message) => {
    const answer = await list(query);
    expect(answer.code).toBe(code);
    expect(answer.body.message).toContain(message);
  });

  test('comes in pages of one revision', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name);
    const first = await list({ limit: '2' });
    expect(names(first)).toEqual(['a', 'b']);
    expect(first.body.metadata).toMatchObject({ remainingItemCount: 3, resourceVersion: '8' });
    await create('bb');
    await remove('d');
    const token = (first.body.metadata as { continue?: string }).continue ?? '';
    const second = await list({ limit: '9', continue: token });
    expect(names(second)).toEqual(['c', 'd', 'e']);
    expect(second.body.metadata).toEqual({ resourceVersion: '8' });
  });

  test('a page whose revision is compacted comes with a token to go on with newer data', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    const first = await list({ limit: '1' });
    const token = (first.body.metadata as { continue?: string }).continue ?? '';
    await create('d');
    await api.storage.compact(api.storage.revision());
    const expired = await list({ limit: '9', continue: token });
    expect(expired).toMatchObject({ code: 410, body: { reason: 'Expired' } });
    expect(expired.body.message).toContain('The provided continue parameter is too old to display a consistent list');
    const newer = (expired.body.metadata as { continue?: string }).continue ?? '';
    expect(names(await list({ limit: '9', continue: newer }))).toEqual(['b', 'c', 'd']);
  });

  test('fills its pages under a selector, without a count', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name, name === 'c' ? {} : { app: 'x' });
    const first = await list({ limit: '3', labelSelector: 'app=x' });
    expect(names(first)).toEqual(['a', 'b', 'd']);
    expect(first.body.metadata).not.toHaveProperty('remainingItemCount');
    const token = (first.body.metadata as { continue?: string }).continue ?? '';
    const last = await list({ limit: '3', labelSelector: 'app=x', continue: token });
    expect(names(last)).toEqual(['e']);
    expect(last.body.metadata).not.toHaveProperty('continue');
  });

  test.each([
    ['now', {}],
    ['of the past', { resourceVersionMatch: 'Exact' }],
  ])('asks the store once, whatever the selector leaves out: %s', async (_what, exact) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name, name === 'e' ? { app: 'x' } : {});
    const revision = String(api.storage.revision());
    await create('f', { app: 'x' });
    let asked = 0;
    const { list: read } = api.registry.storage;
    api.registry.storage.list = (request) => {
      asked++;
      return read(request);
    };
    const at = 'resourceVersionMatch' in exact ? { ...exact, resourceVersion: revision } : {};
    expect(names(await list({ limit: '1', labelSelector: 'app=x', ...at }))).toEqual(['e']);
    expect(asked).toBe(1);
  });

  test('is a table, or metadata, for who asks', async () => {
    await create('a');
    const as = (form: string) => `application/json;as=${form};v=v1;g=meta.k8s.io,application/json`;
    const table = await list({ includeObject: 'None' }, { accept: as('Table') });
    expect(table.body).toMatchObject({ kind: 'Table', rows: [{ cells: ['a', 0, expect.any(String)] }] });
    expect(table.body.rows?.[0]).toHaveProperty('object', null);
    const metadata = await list({}, { accept: as('PartialObjectMetadataList') });
    expect(metadata.body).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 'a' } }] });
    expect(metadata.body.items?.[0]).not.toHaveProperty('data');
  });
});

describe('watch', () => {
  const watch = (query: Record<string, string> = {}, call: object = {}) =>
    api.open({ verb: 'watch', ...inDefault, query, ...call });
  const shown = async (reader: WatchReader, count: number) =>
    (await reader.next(count)).map(
      ({ type, object }) => `${type} ${object.metadata.name ?? ''}@${object.metadata.resourceVersion}`,
    );

  test('goes on from a resourceVersion without a gap', async () => {
    await create('a');
    const { body } = await list();
    await create('b');
    await remove('a');
    const reader = await watch({ resourceVersion: body.metadata.resourceVersion ?? '' });
    await create('c');
    expect(await shown(reader, 3)).toEqual(['ADDED b@5', 'DELETED a@6', 'ADDED c@7']);
    await reader.close();
  });

  test.each([{}, { resourceVersion: '0' }])('from %o first tells what is there', async (query) => {
    await create('a');
    await create('x', {}, 'other');
    const reader = await watch(query);
    await relabel('a', { new: '' });
    expect(await shown(reader, 2)).toEqual(['ADDED a@4', 'MODIFIED a@6']);
    await reader.close();
  });

  test('marks the end of the initial events for who asks', async () => {
    await create('a');
    const query = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' };
    const reader = await watch(query);
    const [added, end] = await reader.next(2);
    expect(added?.type).toBe('ADDED');
    expect(end).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { resourceVersion: '4', annotations: { 'k8s.io/initial-events-end': 'true' } },
      },
    });
    await reader.close();
  });

  test('keeps nothing of what was there once it has been told', async () => {
    await create('a');
    await create('b');
    const { storage } = api.registry;
    const kept: { entries: unknown[] }[] = [];
    const read = storage.list;
    storage.list = (request) => {
      const page = read(request);
      kept.push(page);
      return page;
    };
    const reader = await watch({});
    await reader.next(1);
    expect(kept.map(({ entries }) => entries.length)).toEqual([1]);
    await create('c');
    expect(await shown(reader, 2)).toEqual(['ADDED b@5', 'ADDED c@6']);
    expect(kept[0]?.entries).toEqual([]);
    await reader.close();
  });

  test('keeps nothing of what it has told while nothing happens', async () => {
    const reader = await watch({ allowWatchBookmarks: 'true', resourceVersion: '3' });
    api.advance(MINUTE_MS);
    const told = await reader.piece().then((piece) => new WeakRef(piece));
    const next = reader.piece();
    for (let turns = 0; turns < 10; turns++) await turn();
    collect();
    expect(told.deref() !== undefined).toBe(false);
    api.advance(MINUTE_MS);
    expect(Buffer.from(await next).toString()).toContain('BOOKMARK');
    await reader.close();
  });

  test('an object that begins or ceases to match comes and goes', async () => {
    await create('a');
    const reader = await watch({ labelSelector: 'app=x', resourceVersion: '4' });
    await relabel('a', { app: 'x' });
    await relabel('a', { app: 'x', more: '' });
    await relabel('a', {});
    await remove('a');
    await create('b', { app: 'x' });
    await remove('b');
    expect(await shown(reader, 5)).toEqual(['ADDED a@5', 'MODIFIED a@6', 'DELETED a@7', 'ADDED b@9', 'DELETED b@10']);
    await reader.close();
  });

  test('of one name sees only that one', async () => {
    const reader = await watch({ fieldSelector: 'metadata.name=a', resourceVersion: '3' });
    await create('ab');
    await create('a');
    expect(await shown(reader, 1)).toEqual(['ADDED a@5']);
    await reader.close();
  });

  test('sends bookmarks every minute, when asked', async () => {
    const reader = await watch({ allowWatchBookmarks: 'true', resourceVersion: '3' });
    await create('x', {}, 'other');
    api.advance(MINUTE_MS);
    expect(await shown(reader, 1)).toEqual(['BOOKMARK @4']);
    await reader.close();
  });

  test('ends when its time is up, and when its client goes', async () => {
    const timed = await watch({ timeoutSeconds: '5', resourceVersion: '3' });
    const gone = new AbortController();
    const left = await watch({ resourceVersion: '3' }, { signal: gone.signal });
    api.advance(5000);
    gone.abort();
    expect(await timed.isOver()).toBe(true);
    expect(await left.isOver()).toBe(true);
  });

  test('from any state says when all that is there has been told, to who wants bookmarks', async () => {
    await create('a');
    const reader = await watch({ allowWatchBookmarks: 'true' });
    const [, mark] = await reader.next(2);
    expect(mark).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    await reader.close();
  });

  test('without any time tells nothing', async () => {
    await create('a');
    const answer = await api.send({ verb: 'watch', ...inDefault, query: { timeoutSeconds: '-1' } });
    expect(answer).toMatchObject({ code: 200, text: '' });
  });

  test('from a revision that is not reached is refused, or told of in its stream when it is to begin with what is there', async () => {
    const refused = await api.send({ verb: 'watch', ...inDefault, query: { resourceVersion: '1000' } });
    expect(refused.code).toBe(504);
    const whole = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', resourceVersion: '1000' };
    const reader = await watch(whole);
    expect(await reader.next(1)).toMatchObject([{ type: 'ERROR', object: { code: 504 } }]);
    expect(await reader.isOver()).toBe(true);
  });

  test('says so when history is gone', async () => {
    await create('a');
    await create('b');
    await api.storage.compact(api.storage.revision());
    const reader = await watch({ resourceVersion: '3' });
    expect(await reader.next(1)).toMatchObject([
      {
        type: 'ERROR',
        object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 3 (5)' },
      },
    ]);
    expect(await reader.isOver()).toBe(true);
  });

  test('drops a client that does not read, and says why', async () => {
    const reader = await watch({ resourceVersion: '3' });
    const body = { metadata: { name: 'big' }, data: { a: 'x'.repeat(900_000) } };
    await api.send({ verb: 'create', ...inDefault, body });
    for (let n = 0; n < 80; n++) await relabel('big', { n: `${n}` });
    const events = await reader.next(200);
    expect(events.length).toBeLessThan(80);
    expect(events.at(-1)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    // Some seconds of a processor that others may use as well.
  }, 120_000);

  test('ends where a change can not be shown, which is written all the same', async () => {
    const reader = await watch({}, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    const written = await api.storage.put('/core/configmaps/default/a', 0, () => Buffer.from('nonsense'));
    expect(written.ok).toBe(true);
    expect(await reader.next(1)).toMatchObject([{ type: 'ERROR', object: { code: 500 } }]);
    expect(await reader.isOver()).toBe(true);
    expect((await create('b')).code).toBe(201);
  });

  test('as a table has columns in its first event only', async () => {
    await create('a');
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const reader = await watch({}, { accept });
    await create('b');
    const [first, second] = await reader.next(2);
    expect(first?.object).toMatchObject({ kind: 'Table', rows: [{ cells: ['a', 0, expect.any(String)] }] });
    expect(first?.object['columnDefinitions']).toHaveLength(3);
    expect(second?.object['columnDefinitions']).toBeNull();
    await reader.close();
  });

  test('refuses to begin with initial events without saying how new', async () => {
    const answer = await api.send({ verb: 'watch', ...inDefault, query: { sendInitialEvents: 'true' } });
    expect(answer.code).toBe(422);
    expect(answer.body.message).toContain('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  });
});

test('a bookmark says up to where changes were told, not what may have been written besides', async () => {
  const watch = await api.open({
    verb: 'watch',
    ...inDefault,
    query: { allowWatchBookmarks: 'true', resourceVersion: '3' },
  });
  await create('a');
  await watch.next(1);
  const told = api.storage.revision();
  // As after a commit that was told as failed and is on the disk.
  api.registry.storage.revision = () => told + 1;
  api.advance(MINUTE_MS);
  const [bookmark] = await watch.next(1);
  expect(bookmark).toMatchObject({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(told) } } });
  await watch.close();
});
