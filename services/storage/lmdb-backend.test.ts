import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLmdbStorage } from './lmdb-backend.ts';
import { StorageDirectoryError, StorageLockedError } from './storage-errors.ts';

const still = { now: () => 0, setTimeout: () => () => {} };
const bytes = (text: string) => () => Buffer.from(text);
let parent: string;
const open = (name = 'store') => openLmdbStorage({ directory: join(parent, name), clock: still });

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'pullet-store-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('a durable store', () => {
  test('has everything again when it is opened again: entries, history, counters, epoch', async () => {
    const first = open();
    await first.put('/a', 0, bytes('1'));
    const second = await first.put('/b', 0, bytes('2'));
    await first.delete('/b', second.ok ? second.entry.modRevision : 0, bytes('x'));
    const { epoch } = first;
    await first.close();
    const again = open();
    expect({ epoch: again.epoch, revision: again.revision() }).toEqual({ epoch, revision: 4 });
    expect(again.list({ prefix: '/', revision: 3 }).entries.map((entry) => entry.key)).toEqual(['/a', '/b']);
    await again.close();
  });

  test('can be closed right after a write, with nothing of it left behind', async () => {
    for (let round = 0; round < 20; round++) {
      const storage = open(`store-${round}`);
      await storage.put('/a', 0, bytes('1'));
      storage.get('/a');
      await storage.close();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });

  test('can be closed in the middle of a compaction, which ends then', async () => {
    const storage = open();
    for (let n = 0; n < 20; n++)
      await Promise.all(Array.from({ length: 50 }, (_, i) => storage.put(`/${n}-${i}`, 0, bytes('1'))));
    const compacting = storage.compact(storage.revision());
    await storage.close();
    await expect(compacting).rejects.toThrow('the store is closed');
    const again = open();
    expect(again.count('/')).toBe(1000);
    await again.compact(again.revision());
    await again.close();
  });

  test('is closed to other users', async () => {
    const storage = open();
    const modes = readdirSync(join(parent, 'store')).map((file) => statSync(join(parent, 'store', file)).mode & 0o077);
    expect(modes).toEqual(modes.map(() => 0));
    expect(statSync(join(parent, 'store')).mode & 0o777).toBe(0o700);
    await storage.close();
  });

  test('can be open once only, and says who has it', async () => {
    const storage = open();
    expect(() => open()).toThrow(StorageLockedError);
    expect(() => open()).toThrow(`in use by process ${process.pid}`);
    await storage.put('/a', 0, bytes('still works'));
    await storage.close();
    await open().close();
  });

  test.each([
    ['a process that is gone', { pid: 2 ** 22 - 1, started: '1' }],
    ['a process id that was given to another process', { pid: process.pid, started: '1' }],
  ])('a lock of %s does not block', async (_what, holder) => {
    await open().close();
    writeFileSync(join(parent, 'store', 'lock'), JSON.stringify(holder));
    await open().close();
  });

  test.each([
    ['other files', { 'notes.txt': 'mine' }, 'holds no store'],
    ['a marker that is none', { 'pullet-store.json': 'junk' }, 'is not a store'],
    ['a newer format', { 'pullet-store.json': '{"format":99,"initialised":true}' }, 'has format 99'],
    ['a store without its data', { 'pullet-store.json': '{"format":2,"initialised":true}' }, 'has lost its file'],
  ])('refuses a directory with %s and leaves it as it is', (_what, files, message) => {
    const directory = join(parent, 'other');
    mkdirSync(directory);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    expect(() => open('other')).toThrow(StorageDirectoryError);
    expect(() => open('other')).toThrow(message);
    const left = Object.fromEntries(readdirSync(directory).map((f) => [f, readFileSync(join(directory, f), 'utf8')]));
    expect(left).toEqual(files);
  });

  test('refuses a data file that is not its own', async () => {
    await open().close();
    writeFileSync(join(parent, 'store', 'data.mdb'), 'x'.repeat(20_000));
    expect(() => open()).toThrow("is damaged or is not a store's");
  });

  test('refuses a data file that was cut off', async () => {
    const storage = open();
    for (let n = 0; n < 50; n++) await storage.put(`/k${n}`, 0, bytes('x'.repeat(2000)));
    await storage.close();
    truncateSync(join(parent, 'store', 'data.mdb'), 40_960);
    expect(() => open()).toThrow("is damaged or is not a store's");
  });

  test('refuses one of which nothing is left, and leaves it as it is', async () => {
    await open().close();
    truncateSync(join(parent, 'store', 'data.mdb'));
    expect(() => open()).toThrow(StorageDirectoryError);
    expect(() => open()).toThrow('has lost all that was in its file');
    expect(statSync(join(parent, 'store', 'data.mdb')).size).toBe(0);
  });
});

describe('after kill -9', () => {
  const script = `
    import { openLmdbStorage } from ${JSON.stringify(new URL('./lmdb-backend.ts', import.meta.url).href)};
    const clock = { now: () => Date.now(), setTimeout: () => () => {} };
    const storage = openLmdbStorage({ directory: process.argv[1], clock });
    for (let writer = 0; writer < 8; writer++) void write(writer, 0);
    async function write(writer, n) {
      const key = '/w/' + writer + '-' + n;
      await storage.put(key, 0, (revision) => Buffer.from(key + '@' + revision));
      process.stdout.write(key + '\\n');
      await write(writer, n + 1);
    }`;

  function start(directory: string): ChildProcess {
    const args = ['--import', 'tsx', '--input-type=module', '-e', script, directory];
    return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  async function killAfter(child: ChildProcess, count: number): Promise<string[]> {
    const acknowledged: string[] = [];
    if (!child.stdout) throw new Error('no output');
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (acknowledged.length === count) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return acknowledged;
  }

  test('every acknowledged write is there, whole, and the store opens at once', async () => {
    const acknowledged = await killAfter(start(join(parent, 'store')), 500);
    const storage = open();
    const found = new Map(storage.list({ prefix: '/w/' }).entries.map((entry) => [entry.key, entry]));
    expect(acknowledged.length).toBeGreaterThanOrEqual(500);
    expect(acknowledged.filter((key) => !found.has(key))).toEqual([]);
    for (const entry of found.values())
      expect(Buffer.from(entry.value).toString()).toBe(`${entry.key}@${entry.modRevision}`);
    expect(storage.revision()).toBe(1 + found.size);
    await storage.close();
  });
});
