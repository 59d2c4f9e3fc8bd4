import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLmdbStorage } from './lmdb-backend.ts';
import { StorageLockedError } from './storage-errors.ts';

const fixture = fileURLToPath(new URL('./store-holder-fixture.ts', import.meta.url));
const clock = { now: () => 0, setTimeout: () => () => {} };

let directory = '';
let holder: ChildProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pullet-elsewhere-'));
});
afterEach(() => {
  holder?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function holdElsewhere(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', fixture, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holder = child;
  await once(child.stdout ?? child, 'data');
  return child;
}

/** As it looks from another container: no process here has that id. */
function hideHolder(): void {
  const lock = join(directory, 'lock');
  const { id } = JSON.parse(readFileSync(lock, 'utf8')) as { id: string };
  writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, started: '1', id }));
}

test('a store that is open in another container is refused, and is free when that process is killed', async () => {
  const child = await holdElsewhere();
  hideHolder();
  expect(() => openLmdbStorage({ directory, clock })).toThrow(StorageLockedError);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const storage = openLmdbStorage({ directory, clock });
  expect(storage.get('/a')?.value.toString()).toBe('x');
  await storage.close();
});
