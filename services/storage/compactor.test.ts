import { expect, test, vi } from 'vitest';
import type { Storage } from './backend.ts';
import { withCompaction } from './compactor.ts';
import { newMemoryTables } from './memory-tables.ts';
import { newStore } from './store.ts';

/** A store whose clock and timers are moved by hand. */
function newFixture(overrides: Partial<Storage> = {}) {
  let nowMs = Date.parse('2026-01-01T12:00:00Z');
  let task: (() => void) | undefined;
  const clock = {
    now: () => nowMs,
    setTimeout: (next: () => void) => {
      task = next;
      return () => {};
    },
  };
  const compaction = { keepMs: 300_000, maxRevisions: 1000, maxBytes: 100_000, everyMs: 30_000 };
  const errors: unknown[] = [];
  const store = { ...newStore(newMemoryTables()), ...overrides };
  const storage = withCompaction(store, { clock, compaction, onError: (error) => errors.push(error) });
  let written = 0;
  return {
    storage,
    errors,
    write: () => storage.put(`/${written++}`, 0, () => Buffer.from('x')),
    /** What the wall clock does, whatever time has passed. */
    jump: (ms: number) => {
      nowMs += ms;
    },
    /** One look at the history, half a minute later. */
    look: async () => {
      nowMs += 30_000;
      task?.();
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    },
  };
}

test('history is forgotten after its time', async () => {
  const { storage, write, look } = newFixture();
  await write();
  for (let looks = 0; looks < 12; looks++) await look();
  expect(storage.compactedRevision()).toBe(storage.revision());
});

test('a clock that is set back neither loses a revision nor keeps history for ever', async () => {
  const { storage, write, look, jump } = newFixture();
  await write();
  await look();
  const before = storage.revision();
  jump(-24 * 3600_000);
  await write();
  expect(storage.revision()).toBe(before + 1);
  for (let looks = 0; looks < 14; looks++) await look();
  expect(storage.compactedRevision()).toBe(storage.revision());
});

test('a clock that is set forward forgets history and nothing else', async () => {
  const { storage, write, look, jump } = newFixture();
  await write();
  jump(24 * 3600_000);
  await look();
  await look();
  expect(storage.list({ prefix: '/' }).entries.map(({ key }) => key)).toEqual(['/0']);
  expect(storage.revision()).toBe(2);
});

test('however young, no more history is kept than has room on the disk, without waiting for a look', async () => {
  const { storage } = newFixture();
  const writeLarge = async (key: string): Promise<void> => {
    const precondition = storage.get(key)?.modRevision ?? 0;
    await storage.put(key, precondition, (revision) => Buffer.alloc(5000, revision));
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  for (let round = 0; round < 200; round++) await writeLarge('/large');
  expect(storage.historyBytes()).toBeLessThan(125_000);
  expect(storage.historyBytes()).toBeGreaterThan(50_000);
  expect(storage.list({ prefix: '/', revision: storage.revision() - 3 }).entries).toHaveLength(1);
});

test('history is kept also of a commit that is larger than all that has room', async () => {
  const { storage } = newFixture();
  const keys = Array.from({ length: 100 }, (_, index) => `/${index}`);
  await Promise.all(keys.map((key) => storage.put(key, 0, () => Buffer.alloc(5000))));
  await storage.compact(1); // after those under way
  expect(storage.historyBytes()).toBeLessThan(100_000);
  expect(storage.historyBytes()).toBeGreaterThanOrEqual(50_000);
  expect(storage.list({ prefix: '/', revision: storage.revision() - 3 }).entries).toHaveLength(97);
});

test('half of the history that was there at the start is kept, where all of it has no room', async () => {
  const store = newStore(newMemoryTables());
  for (let index = 0; index < 30; index++) await store.put(`/${index}`, 0, () => Buffer.alloc(5000));
  const { storage, look } = newFixture(store);
  for (let looks = 0; looks < 3; looks++) await look();
  expect(storage.historyBytes()).toBe(75_000);
  expect(storage.list({ prefix: '/', revision: storage.revision() - 3 }).entries).toHaveLength(27);
});

test('a history that can not be looked at is told, and looked at again', async () => {
  let isBroken = true;
  const historyBytes = (): number => {
    if (isBroken) throw new Error('the file is closed');
    return 0;
  };
  const { storage, write, look, errors } = newFixture({ historyBytes });
  await write();
  await look();
  expect(errors).toEqual([new Error('the file is closed')]);
  isBroken = false;
  for (let looks = 0; looks < 12; looks++) await look();
  expect(errors).toHaveLength(1);
  expect(storage.compactedRevision()).toBe(storage.revision());
});

test('what is written is no longer counted once the store is closed', async () => {
  const cancel = vi.fn();
  const { storage } = newFixture({ watch: () => ({ cancel }) });
  expect(cancel).not.toHaveBeenCalled();
  await storage.close();
  expect(cancel).toHaveBeenCalledOnce();
});
