import type { Entry } from './backend.ts';
import { lockDirectory } from './directory-lock.ts';
import { openTables } from './lmdb-backend.ts';
import { prepareDirectory } from './store-directory.ts';
import type { LogRecord, Tables } from './tables.ts';

/** Entries written in one commit. */
const AT_ONCE = 1000;

/**
 * Makes a store in an empty directory out of another store's entries, with an epoch of its own. It has no history: `revision` is the oldest that can be watched
 * from, so whoever watched the other store has to list again. Throws what the entries throw; the directory is then of no use.
 */
export async function restoreStore(directory: string, entries: AsyncIterable<Entry>, revision: number): Promise<void> {
  prepareDirectory(directory);
  const lock = lockDirectory(directory);
  try {
    const tables = openTables(directory);
    try {
      await fill(tables, entries, revision);
    } finally {
      await tables.close();
    }
  } finally {
    lock.release();
  }
}

async function fill(tables: Tables, entries: AsyncIterable<Entry>, revision: number): Promise<void> {
  const write = (records: LogRecord[]): Promise<void> => tables.commit(records, { revision, compacted: revision });
  let records: LogRecord[] = [];
  for await (const entry of entries) {
    records.push(recordOf(entry));
    if (records.length < AT_ONCE) continue;
    await write(records);
    records = [];
  }
  await write(records);
}

function recordOf({ key, value, createRevision, modRevision }: Entry): LogRecord {
  return { type: 'put', key, value, revision: modRevision, createRevision, previousModRevision: 0 };
}
