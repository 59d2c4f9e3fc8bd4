/** One builder, however many ask, and no builder's death blocks the next. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withBuildLock } from './build-lock.ts';

describe('withBuildLock', () => {
  let dir: string;
  let lockPath: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pullet-build-lock-'));
    lockPath = join(dir, 'result.lock');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  test('builds once for all who ask at the same time', async () => {
    const result = newResult();
    await Promise.all([1, 2, 3].map(() => withBuildLock(lockPath, result)));
    expect(result.builds).toBe(1);
  });

  test('does not build what is there', async () => {
    const result = newResult();
    result.done = true;
    await withBuildLock(lockPath, result);
    expect(result.builds).toBe(0);
  });

  test('takes over the lock of a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await writeFile(lockPath, `${child.pid}\n`);
    const result = newResult();
    await withBuildLock(lockPath, result);
    expect(result.builds).toBe(1);
  });

  test('hands on the error of a failed build and unlocks', async () => {
    const failing = { ...newResult(), build: () => Promise.reject(new Error('no disk')) };
    await expect(withBuildLock(lockPath, failing)).rejects.toThrow('no disk');
    expect(existsSync(lockPath)).toBe(false);
  });
});

function newResult() {
  const result = {
    builds: 0,
    done: false,
    isDone: async () => result.done,
    build: async () => {
      result.builds++;
      await new Promise((resolve) => setImmediate(resolve));
      result.done = true;
    },
    report: () => {},
  };
  return result;
}
