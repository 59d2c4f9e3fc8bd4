import { randomUUID } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { type Database, open, type RootDatabase, type Transaction } from 'lmdb';
import type { Entry } from './backend.ts';
import { checked, withChecksum } from './checksum.ts';
import { decodeLogRecord, encodeLogRecord } from './log-record-codec.ts';
import { newRecentEntries } from './recent-entries.ts';
import { StorageClosedError, StorageFullError, StorageWriteError } from './storage-errors.ts';
import { type Counters, endOfPrefix, entryOf, type LogRecord, type Tables } from './tables.ts';

/**
 * Tables in LMDB. `overlappingSync` is off: then a commit is LMDB's own, which writes the data, syncs it, and only then the meta page that makes it
 * count; the promise of the last put resolves after that. Reads go through one read transaction that is renewed after each commit, so they
 * see what was answered and nothing newer.
 */
type Table<K extends string | number> = Database<Buffer, K>;

interface Environment {
  directory: string;
  root: RootDatabase;
  /** key → checksum (4 bytes), create revision, modRevision (8 each), value */
  current: Table<string>;
  /** revision → checksum, change */
  log: Table<number>;
  meta: Table<string>;
}

const NUMBERS_BYTES = 16;
/** Room for some hundred writes. */
const PROBE_BYTES = 256 << 10;

/** Opens or makes the tables in a directory that holds nothing else's data. Throws what LMDB throws when the file is not its own. */
export function openLmdbTables(directory: string): Tables {
  const environment = openEnvironment(directory);
  const { root, current, log, meta } = environment;
  const epoch = initialise(environment);
  let reading = newReading(root);
  let snapshot = reading.transaction;
  let counters = readCounters(meta, snapshot);
  let isClosed = false;
  const recent = newRecentEntries();

  function renewSnapshot(): void {
    const old = reading;
    root.resetReadTxn();
    reading = newReading(root);
    snapshot = reading.transaction;
    old.release();
  }

  function range(prefix: string, after?: string) {
    const end = endOfPrefix(prefix);
    const isAfter = after !== undefined && after >= prefix;
    const start = isAfter ? { start: after, exclusiveStart: true } : prefix === '' ? {} : { start: prefix };
    return { ...start, ...(end === undefined ? {} : { end }), transaction: snapshot };
  }

  return {
    epoch,
    counters: () => counters,
    get(key) {
      const known = recent.get(key);
      if (known) return known;
      const bytes = current.get(key, { transaction: snapshot });
      return bytes && decodeEntry(key, bytes);
    },
    *range(prefix, after) {
      for (const { key, value } of current.getRange(range(prefix, after))) yield decodeEntry(key, value);
    },
    count: (prefix, after) => current.getKeysCount(range(prefix, after)),
    *log(afterRevision) {
      const options = { start: afterRevision, exclusiveStart: true, transaction: snapshot };
      for (const { key, value } of log.getRange(options)) yield decodeLogRecord(key, checked(logKey(key), value));
    },
    snapshot() {
      const held = reading;
      held.hold();
      let isOpen = true;
      return {
        revision: counters.revision,
        *entries() {
          for (const { key, value } of current.getRange({ transaction: held.transaction })) {
            yield decodeEntry(key, value);
            if (isClosed || !isOpen) throw new StorageClosedError();
          }
        },
        close: () => {
          if (isOpen && !isClosed) held.release();
          isOpen = false;
        },
      };
    },
    async commit(records, next) {
      await written(environment, () => {
        for (const record of records) write(environment, record);
        void meta.put('counters', encode(next));
      });
      renewSnapshot();
      counters = next;
      for (const record of records) recent.take(record);
    },
    async probe() {
      await written(environment, () => void meta.put('probe', Buffer.alloc(PROBE_BYTES)));
      await written(environment, () => void meta.remove('probe'));
      renewSnapshot();
    },
    async trimLog(revision, limit) {
      const options = { start: 0, end: revision, inclusiveEnd: true, limit, transaction: snapshot };
      const revisions = [...log.getKeys(options)];
      if (revisions.length > 0)
        await written(environment, () => {
          for (const key of revisions) void log.remove(key);
        });
      renewSnapshot();
      return revisions.length;
    },
    async close() {
      isClosed = true;
      // As in renewSnapshot: a timer of the library's own would otherwise find a transaction that is done with, and end the process.
      root.resetReadTxn();
      reading.release();
      await root.close();
    },
  };
}

