import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory } from './directory-lock.ts';
import { StorageDirectoryError, StorageLockedError } from './storage-errors.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pullet-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const hold = (holder: { pid: number; started: string }): void =>
  writeFileSync(join(directory, 'lock'), JSON.stringify(holder));

describe('the lock of a data directory', () => {
  test('keeps a second owner out and says who has it', () => {
    const lock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(StorageLockedError);
    expect(() => lockDirectory(directory)).toThrow(String(process.pid));
    lock.release();
    lockDirectory(directory).release();
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  });

  test('is taken from a process id that now belongs to another process', () => {
    hold({ pid: process.pid, started: '1' });
    lockDirectory(directory).release();
  });

  test.each([
    ['a directory', (path: string) => mkdirSync(path)],
    ['a link to nothing', (path: string) => symlinkSync('nowhere', path)],
  ])('that is %s is told, and left as it is', (_what, make) => {
    make(join(directory, 'lock'));
    expect(() => lockDirectory(directory)).toThrow(StorageDirectoryError);
    expect(readdirSync(directory)).toEqual(['lock']);
  });

  test.runIf(existsSync('/proc/self/stat'))(
    'is taken from a process that has ended but was not noticed by its parent',
    async () => {
      // The shell becomes `sleep`, which never asks for its child: a zombie.
      const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60']);
      try {
        const [output] = (await once(parent.stdout, 'data')) as [Buffer];
        const pid = Number(output.toString());
        const stat = (): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
        await expect.poll(() => stat()[0]).toBe('Z');
        hold({ pid, started: stat()[19] ?? '' });
        lockDirectory(directory).release();
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );
});
