/**
 * One builder at a time among processes of this machine: the others wait until the result is there. It only saves work; that
 * two builders do no harm is the atomic rename's doing, so a lock whose owner is gone may simply be taken away.
 */

import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 500;
const reportEveryMs = 30_000;

/** What is built under the lock. */
export interface LockedBuild {
  /** Whether the result is there already, made by whomever. */
  isDone(): Promise<boolean>;
  build(): Promise<void>;
  /** Tells whoever watches that this process waits. */
  report(line: string): void;
}

/** Runs `build` unless the result is or comes to be there; rejects with what `build` rejects with. */
export async function withBuildLock(lockPath: string, locked: LockedBuild): Promise<void> {
  await mkdir(dirname(lockPath), { recursive: true });
  for (let waitedMs = 0; !(await locked.isDone()); waitedMs += pollMs) {
    if (await tryLock(lockPath)) return buildAndUnlock(lockPath, locked);
    if (await isOwnerGone(lockPath)) await rm(lockPath, { force: true });
    else await wait(lockPath, waitedMs, locked);
  }
}

async function buildAndUnlock(lockPath: string, locked: LockedBuild): Promise<void> {
  try {
    if (!(await locked.isDone())) await locked.build();
  } finally {
    await rm(lockPath, { force: true });
  }
}

async function wait(lockPath: string, waitedMs: number, locked: LockedBuild): Promise<void> {
  if (waitedMs % reportEveryMs === 0) locked.report(`waiting for the process that holds ${lockPath}`);
  await delay(pollMs);
}

async function tryLock(lockPath: string): Promise<boolean> {
  try {
    const file = await open(lockPath, 'wx');
    await file.writeFile(`${process.pid}\n`);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A lock without a number in it is one that is just being written. */
async function isOwnerGone(lockPath: string): Promise<boolean> {
  const pid = Number.parseInt(await readFile(lockPath, 'utf8').catch(() => ''), 10);
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