/** A read transaction, done with when the last who reads in it has let go. */
interface Reading {
  readonly transaction: Transaction;
  hold(): void;
  release(): void;
}

function newReading(root: RootDatabase): Reading {
  const transaction = root.useReadTransaction();
  let holders = 1;
  return {
    transaction,
    hold: () => {
      holders += 1;
    },
    release: () => {
      holders -= 1;
      if (holders === 0) transaction.done();
    },
  };
}

function openEnvironment(directory: string): Environment {
  // Without `eventTurnBatching` only `batch` makes transactions, and each has one promise: its failure is seen by whoever waits for it.
  const root = open({
    path: directory,
    noSubdir: false,
    overlappingSync: false,
    eventTurnBatching: false,
    encoding: 'binary',
    maxDbs: 8,
  });
  const table = { encoding: 'binary' } as const;
  return {
    directory,
    root,
    current: root.openDB('current', table),
    log: root.openDB('log', table),
    meta: root.openDB('meta', table),
  };
}

/** The epoch; made, with the first revision, if the tables are new. */
function initialise({ root, meta }: Environment): string {
  const known = meta.get('epoch');
  if (known) return checked('epoch', known).toString();
  const epoch = randomUUID();
  root.transactionSync(() => {
    meta.putSync('counters', encode({ revision: 1, compacted: 1 }));
    meta.putSync('epoch', withChecksum('epoch', [Buffer.from(epoch)]));
  });
  return epoch;
}

/** Makes the writes one transaction, durable together or not at all. */
async function written({ root, directory }: Environment, start: () => void): Promise<void> {
  try {
    await root.batch(start);
  } catch (error) {
    throw await writeError(directory, error);
  }
}

/** lmdb rejects with a general error whose `commitError` is a promise that rejects with the cause. */
async function writeError(directory: string, error: unknown): Promise<Error> {
  const cause = await commitErrorOf(error);
  const text = cause instanceof Error ? cause.message : String(cause);
  const isFull = /No space left|MAP_FULL|quota/i.test(text) || hasNoRoom(directory);
  return isFull ? new StorageFullError({ cause }) : new StorageWriteError(text, { cause });
}

/** A write that found room for a part of its bytes only is an I/O error to LMDB, so the disk itself is asked. */
function hasNoRoom(directory: string): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize < 1 << 20;
}

async function commitErrorOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}

function write({ current, log }: Environment, record: LogRecord): void {
  void log.put(record.revision, withChecksum(logKey(record.revision), encodeLogRecord(record)));
  if (record.type === 'put') void current.put(record.key, encodeEntry(entryOf(record)));
  else void current.remove(record.key);
}

function encodeEntry(entry: Entry): Buffer {
  const numbers = Buffer.allocUnsafe(NUMBERS_BYTES);
  numbers.writeDoubleBE(entry.createRevision, 0);
  numbers.writeDoubleBE(entry.modRevision, 8);
  return withChecksum(entry.key, [numbers, entry.value]);
}

function decodeEntry(key: string, stored: Buffer): Entry {
  const bytes = checked(key, stored);
  const value = bytes.subarray(NUMBERS_BYTES);
  return { key, value, createRevision: bytes.readDoubleBE(0), modRevision: bytes.readDoubleBE(8) };
}

const logKey = (revision: number): string => `the change of revision ${revision}`;

const encode = (counters: Counters): Buffer => withChecksum('counters', [Buffer.from(JSON.stringify(counters))]);

function readCounters(meta: Table<string>, transaction: Transaction): Counters {
  const bytes = meta.get('counters', { transaction });
  if (!bytes) throw new Error('the store has no counters');
  return JSON.parse(checked('counters', bytes).toString());
}
