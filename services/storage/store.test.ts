import { describe, expect, test } from 'vitest';
import { CompactedError, type Entry, type Storage } from './backend.ts';
import { newMemoryTables } from './memory-tables.ts';
import { DamagedValueError } from './storage-errors.ts';
import { newStore } from './store.ts';

/** A store, and what is done in the moment when a commit can be read and is not told yet. */
function storeWithMoment(): { storage: Storage; inTheMoment(act: () => void): void } {
  const tables = newMemoryTables();
  let act = () => {};
  const commit: typeof tables.commit = async (records, next) => {
    await tables.commit(records, next);
    act();
  };
  return { storage: newStore({ ...tables, commit }), inTheMoment: (next) => (act = next) };
}

const value = (text: string) => () => Buffer.from(text);

test('who lists and watches between a commit and its being told hears nothing that was in the list', async () => {
  const { storage, inTheMoment } = storeWithMoment();
  const heard: number[] = [];
  const told: number[] = [];
  let listedAt = 0;
  inTheMoment(() => {
    const { revision, entries } = storage.list({ prefix: '/g/kind/ns/' });
    expect(entries).toHaveLength(1);
    listedAt = revision;
    storage.watch(
      '/g/kind/ns/',
      revision,
      (change) => heard.push(change.revision),
      (progress) => told.push(progress),
    );
    inTheMoment(() => {});
  });
  await storage.put('/g/kind/ns/a', 0, value('1'));
  await storage.put('/g/kind/ns/b', 0, value('1'));
  expect(told).toEqual([listedAt]);
  expect(heard).toEqual([listedAt + 1]);
});

test.each([
  ['with what has changed since', '/g/kind/ns/'],
  ['whether or not anything has', '/g/kind/other/'],
])('who resumes then hears each change once, %s', async (_what, prefix) => {
  const { storage, inTheMoment } = storeWithMoment();
  const heard: string[] = [];
  const before = storage.revision();
  await storage.put('/g/kind/ns/a', 0, value('1'));
  // The store reads its history for the first time.
  storage.watch('/g/kind/third/', before, () => {}).cancel();
  inTheMoment(() => {
    storage.watch(prefix, before, (change) => heard.push(change.key));
    inTheMoment(() => {});
  });
  await storage.put('/g/kind/other/b', 0, value('1'));
  await storage.put('/g/kind/other/c', 0, value('1'));
  await storage.put('/g/kind/ns/d', 0, value('1'));
  const all = ['/g/kind/ns/a', '/g/kind/other/b', '/g/kind/other/c', '/g/kind/ns/d'];
  expect(heard).toEqual(all.filter((key) => key.startsWith(prefix)));
});

test('a watcher that throws is told, goes on, and nobody else notices', async () => {
  const errors: unknown[] = [];
  const storage = newStore(newMemoryTables(), { onError: (error) => errors.push(error) });
  const heard: string[] = [];
  for (const who of ['first', 'second'])
    storage.watch('/g/', storage.revision(), ({ key }) => {
      heard.push(`${who} ${key}`);
      if (heard.length === 1) throw new Error('no');
    });
  const writes = ['/g/a', '/g/b'].map((key) => storage.put(key, 0, value('1')));
  expect(await Promise.all(writes)).toMatchObject([{ ok: true }, { ok: true }]);
  expect(heard).toEqual(['first /g/a', 'second /g/a', 'first /g/b', 'second /g/b']);
  expect(errors).toMatchObject([
    { message: expect.stringMatching(/watches \/g\/ failed with the change of \/g\/a,/), cause: { message: 'no' } },
  ]);
});

test('what was told as failed and is found on the disk later is told before what comes next', async () => {
  const tables = newMemoryTables();
  let isFailing = true;
  const commit: typeof tables.commit = async (records, next) => {
    await tables.commit(records, next);
    if (isFailing) throw new Error('who knows');
  };
  const storage = newStore({ ...tables, commit });
  const heard: [string, number][] = [];
  const before = storage.revision();
  storage.watch('/g/', before, ({ key, revision }) => heard.push([key, revision]));
  await expect(storage.put('/g/a', 0, value('1'))).rejects.toThrow('who knows');
  expect([storage.revision(), storage.published()]).toEqual([before + 1, before]);
  isFailing = false;
  await storage.put('/g/b', 0, value('1'));
  expect(storage.published()).toBe(before + 2);
  expect(heard).toEqual([
    ['/g/a', before + 1],
    ['/g/b', before + 2],
  ]);
});

test('a record of the log that is damaged is told once, not only to each who writes', async () => {
  const tables = newMemoryTables();
  const errors: unknown[] = [];
  const commit: typeof tables.commit = async (records, next) => {
    await tables.commit(records, next);
    throw new Error('who knows');
  };
  const log = () => {
    throw new DamagedValueError('the change of revision 2');
  };
  const storage = newStore({ ...tables, commit, log }, { onError: (error) => errors.push(error) });
  await expect(storage.put('/g/a', 0, value('1'))).rejects.toThrow('who knows');
  for (const key of ['/g/b', '/g/c']) await expect(storage.put(key, 0, value('1'))).rejects.toThrow('is damaged');
  expect(errors).toMatchObject([{ cause: { message: 'who knows' } }, { cause: { name: 'DamagedValueError' } }]);
});

test('a change is told once to who watches a folder, also while somebody watches a key of the same length', async () => {
  const { storage } = storeWithMoment();
  const heard: string[] = [];
  storage.watch('/g/kind/ns/', storage.revision(), ({ key }) => heard.push(`folder ${key}`));
  storage.watch('/g/kind/one', storage.revision(), ({ key }) => heard.push(`key ${key}`));
  await storage.put('/g/kind/ns/a', 0, value('1'));
  await storage.put('/g/kind/one', 0, value('1'));
  expect(heard).toEqual(['folder /g/kind/ns/a', 'key /g/kind/one']);
});

