import { randomUUID } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import type { Entry } from '../../storage/backend.ts';
import {
  BackupError,
  type BackupFile,
  type BackupItem,
  readBackup,
  restoredRevision,
} from '../../storage/backup-format.ts';
import { lockDirectory } from '../../storage/directory-lock.ts';
import { checkNotOpen } from '../../storage/lmdb-environment.ts';
import { makeDirectory } from '../../storage/make-directory.ts';
import { restoreStore } from '../../storage/restore-store.ts';
import { StorageLockedError } from '../../storage/storage-errors.ts';
import {
  DATA_DIRECTORY_MARKER,
  type DataDirectory,
  openDataDirectory,
  unusable,
  writePrivateFile,
} from '../data-directory.ts';

/**
 * A hub's data directory out of a backup. All is made and checked in a directory within it first, so that a backup that is damaged changes nothing; then what
 * was there is moved aside and the new is moved into its place. The directory itself stays: it may be the mount of a volume.
 */

export interface RestoreOptions {
  file: string;
  directory: string;
  /** The directory may hold something. */
  force: boolean;
  now(): number;
}

export interface Restored {
  entries: number;
  /** Where the restored store's revisions start. */
  revision: number;
  /** Where that went which was there before. */
  movedAside?: string;
}

/**
 * Throws in words when the directory is in use or not empty, or the backup is damaged; then what it held is as it was, also where what was restored can't be moved
 * into its place. `rename` is for tests.
 */
export async function restoreDirectory(options: RestoreOptions, rename: Rename = renameSync): Promise<Restored> {
  const made = missing(path.resolve(options.directory));
  try {
    return await restoreInto(options, rename);
  } catch (error) {
    removeEmpty(made);
    throw error instanceof BackupError ? new BackupError(`${options.file}: ${error.message}`, { cause: error }) : error;
  }
}

/** The directory and those above it that are not there, the innermost first. */
function missing(directory: string): string[] {
  return existsSync(directory) ? [] : [directory, ...missing(path.dirname(directory))];
}

function removeEmpty(directories: readonly string[]): void {
  try {
    for (const directory of directories) rmdirSync(directory);
  } catch {
    // It was not made, or somebody else has something there by now.
  }
}

async function restoreInto({ file, directory, force, now }: RestoreOptions, rename: Rename): Promise<Restored> {
  const existing = filesIn(directory).filter((name) => name !== 'lost+found');
  if (existing.length > 0 && !force)
    throw new Error(
      `the directory ${directory} is not empty: choose another, or give --force to move aside what it holds`,
    );
  const unlock = lockIfStore(path.join(directory, 'store'));
  const staging = path.join(directory, `restoring-${randomUUID()}`);
  try {
    const restored = await stage(file, staging, now());
    const movedAside = existing.length > 0 ? asideOf(directory, now()) : undefined;
    replace({ directory, existing, movedAside, staging }, rename);
    return { ...restored, ...(movedAside ? { movedAside } : {}) };
  } finally {
    unlock();
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Makes the directory if there is none. */
function filesIn(directory: string): string[] {
  try {
    makeDirectory(directory);
    return readdirSync(directory);
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** So that no hub starts on it meanwhile, and this fails if one is running. */
function lockIfStore(store: string): () => void {
  if (!existsSync(store)) return () => {};
  const lock = lockDirectory(store);
  try {
    checkNotOpen(store);
  } catch (error) {
    // What is damaged can be replaced.
    if (!(error instanceof StorageLockedError)) return lock.release;
    lock.release();
    throw error;
  }
  return lock.release;
}

async function stage(file: string, staging: string, nowMs: number): Promise<Omit<Restored, 'movedAside'>> {
  const made = openDataDirectory(staging);
  const items = readBackup(createReadStream(file));
  const first = await items.next();
  if (first.done || !('header' in first.value)) throw new BackupError('the file is not a backup of a hub');
  const revision = restoredRevision(first.value.header, nowMs);
  const counts = { entries: 0 };
  await restoreStore(made.store, entriesOf(items, made, counts), revision);
  return { ...counts, revision };
}

/** The entries; files are written on the way. */
async function* entriesOf(
  items: AsyncIterable<BackupItem>,
  { path: root }: DataDirectory,
  counts: { entries: number },
): AsyncGenerator<Entry> {
  for await (const item of items) {
    if ('file' in item) writeFile(root, item.file);
    if (!('entry' in item)) continue;
    counts.entries += 1;
    yield item.entry;
  }
}

function writeFile(root: string, { name, content }: BackupFile): void {
  if (!/^pki\/\w[\w.-]*$/.test(name))
    throw new BackupError(`the backup has a file of a name that there is not: ${name}`);
  writePrivateFile(path.join(root, name), Buffer.from(content).toString());
}

type Rename = (from: string, to: string) => void;

function asideOf(directory: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-');
  return path.join(directory, `before-restore-${stamp}`);
}

interface Replacement {
  directory: string;
  existing: readonly string[];
  /** Where those go; absent if there are none. */
  movedAside: string | undefined;
  staging: string;
}

/** All of it, or nothing. The marker goes first and comes last: in between no hub takes the directory for its own. */
function replace({ directory, existing, movedAside, staging }: Replacement, rename: Rename): void {
  const moved: Move[] = [];
  const move = (name: string, from: string, to: string): void => {
    const step = { from: path.join(from, name), to: path.join(to, name) };
    rename(step.from, step.to);
    moved.unshift(step);
  };
  // Before anything is moved: it may be somebody else's, and is no place to look at then.
  if (movedAside !== undefined) mkdirSync(movedAside, { mode: 0o700 });
  try {
    if (movedAside !== undefined) for (const name of markerFirst(existing)) move(name, directory, movedAside);
    for (const name of ['pki', 'store', DATA_DIRECTORY_MARKER]) move(name, staging, directory);
    syncDirectory(directory);
  } catch (error) {
    moveBack(moved, movedAside, { rename, cause: error });
    throw error;
  }
  if (movedAside !== undefined) rmSync(path.join(movedAside, 'store', 'lock'), { force: true });
}

interface Move {
  from: string;
  to: string;
}

/** The last one first. Throws in words where that fails too: then a person has to do it. */
function moveBack(
  moved: readonly Move[],
  movedAside: string | undefined,
  { rename, cause }: { rename: Rename; cause: unknown },
): void {
  try {
    for (const { from, to } of moved) rename(to, from);
    if (movedAside !== undefined) rmdirSync(movedAside);
  } catch {
    if (movedAside === undefined) return;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`it could not be moved into its place (${why}), and what was there before is in ${movedAside}`, {
      cause,
    });
  }
}

function markerFirst(names: readonly string[]): string[] {
  const order = (name: string): number => (name === DATA_DIRECTORY_MARKER ? 0 : 1);
  return [...names].sort((a, b) => order(a) - order(b));
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
