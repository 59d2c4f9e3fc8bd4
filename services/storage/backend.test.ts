import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Change, CompactedError, FutureRevisionError, MAX_KEY_BYTES, type Storage } from './backend.ts';
import { openLmdbStorage } from './lmdb-backend.ts';
import { newMemoryStorage } from './memory-backend.ts';

/** What every backend promises, as one table of behaviours. */
const still = { now: () => 0, setTimeout: () => () => {} };
const cleanups: (() => Promise<void> | void)[] = [];

function openDurable(): Storage {
  const directory = mkdtempSync(join(tmpdir(), 'pullet-store-'));
  const storage = openLmdbStorage({ directory, clock: still });
  cleanups.push(() => rmSync(directory, { recursive: true }));
  cleanups.push(() => storage.close());
  return storage;
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const bytes = (text: string) => () => Buffer.from(text);
const text = (value: Uint8Array | undefined) => value && Buffer.from(value).toString();
const shown = (change: Change) =>
  `${change.type} ${change.key}=${text(change.value)} was ${text(change.previous) ?? '-'}`;
const listed = (storage: Storage, prefix: string, revision?: number) =>
  storage
    .list({ prefix, ...(revision === undefined ? {} : { revision }) })
    .entries.map((e) => `${e.key}=${text(e.value)}`);

async function put(storage: Storage, key: string, value: string): Promise<number> {
  const result = await storage.put(key, storage.get(key)?.modRevision ?? 0, bytes(value));
  if (!result.ok) throw new Error(`unexpected conflict on ${key}`);
  return result.entry.modRevision;
}

async function remove(storage: Storage, key: string): Promise<number> {
  const result = await storage.delete(key, storage.get(key)?.modRevision ?? 0, bytes('gone'));
  if (!result.ok) throw new Error(`unexpected conflict on ${key}`);
  return result.revision;
}

describe.each([
  ['in memory', () => newMemoryStorage()],
  ['in LMDB', openDurable],
])('a store %s', (_name, open) => {
  test('gives every write the next revision, and hands it to the encoder', async () => {
    const storage = open();
    const before = storage.revision();
    const result = await storage.put('/a', 0, (revision) => Buffer.from(`at ${revision}`));
    expect(result).toMatchObject({ ok: true, entry: { modRevision: before + 1, createRevision: before + 1 } });
    expect(text(storage.get('/a')?.value)).toBe(`at ${before + 1}`);
    expect(storage.revision()).toBe(before + 1);
  });

  test.each([1978, 1979, 3000])(
    'has nothing under a prefix of %i bytes, nor after a key of as many',
    async (bytesOfIt) => {
      const storage = open();
      await put(storage, '/a/b', '1');
      await put(storage, '/z/b', '1');
      const long = `/k/${'a'.repeat(bytesOfIt - 3)}`;
      expect(storage.list({ prefix: long }).entries).toEqual([]);
      expect(storage.count(long)).toBe(0);
      expect(storage.get(long)).toBeUndefined();
      const rest = storage.list({ prefix: '/', after: long, limit: 1 });
      expect(rest.entries.map(({ key }) => key)).toEqual(['/z/b']);
    },
  );

  test('refuses a write whose precondition does not hold and shows what is there', async () => {
    const storage = open();
    const first = await put(storage, '/a', '1');
    expect(await storage.put('/a', 0, bytes('2'))).toMatchObject({ ok: false, current: { modRevision: first } });
    expect(await storage.put('/b', 7, bytes('2'))).toEqual({ ok: false, current: undefined });
    expect(await storage.delete('/a', first + 1, bytes('x'))).toMatchObject({ ok: false });
    expect(await storage.delete('/b', 0, bytes('x'))).toEqual({ ok: false, current: undefined });
    expect(storage.revision()).toBe(first);
  });

  test('evaluates waiting writers one after the other, so that exactly one of many wins', async () => {
    const storage = open();
    const results = await Promise.all(Array.from({ length: 50 }, (_, n) => storage.put('/a', 0, bytes(`${n}`))));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(text(storage.get('/a')?.value)).toBe('0');
  });

  test('an encoder that throws fails its own write only', async () => {
    const storage = open();
    const failing = storage.put('/a', 0, () => {
      throw new Error('no');
    });
    const other = storage.put('/b', 0, bytes('1'));
    await expect(failing).rejects.toThrow('no');
    expect(await other).toMatchObject({ ok: true });
    expect(storage.count('/')).toBe(1);
  });

  test('a key that is too long fails its own write only', async () => {
    const storage = open();
    const longest = `/${'ü'.repeat((MAX_KEY_BYTES - 2) / 2)}x`;
    const [kept, refused, other] = await Promise.allSettled(
      [longest, `${longest}x`, '/b'].map((key) => storage.put(key, 0, bytes('1'))),
    );
    expect(kept).toMatchObject({ status: 'fulfilled', value: { ok: true } });
    expect(refused).toMatchObject({ status: 'rejected', reason: { name: 'KeyTooLongError' } });
    expect(other).toMatchObject({ status: 'fulfilled', value: { ok: true } });
    expect(text(storage.get(longest)?.value)).toBe('1');
  });

  test.each(Array.from({ length: 5 }, (_, code) => String.fromCharCode(code)).concat('\ud800', '\udc00x'))(
    'a new key that could not be read back, with %j, fails its own write only',
    async (odd) => {
      const storage = open();
      const keys = [1, 60, 76, 96, 658].map((length) => `/k/${'a'.repeat(length)}${odd}b`);
      const written = await Promise.allSettled([...keys, '/b'].map((key) => storage.put(key, 0, bytes('1'))));
      expect(written.map(({ status }) => status)).toEqual([...keys.map(() => 'rejected'), 'fulfilled']);
      expect(written[0]).toMatchObject({ reason: { name: 'UnreadableKeyError' } });
      expect(storage.list({ prefix: '' }).entries.map(({ key }) => key)).toEqual(['/b']);
      for (const key of keys) expect(storage.get(key)).toBeUndefined();
    },
  );

  test('what there can be is read back, whatever its characters and its length', async () => {
    const storage = open();
    const keys = ['\u0005', '\u001f', '\u007f', 'ü', '\ud7ff', '\ue000', '\ufffd', '😀'].flatMap((character) =>
      [1, 60, 76, 96, 400].map((length) => `/k/${'a'.repeat(length)}${character}b`),
    );
    for (const key of keys) await put(storage, key, key);
    const { entries } = storage.list({ prefix: '/k/' });
    expect(entries.map(({ key }) => key).sort()).toEqual([...keys].sort());
    for (const { key, value } of entries) expect(text(value)).toBe(key);
  });

  test('there is nothing under a key that is too long, nor to delete', async () => {
    const storage = open();
    const long = `/${'x'.repeat(4500)}`;
    expect(storage.get(long)).toBeUndefined();
    expect(await storage.delete(long, 1, bytes('gone'))).toEqual({ ok: false, current: undefined });
  });

  test.each([['/core/na'], ['/core/namespaces/'], ['/core/namespaces//default']])(
    'a watch of %s is told what it was asked for, from the past and then live',
    async (prefix) => {
      const storage = open();
      const before = storage.revision();
      await put(storage, '/core/namespaces//default', '1');
      await put(storage, '/core/secrets/default/s', '1');
      const heard: string[] = [];
      storage.watch(prefix, before, ({ key, value }) => heard.push(`${key} ${text(value)}`));
      await put(storage, '/core/namespaces//default', '2');
      await put(storage, '/core/secrets/default/s', '2');
      expect(heard).toEqual(['/core/namespaces//default 1', '/core/namespaces//default 2']);
    },
  );

  test('keeps the create revision over updates and starts anew after a delete', async () => {
    const storage = open();
    const created = await put(storage, '/a', '1');
    await put(storage, '/a', '2');
    expect(storage.get('/a')?.createRevision).toBe(created);
    await remove(storage, '/a');
    const again = await put(storage, '/a', '3');
    expect(storage.get('/a')?.createRevision).toBe(again);
  });

  test('lists a prefix in byte order, in pages', async () => {
    const storage = open();
    for (const key of ['/p/b', '/p/a', '/p0', '/p/c', '/o', '/p/a-b', '/p/B']) await put(storage, key, key);
    expect(storage.list({ prefix: '/p/' }).entries.map((e) => e.key)).toEqual([
      '/p/B',
      '/p/a',
      '/p/a-b',
      '/p/b',
      '/p/c',
    ]);
    const page = storage.list({ prefix: '/p/', limit: 2 });
    expect(page).toMatchObject({ more: true, remaining: 3 });
    const next = storage.list({ prefix: '/p/', limit: 3, after: '/p/a' });
    expect(next.entries.map((e) => e.key)).toEqual(['/p/a-b', '/p/b', '/p/c']);
    expect(next).toMatchObject({ more: false });
    expect(storage.count('/p/')).toBe(5);
    expect(storage.count('')).toBe(7);
  });

  test('reads the state at an older revision', async () => {
    const storage = open();
    await put(storage, '/a', '1');
    await put(storage, '/b', '1');
    const then = await put(storage, '/c', '1');
    await put(storage, '/a', '2');
    await put(storage, '/a', '3');
    await remove(storage, '/b');
    await put(storage, '/bb', '1');
    await remove(storage, '/c');
    await put(storage, '/c', '2');
    await put(storage, '/d', '1');
    expect(listed(storage, '/', then)).toEqual(['/a=1', '/b=1', '/c=1']);
    expect(storage.list({ prefix: '/', revision: then, limit: 1, after: '/a' })).toMatchObject({
      revision: then,
      more: true,
      remaining: 1,
      entries: [{ key: '/b' }],
    });
    expect(listed(storage, '/')).toEqual(['/a=3', '/bb=1', '/c=2', '/d=1']);
  });

  test('pages of an older revision tell how much is left, whatever has come and gone since', async () => {
    const storage = open();
    const keys = ['a', 'b', 'ba', 'c', 'd', 'e'].map((name) => `/g/kind/ns/${name}`);
    const states = new Map<number, string[]>();
    // Each key comes and goes at another rate.
    for (let turn = 0; turn < 40; turn++) {
      const key = keys[(turn * 7) % keys.length] ?? '';
      if (storage.get(key) && turn % 3 > 0) await remove(storage, key);
      else await put(storage, key, `${turn}`);
      states.set(
        storage.revision(),
        storage.list({ prefix: '/g/kind/ns/' }).entries.map((entry) => entry.key),
      );
    }
    for (const [revision, known] of states)
      for (const after of [undefined, ...keys]) {
        const left = known.filter((key) => after === undefined || key > after);
        const { entries, more, remaining } = storage.list({
          prefix: '/g/kind/ns/',
          revision,
          limit: 2,
          ...(after === undefined ? {} : { after }),
        });
        expect([...entries.map(({ key }) => key), more, remaining]).toEqual([
          ...left.slice(0, 2),
          left.length > 2,
          left.length > 2 ? left.length - 2 : undefined,
        ]);
      }
  });

  test('pages of an older revision are in byte order too, whatever characters names have', async () => {
    const storage = open();
    // As halves of characters are compared, the last one would come before the one before it.
    const keys = ['a', 'z', '\uff21', '\u{1f600}'].map((name) => `/g/k//${name}`);
    for (const key of keys) await put(storage, key, 'old');
    const revision = storage.revision();
    for (const key of keys.slice(1)) await put(storage, key, 'new');
    const old = keys.map((key) => `${key}=old`);
    expect(listed(storage, '/g/k//', revision)).toEqual(old);
    for (const [index, after] of keys.entries()) {
      const { entries } = storage.list({ prefix: '/g/k//', revision, after });
      expect(entries.map(({ key, value }) => `${key}=${text(value)}`)).toEqual(old.slice(index + 1));
    }
    const { more, remaining } = storage.list({ prefix: '/g/k//', revision, limit: 3 });
    expect({ more, remaining }).toEqual({ more: true, remaining: 1 });
  });

  test('a watch tells the past after a revision, then the present, without a gap', async () => {
    const storage = open();
    const start = await put(storage, '/w/a', '1');
    await put(storage, '/w/a', '2');
    await put(storage, '/x', '1');
    const seen: string[] = [];
    const watch = storage.watch('/w/', start, (change) => seen.push(shown(change)));
    await put(storage, '/w/b', '1');
    await remove(storage, '/w/a');
    expect(seen).toEqual(['put /w/a=2 was 1', 'put /w/b=1 was -', 'delete /w/a=gone was 2']);
    watch.cancel();
    await put(storage, '/w/b', '2');
    expect(seen).toHaveLength(3);
  });

  test('tells the past of what is written again and again, made anew and deleted, also after a compaction', async () => {
    const storage = open();
    const value = (n: number) =>
      `{"kind":"Lease","seconds":40,"renewals":${n},"holder":"one who holds it all the time"}`;
    const told: string[] = [];
    storage.watch('/w/', storage.revision(), (change) => told.push(shown(change)));
    const states: [revision: number, state: string[]][] = [];
    for (const [key, n] of [
      ['a', 8],
      ['a', 9],
      ['b', 1],
      ['a', 10],
      ['a', 0],
      ['a', 1],
      ['b', 2],
      ['a', 2],
    ] as const) {
      const revision = n === 0 ? await remove(storage, `/w/${key}`) : await put(storage, `/w/${key}`, value(n));
      states.push([revision, listed(storage, '/w/')]);
    }
    const start = (states[0]?.[0] ?? 0) - 1;
    for (const [index, [revision, state]] of states.entries()) {
      if (index === 3) await storage.compact(revision);
      const again: string[] = [];
      storage.watch('/w/', revision, (change) => again.push(shown(change))).cancel();
      expect(again).toEqual(told.slice(revision - start));
      expect(listed(storage, '/w/', revision)).toEqual(state);
    }
  });

  test('a change is visible to readers when its watchers are told', async () => {
    const storage = open();
    const seen: boolean[] = [];
    storage.watch('/a', storage.revision(), (change) => {
      seen.push(storage.get('/a')?.modRevision === change.revision && storage.revision() >= change.revision);
    });
    await put(storage, '/a', '1');
    expect(seen).toEqual([true]);
  });

  test('refuses history that is compacted and revisions that have not come', async () => {
    const storage = open();
    const first = await put(storage, '/a', '1');
    const second = await put(storage, '/a', '2');
    await put(storage, '/a', '3');
    await storage.compact(second);
    expect(storage.compactedRevision()).toBe(second);
    expect(() => storage.list({ prefix: '/', revision: first })).toThrow(CompactedError);
    expect(() => storage.watch('/', first, () => {})).toThrow(CompactedError);
    expect(listed(storage, '/', second)).toEqual(['/a=2']);
    expect(() => storage.list({ prefix: '/', revision: 99 })).toThrow(FutureRevisionError);
    expect(listed(storage, '/')).toEqual(['/a=3']);
  });

  test('tells how much room its history takes, until that is forgotten', async () => {
    const storage = open();
    const large = (text: string) => Buffer.alloc(200_000, text);
    const first = await storage.put('/a', 0, () => large('1'));
    const { modRevision } = (first.ok && first.entry) || { modRevision: 0 };
    await storage.put('/a', modRevision, () => large('2'));
    expect(storage.historyBytes()).toBeGreaterThanOrEqual(600_000);
    await storage.compact(storage.revision());
    expect(storage.historyBytes()).toBeLessThan(50_000);
  });

  test('answers what it accepted before it closes, and nothing after', async () => {
    const storage = open();
    const accepted = storage.put('/a', 0, bytes('1'));
    await storage.close();
    expect(await accepted).toMatchObject({ ok: true });
    await expect(storage.put('/b', 0, bytes('1'))).rejects.toThrow('closed');
    cleanups.splice(1);
  });
});

test('history is compacted by age and by number as the clock moves', async () => {
  let nowMs = 0;
  let due = () => {};
  const clock = {
    now: () => nowMs,
    setTimeout: (task: () => void) => {
      due = task;
      return () => {};
    },
  };
  const storage = newMemoryStorage({
    clock,
    compaction: { keepMs: 100, maxRevisions: 5, maxBytes: 1 << 20, everyMs: 50 },
  });
  const later = async () => {
    nowMs += 50;
    due();
    await storage.compact(1);
    return storage.compactedRevision();
  };
  await put(storage, '/a', '1');
  expect(await later()).toBe(1);
  await put(storage, '/a', '2');
  await put(storage, '/a', '3');
  expect(await later()).toBe(1);
  expect(await later()).toBe(2);
  expect(await later()).toBe(4);
  for (let n = 0; n < 10; n++) await put(storage, '/a', `${n}`);
  expect(await later()).toBe(storage.revision() - 5);
});
