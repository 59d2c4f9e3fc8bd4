import { randomUUID } from 'node:crypto';
import { linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageDirectoryError, StorageLockedError } from './storage-errors.ts';

/**
 * One process at a time. The file `lock` names the holder by its process id and start time; it is made whole by a link, which fails if there is one
 * already. A holder that is gone (also after kill -9, also if its id was given to another process since) does not block.
 */
interface Holder {
  pid: number;
  /** Clock ticks since boot, where the system tells; else empty. */
  started: string;
  /** Of this one taking of the lock. */
  id?: string;
}

export interface DirectoryLock {
  /** False once somebody else has taken it, who could not see that this process lives. */
  isHeld(): boolean;
  release(): void;
}

/**
 * Takes the lock or throws `StorageLockedError`, or `StorageDirectoryError` where what is in its place can't be read. Processes of two containers do not see
 * each other: one finds the other's lock stale, and is kept out by what LMDB knows (see `openEnvironment`).
 */
export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, 'lock');
  const id = randomUUID();
  const mine = `${path}.${id}`;
  const holder: Holder = { pid: process.pid, started: startOf(process.pid), id };
  const text = JSON.stringify(holder);
  try {
    writeFileSync(mine, text, { mode: 0o600, flush: true });
    while (!linked(mine, path)) removeIfStale(directory, path);
  } finally {
    rmSync(mine, { force: true });
  }
  const isHeld = (): boolean => read(path) === text;
  return { isHeld, release: () => void (isHeld() && rmSync(path, { force: true })) };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function removeIfStale(directory: string, path: string): void {
  const text = readHolder(path);
  if (text === undefined) return;
  const holder = parse(text);
  if (holder && isAlive(holder)) throw new StorageLockedError(directory, holder.pid);
  const aside = `${path}.${randomUUID()}`;
  if (!renamed(path, aside)) return;
  // Two may do this at once: whoever moved a lock that was taken in between puts it back.
  if (read(aside) !== text) linked(aside, path);
  rmSync(aside, { force: true });
}

/** Undefined if it is gone. Whatever else keeps the lock from being made would do so for ever. */
function readHolder(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
    if (codeOf(error) === 'ENOENT' && !isLink) return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new StorageDirectoryError(`the lock ${path} can't be read: ${why}`, { cause: error });
  }
}

function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  const { started, isZombie } = processOf(holder.pid);
  if (isZombie) return false;
  return holder.started === '' || started === '' || holder.started === started;
}

const startOf = (pid: number): string => processOf(pid).started;

/**
 * What /proc says of a process (stat: state is field 3, the start time field 22, after the command in parentheses); empty where there is no /proc. A
 * zombie has ended and only waits to be noticed by its parent, which in a container may be never.
 */
function processOf(pid: number): { started: string; isZombie: boolean } {
  const stat = read(`/proc/${pid}/stat`) ?? '';
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { started: fields[19] ?? '', isZombie: fields[0] === 'Z' || fields[0] === 'X' };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const holder: Holder = JSON.parse(text);
    return typeof holder.pid === 'number' && typeof holder.started === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
