import { randomUUID } from 'node:crypto';
import type { Transaction } from 'lmdb';
import { type Entry, MAX_KEY_BYTES } from './backend.ts';
import { checked, withChecksum } from './checksum.ts';
import { decodeEntry, decodeFoundEntry, encodeEntry } from './lmdb-entry.ts';
import {
  bytesOfTable,
  checkRoom,
  closed,
  type Environment,
  openEnvironment,
  openReading,
  type Reading,
  type Table,
  written,
} from './lmdb-environment.ts';
import { decodeLogRecord, encodeLogRecord, headOfLogRecord } from './log-record-codec.ts';
import { changesOf, entryBefore, type LoggedHistory } from './logged-history.ts';
import { newRecentEntries } from './recent-entries.ts';
import { StorageClosedError, StorageWriteError } from './storage-errors.ts';
import { type Counters, endOfPrefix, entryOf, type LogRecord, type Tables } from './tables.ts';

/**
 * Tables in LMDB. Reads go through one read transaction that is renewed after each commit, so they see what was answered and nothing newer.
 */
const PAGES_BYTES = 8192;
/** Room for some hundred writes. */
const PROBE_BYTES = 256 << 10;

/** Opens or makes the tables in a directory that holds nothing else's data. Throws what LMDB throws when the file is not its own. */
export function openLmdbTables(directory: string, checkPages?: () => unknown): Tables {
  let environment = openEnvironment(directory, checkPages);
  const epoch = initialise(environment);
  const readings = new Set<Reading>();
  const newReading = (): Reading => {
    const made = openReading(environment.root, () => readings.delete(made));
    readings.add(made);
    return made;
  };
  let reading = newReading();
  let snapshot = reading.transaction;
  let counters = readCounters(environment.meta, snapshot);
  let isClosed = false;
  let isBroken = false;
  let recent = newRecentEntries();

  function renewSnapshot(): void {
    const old = reading;
    environment.root.resetReadTxn();
    reading = newReading();
    snapshot = reading.transaction;
    old.release();
  }

  /**
   * After a write that failed at the wrong moment (of the page that makes a commit count) LMDB takes no other until its file is opened anew. Snapshots that are
   * open end. Throws where the file can't be opened; then the next write tries again.
   */
  async function reopen(): Promise<void> {
    isBroken = true;
    await closed(environment, readings);
    environment = openEnvironment(directory);
    reading = newReading();
    snapshot = reading.transaction;
    counters = readCounters(environment.meta, snapshot);
    recent = newRecentEntries();
    isBroken = false;
  }

  /**
   * One transaction with so many bytes, durable when this resolves. `next` are the counters that it leaves, if it changes them. All that is read changes
   * at the same moment.
   */
  async function commit(
    bytes: number,
    write: (tables: Environment) => void,
    next = counters,
    records: readonly LogRecord[] = [],
  ): Promise<void> {
    if (isBroken) await reopened();
    checkRoom(environment, bytes);
    const before = counters;
    try {
      await written(environment, () => write(environment));
    } catch (error) {
      await reopen().catch(() => {});
      // Told as failed and on the disk all the same: then it happened.
      const isThere = counters.revision === next.revision && counters.compacted === next.compacted;
      if (isBroken || next === before || !isThere) throw error;
    }
    renewSnapshot();
    counters = next;
    for (const record of records) recent.take(record);
  }

  /** Who counted on what was there before has to begin again. */
  async function reopened(): Promise<never> {
    const before = counters;
    try {
      await reopen();
    } catch (cause) {
      throw new StorageWriteError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
    throw new StorageWriteError(
      `the store was opened anew at revision ${counters.revision} (before: ${before.revision})`,
    );
  }

  function range(prefix: string, after?: string) {
    const end = endOfPrefix(prefix);
    const isAfter = after !== undefined && after >= prefix;
    const start = isAfter ? { start: keyUpTo(after), exclusiveStart: true } : prefix === '' ? {} : { start: prefix };
    return { ...start, ...(end === undefined ? {} : { end }), transaction: snapshot };
  }

  function get(key: string): Entry | undefined {
    const known = recent.get(key);
    if (known) return known;
    if (isTooLong(key)) return undefined;
    const bytes = environment.current.get(key, { transaction: snapshot });
    const entry = bytes && decodeEntry(key, bytes);
    if (entry) recent.keep(entry);
    return entry;
  }

  /** Of the log after a revision: revision and bytes. */
  function* logged(afterRevision: number): Iterable<{ revision: number; bytes: Buffer }> {
    const bounds = { start: afterRevision, exclusiveStart: true, transaction: snapshot };
    for (const { key, value } of environment.log.getRange(bounds))
      yield { revision: key, bytes: checked(logKey(key), value) };
  }

  const history: LoggedHistory = {
    // One at a time: all together they may be as much as the log.
    *changes(revisions) {
      for (const revision of revisions) {
        const bytes = environment.log.get(revision, { transaction: snapshot }) ?? NO_BYTES;
        yield decodeLogRecord(revision, checked(logKey(revision), bytes));
      }
    },
    current: get,
  };

  return {
    epoch,
    counters: () => counters,
    get,
    *range(prefix, after) {
      if (isTooLong(prefix)) return;
      for (const { key, value } of environment.current.getRange(range(prefix, after)))
        yield decodeFoundEntry(key, value);
    },
    count: (prefix, after) => (isTooLong(prefix) ? 0 : environment.current.getKeysCount(range(prefix, after))),
    log: (revisions) => changesOf(history, revisions),
    *logHeads(afterRevision) {
      for (const { revision, bytes } of logged(afterRevision)) yield { ...headOfLogRecord(bytes), revision };
    },
    logBytes: () => bytesOfTable(environment.log),
    heldBefore: (revisions) => entryBefore(history, revisions),
    snapshot() {
      const [opened, held] = [environment, reading];
      held.hold();
      let isOpen = true;
      return {
        revision: counters.revision,
        *entries() {
          for (const { key, value } of opened.current.getRange({ transaction: held.transaction })) {
            yield decodeFoundEntry(key, value);
            if (isClosed || !isOpen || opened !== environment) throw new StorageClosedError();
          }
        },
        close: () => {
          if (isOpen && !isClosed && opened === environment) held.release();
          isOpen = false;
        },
      };
    },
    async commit(records, next) {
      const writeAll = (tables: Environment): void => {
        for (const record of records) write(tables, record, record.revision > next.compacted);
        void tables.meta.put('counters', encode(next));
      };
      await commit(roomFor(records), writeAll, next, records);
    },
    async probe() {
      await commit(PROBE_BYTES, ({ meta }) => void meta.put('probe', Buffer.alloc(PROBE_BYTES)));
      await commit(0, ({ meta }) => void meta.remove('probe'));
    },
    async trimLog(revision, limit) {
      const options = { start: 0, end: revision, inclusiveEnd: true, limit, transaction: snapshot };
      const revisions = [...environment.log.getKeys(options)];
      if (revisions.length > 0)
        await commit(0, ({ log }) => {
          for (const key of revisions) void log.remove(key);
        });
      return revisions.length;
    },
    async close() {
      isClosed = true;
      await closed(environment, readings);
    },
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

function write({ current, log }: Environment, record: LogRecord, isHistory: boolean): void {
  const { revision } = record;
  if (isHistory) void log.put(revision, withChecksum(logKey(revision), encodeLogRecord(record)));
  if (record.type === 'put') void current.put(record.key, encodeEntry(entryOf(record)));
  else void current.remove(record.key);
}

/** LMDB refuses to look for such a one, where there can be none. */
const isTooLong = (key: string): boolean => Buffer.byteLength(key) > MAX_KEY_BYTES;

/** Whoever resumes after a key that can't be stored resumes after the longest one that can. */
function keyUpTo(key: string): string {
  if (!isTooLong(key)) return key;
  // Half a character would be three bytes again.
  return Buffer.from(key).toString('utf8', 0, MAX_KEY_BYTES - 3);
}

/** A change writes its values and a page or two of each table. */
function roomFor(records: readonly LogRecord[]): number {
  return records.reduce(
    (sum, { value, previous }) => sum + 2 * value.length + (previous?.length ?? 0) + PAGES_BYTES,
    0,
  );
}

/** Of what is missing: refused as what is damaged. */
const NO_BYTES = Buffer.alloc(0);

const logKey = (revision: number): string => `the change of revision ${revision}`;

const encode = (counters: Counters): Buffer => withChecksum('counters', [Buffer.from(JSON.stringify(counters))]);

function readCounters(meta: Table<string>, transaction: Transaction): Counters {
  const bytes = meta.get('counters', { transaction });
  if (!bytes) throw new Error('the store has no counters');
  return JSON.parse(checked('counters', bytes).toString());
}
