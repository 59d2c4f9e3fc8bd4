import { join } from 'node:path';
import type { Storage } from './backend.ts';
import { type CompactionOptions, type StorageClock, withCompaction } from './compactor.ts';
import { lockDirectory } from './directory-lock.ts';
import { checkLmdbFile } from './lmdb-file-check.ts';
import { checkLmdbPages } from './lmdb-page-check.ts';
import { openLmdbTables } from './lmdb-tables.ts';
import { StorageDirectoryError } from './storage-errors.ts';
import { newStore } from './store.ts';
import { markInitialised, prepareDirectory } from './store-directory.ts';
import type { Tables } from './tables.ts';

export interface LmdbStorageOptions {
  /** The store's own directory; made (0700) if it is missing. */
  directory: string;
  clock: StorageClock;
  compaction?: CompactionOptions;
  /** A compaction failed (it is tried again later). */
  onError?: (error: unknown) => void;
}

/**
 * The durable store. Throws `StorageLockedError` when another process has the directory open and `StorageDirectoryError` when it holds
 * anything but a store or can't be used; either way nothing was changed.
 */
export function openLmdbStorage({ directory, ...options }: LmdbStorageOptions): Storage {
  prepareDirectory(directory);
  const unlock = lockDirectory(directory);
  try {
    const storage = withCompaction(newStore(openTables(directory), options.clock), options);
    return {
      ...storage,
      async close() {
        await storage.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Of a directory that is prepared and locked. Throws `StorageDirectoryError`. */
export function openTables(directory: string): Tables {
  try {
    const file = join(directory, 'data.mdb');
    if (checkLmdbFile(file)) checkLmdbPages(file);
    const tables = openLmdbTables(directory);
    markInitialised(directory);
    return tables;
  } catch (error) {
    if (error instanceof StorageDirectoryError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new StorageDirectoryError(`the store in ${directory} can't be opened: ${why}`, { cause: error });
  }
}
