import type { Storage } from './backend.ts';
import { type CompactionOptions, type StorageClock, withCompaction } from './compactor.ts';
import { newMemoryTables } from './memory-tables.ts';
import { newStore } from './store.ts';

export interface MemoryStorageOptions {
  /** With a clock the history is compacted by itself; without one it is kept until `compact`. */
  clock?: StorageClock;
  compaction?: CompactionOptions;
}

/** A store that lives as long as the process: for tests and for simulated members. Same rules as the durable one. */
export function newMemoryStorage({ clock, compaction }: MemoryStorageOptions = {}): Storage {
  const storage = newStore(newMemoryTables());
  return clock ? withCompaction(storage, { clock, ...(compaction ? { compaction } : {}) }) : storage;
}
