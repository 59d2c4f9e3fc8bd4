import type { Change, Entry, Snapshot } from './backend.ts';

/**
 * What the store keeps, below its rules: the current entries, the log of changes and two counters. Reads are synchronous and see exactly what
 * the last finished `commit` left, never a commit under way. The rules (preconditions, revisions, watches) are in `store.ts`, once for all tables.
 */
export interface Tables {
  /** Random text, made with the tables. */
  readonly epoch: string;
  counters(): Counters;
  get(key: string): Entry | undefined;
  /** Entries whose key starts with `prefix` and is greater than `after`, in byte order. */
  range(prefix: string, after?: string): Iterable<Entry>;
  /** How many entries `range` would give. */
  count(prefix: string, after?: string): number;
  /** These changes: in order, and all that their keys have had since the first of them. Throws `DamagedValueError`. */
  log(revisions: readonly number[]): Iterable<LogRecord>;
  /** What the changes with a revision greater than this are, in order: without the values it costs little. */
  logHeads(afterRevision: number): Iterable<LogHead>;
  /** How much room the log takes. */
  logBytes(): number;
  /** What a key held before all of its changes since then, of which these are the revisions, in order; undefined when it did not exist. Throws `DamagedValueError`. */
  heldBefore(revisions: readonly number[]): Entry | undefined;
  /** The entries and the revision as of the last finished commit, for as long as it is open. */
  snapshot(): Snapshot;
  /**
   * Makes all of these durable, or none; a rejected commit changes nothing. One at a time. What is not newer than the oldest revision that can be read is not
   * history, and not logged; the rest comes in the order of its revisions, all newer than what was there.
   */
  commit(records: readonly LogRecord[], counters: Counters): Promise<void>;
  /** Makes something durable that needs room, and takes it away; rejects as `commit` does. Never while a commit is under way. */
  probe(): Promise<void>;
  /** Drops up to `limit` log records at or below `revision`; resolves to how many there were. Never while a commit is under way. */
  trimLog(revision: number, limit: number): Promise<number>;
  close(): Promise<void>;
}

export interface Counters {
  /** Newest revision. */
  revision: number;
  /** Oldest revision that can be read or watched from. */
  compacted: number;
}

/** A change with what is needed to undo it. */
export interface LogRecord extends Change {
  /** Of the key after a put; of the deleted entry for a delete. */
  createRevision: number;
  /** modRevision before the change; 0 when the key did not exist. */
  previousModRevision: number;
}

export type LogHead = Pick<LogRecord, 'type' | 'key' | 'revision' | 'previousModRevision'>;

/** The first key after every key that starts with `prefix`; nothing for the empty prefix. */
export function endOfPrefix(prefix: string): string | undefined {
  if (prefix === '') return undefined;
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

/** The entry that a put leaves. */
export function entryOf(record: LogRecord): Entry {
  const { key, value, revision, createRevision } = record;
  return { key, value, modRevision: revision, createRevision };
}

/** The entry that was there before a change. */
export function previousEntryOf(record: LogRecord): Entry | undefined {
  if (record.previous === undefined) return undefined;
  const { key, previous, previousModRevision, createRevision } = record;
  return { key, value: previous, modRevision: previousModRevision, createRevision };
}

/** Below 0 where `a` comes before `b`: by their bytes, which is by characters, where JavaScript compares halves of some. */
export function compareKeys(a: string, b: string): number {
  const common = Math.min(a.length, b.length);
  for (let at = 0; at < common; at++) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) return rankAt(a, at) - rankAt(b, at);
  }
  return a.length - b.length;
}

/** Characters of two halves come after all others. */
function rankAt(key: string, at: number): number {
  const unit = key.charCodeAt(at);
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
