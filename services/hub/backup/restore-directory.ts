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

/** Throws in words when the directory is in use or not empty, or the backup is damaged; then what it held is as it was. */
export async function restoreDirectory({ file, directory, force, now }: RestoreOptions): Promise<Restored> {
  const existing = filesIn(directory).filter((name) => name !== 'lost+found');
  if (existing.length > 0 && !force)
    throw new Error(
      `the directory ${directory} is not empty: choose another, or give --force to move aside what it holds`,
    );
  const unlock = lockIfStore(path.join(directory, 'store'));
  const staging = path.join(directory, `restoring-${randomUUID()}`);
  try {
    const restored = await stage(file, staging, now());
    const movedAside = existing.length > 0 ? moveAside(directory, existing, now()) : undefined;
    moveIn(staging, directory);
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

/** The marker goes first: from then on, until all is done, no hub takes the directory for its own. */
function moveAside(directory: string, existing: readonly string[], nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-');
  const aside = path.join(directory, `before-restore-${stamp}`);
  mkdirSync(aside, { mode: 0o700 });
  const isMarker = (name: string): number => (name === DATA_DIRECTORY_MARKER ? 0 : 1);
  for (const name of [...existing].sort((a, b) => isMarker(a) - isMarker(b)))
    renameSync(path.join(directory, name), path.join(aside, name));
  rmSync(path.join(aside, 'store', 'lock'), { force: true });
  return aside;
}

/** The marker comes last. */
function moveIn(staging: string, directory: string): void {
  for (const name of ['pki', 'store', DATA_DIRECTORY_MARKER])
    renameSync(path.join(staging, name), path.join(directory, name));
  const handle = openSync(directory, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
