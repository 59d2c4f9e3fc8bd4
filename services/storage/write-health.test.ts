import { expect, test } from 'vitest';
import { newMemoryTables } from './memory-tables.ts';
import { StorageFullError } from './storage-errors.ts';
import { newStore } from './store.ts';

/** A store on a disk that can be full, and a clock whose timers are run by hand. */
function newFixture() {
  const disk = { isFull: false };
  const timers: { task: () => void; isCancelled: boolean }[] = [];
  const memory = newMemoryTables();
  const refuse = async (): Promise<void> => {
    if (disk.isFull) throw new StorageFullError();
  };
  const tables = {
    ...memory,
    probe: refuse,
    commit: async (...args: Parameters<typeof memory.commit>) => {
      await refuse();
      await memory.commit(...args);
    },
  };
  const clock = {
    now: () => 0,
    setTimeout: (task: () => void) => {
      const timer = { task, isCancelled: false };
      timers.push(timer);
      return () => {
        timer.isCancelled = true;
      };
    },
  };
  const told: unknown[] = [];
  const storage = newStore(tables, { clock, onError: (error) => told.push(error) });
  const waiting = () => timers.filter(({ isCancelled }) => !isCancelled).length;
  const runTimers = async (): Promise<void> => {
    for (const { task, isCancelled } of timers.splice(0)) if (!isCancelled) task();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return {
    disk,
    storage,
    told,
    waiting,
    runTimers,
    write: (key: string) => storage.put(key, 0, () => Buffer.from('x')),
  };
}

test('a full disk is told, reads go on, and nothing of a refused write is kept', async () => {
  const { disk, storage, write } = newFixture();
  await write('/a');
  disk.isFull = true;
  await expect(write('/b')).rejects.toThrow('no room left');
  expect(storage.writeFailure()?.message).toContain('no room left');
  expect(storage.list({ prefix: '/' }).entries.map(({ key }) => key)).toEqual(['/a']);
  expect(storage.revision()).toBe(2);
});

test('it is well again when there is room, though nobody writes', async () => {
  const { disk, storage, write, runTimers } = newFixture();
  disk.isFull = true;
  await expect(write('/a')).rejects.toThrow();
  await runTimers();
  expect(storage.writeFailure()).toBeDefined();
  disk.isFull = false;
  await runTimers();
  expect(storage.writeFailure()).toBeUndefined();
});

test('a write that succeeds ends the probing; so does closing', async () => {
  const { disk, storage, write, waiting } = newFixture();
  disk.isFull = true;
  await expect(write('/a')).rejects.toThrow();
  expect(waiting()).toBe(1);
  disk.isFull = false;
  await write('/a');
  expect({ waiting: waiting(), failure: storage.writeFailure() }).toEqual({ waiting: 0, failure: undefined });
  disk.isFull = true;
  await expect(write('/b')).rejects.toThrow();
  await storage.close();
  expect(waiting()).toBe(0);
});

test('why writes fail is told once, and again when it begins again', async () => {
  const { disk, told, write, runTimers } = newFixture();
  const line = { message: 'the store takes no writes', cause: { message: expect.stringContaining('no room left') } };
  disk.isFull = true;
  for (const key of ['/a', '/b']) await expect(write(key)).rejects.toThrow();
  await runTimers();
  expect(told).toMatchObject([line]);
  disk.isFull = false;
  await write('/a');
  disk.isFull = true;
  await expect(write('/b')).rejects.toThrow();
  expect(told).toMatchObject([line, line]);
});
