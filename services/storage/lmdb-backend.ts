import { join } from 'node:path';
import type { Storage } from './backend.ts';
import { type CompactionOptions, type StorageClock, withCompaction } from './compactor.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { checkLmdbFile } from './lmdb-file-check.ts';
import { checkLmdbPages } from './lmdb-page-check.ts';
import { openLmdbTables } from './lmdb-tables.ts';
import { StorageDirectoryError, StorageLockedError } from './storage-errors.ts';
import { newStore } from './store.ts';
import { markInitialised, prepareDirectory } from './store-directory.ts';
import type { Tables } from './tables.ts';

export interface LmdbStorageOptions {
  /** The store's own directory; made (0700) if it is missing. */
  directory: string;
  clock: StorageClock;
  compaction?: CompactionOptions;
  /** Told what failed and nobody waits for: a compaction or writes, which are tried again later, or a watcher, which goes on with the next change. */
  onError?: (error: unknown) => void;
}

/**
 * The durable store. Throws `StorageLockedError` when another process has the directory open and `StorageDirectoryError` when it holds
 * anything but a store or can't be used; either way nothing was changed.
 */
export function openLmdbStorage({ directory, ...options }: LmdbStorageOptions): Storage {
  prepareDirectory(directory);
  const lock = lockDirectory(directory);
  try {
    const tables = openTables(directory);
    checkStillHeld(directory, lock, tables);
    const storage = withCompaction(newStore(tables, options), options);
    return {
      ...storage,
      async close() {
        await storage.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A process that can't see this one may have taken the lock before the store was open; from then on it is seen. */
function checkStillHeld(directory: string, lock: DirectoryLock, tables: Tables): void {
  if (lock.isHeld()) return;
  void tables.close();
  throw new StorageLockedError(directory);
}

/** Of a directory that is prepared and locked. Throws `StorageDirectoryError`. */
export function openTables(directory: string): Tables {
  try {
    const file = join(directory, 'data.mdb');
    const isThere = checkLmdbFile(file);
    const tables = openLmdbTables(directory, () => isThere && checkLmdbPages(file));
    markInitialised(directory);
    return tables;
  } catch (error) {
    if (error instanceof StorageDirectoryError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new StorageDirectoryError(`the store in ${directory} can't be opened: ${why}`, { cause: error });
  }
}