describe('a page of what is accepted', () => {
  async function newCounted() {
    const tables = newMemoryTables();
    const counts = { read: 0, undone: 0, counted: 0 };
    const storage = newStore({
      ...tables,
      *range(prefix, after) {
        for (const entry of tables.range(prefix, after)) {
          counts.read++;
          yield entry;
        }
      },
      heldBefore(revisions) {
        counts.undone++;
        return tables.heldBefore(revisions);
      },
      count(prefix, after) {
        counts.counted++;
        return tables.count(prefix, after);
      },
    });
    for (const name of 'abcdefgh') await storage.put(`/g/${name}`, 0, value(name));
    const before = storage.revision();
    await storage.put('/g/i', 0, value('i'));
    return { storage, before, counts };
  }
  const accept = ({ key }: Entry) => key > '/g/d';

  test.each([
    ['now', undefined, 0],
    ['of an older revision', 9, 0],
  ])('is one pass that ends where it is known that there is more: %s', async (_what, revision, undone) => {
    const { storage, counts } = await newCounted();
    const at = revision === undefined ? {} : { revision };
    const page = storage.list({ prefix: '/g/', limit: 2, accept, ...at });
    expect(page).toMatchObject({ more: true, revision: revision ?? storage.revision() });
    expect(page.entries.map(({ key }) => key)).toEqual(['/g/e', '/g/f']);
    expect(page).not.toHaveProperty('remaining');
    expect(counts).toEqual({ read: 7, undone, counted: 0 });
  });

  test('is counted, not read, beyond its end, and without a selector', async () => {
    const { storage, before, counts } = await newCounted();
    await storage.delete('/g/h', storage.get('/g/h')?.modRevision ?? 0, value('h'));
    const page = storage.list({ prefix: '/g/', limit: 2, revision: before });
    expect(page).toMatchObject({ more: true, remaining: 6 });
    expect(counts).toEqual({ read: 3, undone: 0, counted: 1 });
  });

  test('is not made of what has changed elsewhere', async () => {
    const { storage, counts } = await newCounted();
    for (const name of 'abc') await storage.put(`/g/kind/ns/${name}`, 0, value(name));
    const then = storage.revision();
    await storage.put('/g/kind/other/a', 0, value('a'));
    const page = storage.list({ prefix: '/g/kind/ns/', limit: 1, revision: then });
    expect(page).toMatchObject({ more: true, remaining: 2, revision: then });
    expect(counts).toMatchObject({ undone: 0 });
    expect(storage.list({ prefix: '/g/kind/', limit: 1, revision: then })).toMatchObject({ remaining: 2 });
    expect(storage.list({ prefix: '/g/kind/', revision: then }).entries).toHaveLength(3);
    expect(counts).toMatchObject({ undone: 1 });
  });

  test('undoes what has changed of its own objects, and of no others', async () => {
    const { storage, before, counts } = await newCounted();
    for (const name of 'abcdefgh')
      await storage.put(`/g/${name}`, storage.get(`/g/${name}`)?.modRevision ?? 0, value('later'));
    const page = storage.list({ prefix: '/g/', limit: 2, after: '/g/c', revision: before });
    expect(page.entries.map((entry) => Buffer.from(entry.value).toString())).toEqual(['d', 'e']);
    expect(page).toMatchObject({ more: true, remaining: 3 });
    expect(counts).toMatchObject({ undone: 3 });
  });

  test('has more only where that counts', async () => {
    const { storage, before, counts } = await newCounted();
    const countsAsMore = ({ key }: Entry) => key === '/g/a';
    expect(storage.list({ prefix: '/g/', limit: 2, accept, countsAsMore })).toMatchObject({ more: false });
    const whole = storage.list({ prefix: '/g/', limit: 4, accept, revision: before });
    expect(whole).toMatchObject({ more: false, revision: before });
    expect(whole.entries).toHaveLength(4);
    expect(counts.undone).toBe(1);
  });
});

describe('of 10 000 changes since', () => {
  async function newBusy() {
    const storage = newStore(newMemoryTables());
    for (const name of ['busy/a', 'busy/b', 'quiet/a']) await storage.put(`/g/kind/${name}`, 0, value('first'));
    const before = storage.revision();
    const first = storage.get('/g/kind/busy/a')?.modRevision ?? 0;
    const write = (precondition: number) => storage.put('/g/kind/busy/a', precondition, value('again'));
    await Promise.all(Array.from({ length: 10_001 }, (_, index) => write(index === 0 ? first : before + index)));
    expect(storage.revision()).toBe(before + 10_001);
    return { storage, before };
  }

  test('to one object, it is not told what it was before them', async () => {
    const { storage, before } = await newBusy();
    const prefix = '/g/kind/busy/';
    expect(() => storage.list({ prefix, revision: before })).toThrow(CompactedError);
    expect(storage.list({ prefix, revision: before + 1 }).entries).toHaveLength(2);
    expect(storage.list({ prefix, after: '/g/kind/busy/a', revision: before }).entries).toHaveLength(1);
  });

  test('no watch begins before them, but where there were fewer', async () => {
    const { storage, before } = await newBusy();
    const told: number[] = [];
    const watch = (prefix: string, from: number) => storage.watch(prefix, from, ({ revision }) => told.push(revision));
    expect(() => watch('/g/kind/busy/', before)).toThrow(CompactedError);
    expect(told).toEqual([]);
    watch('/g/kind/quiet/', before - 1);
    expect(told).toEqual([before]);
    watch('/g/kind/busy/', before + 1);
    expect(told).toHaveLength(10_001);
  });
});
