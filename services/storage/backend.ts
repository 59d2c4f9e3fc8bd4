/**
 * What the API server asks of a store: an ordered map of keys to values with one counter, the revision, that every write raises; conditional
 * writes; reads at the newest or an older revision; and a log of changes to watch from any revision that is not compacted.
 * The semantics are etcd's (its API guarantees), so that resourceVersion means what Kubernetes clients expect.
 *
 * A key is `/<group or "core">/<resource>/<namespace or empty>/<name>`. A value is the object's JSON as bytes. It is made by `encode(revision)`, so that the
 * stored bytes already carry their resourceVersion and can be sent to every reader and watcher as they are.
 */

/** LMDB's limit, with its pages of 4 KiB; the same for every backend. */
export const MAX_KEY_BYTES = 1978;

/**
 * Whether a key can be read back as it was written; the same for every backend. LMDB's keys are not where they hold U+0000 to U+0004 or halves of characters
 * (lone surrogates).
 */
export const isReadableKey = (key: string): boolean => !UNREADABLE.test(key);

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNREADABLE = /[\0-\u0004\p{Surrogate}]/u;

export interface Entry {
  key: string;
  value: Uint8Array;
  /** Revision of the last write of this key. */
  modRevision: number;
  createRevision: number;
}

export interface ListRequest {
  /** Keys that start with this. */
  prefix: string;
  /** At most so many; absent: all. */
  limit?: number;
  /** Start at the first key after this one (exclusive). */
  after?: string;
  /** Read at this older revision; absent: newest. Throws `CompactedError` if it is gone, `FutureRevisionError` if it is not reached yet. */
  revision?: number;
  /** Only entries that it accepts; how many remain is not counted then. Everything is read once, and no further than it takes. */
  accept?: (entry: Entry) => boolean;
  /** With `accept`: whether there is more when this one is behind the last; absent: whatever it is. */
  countsAsMore?: (entry: Entry) => boolean;
}

export interface ListResult {
  entries: Entry[];
  /** The revision read at. */
  revision: number;
  /** There are more keys after the last entry. */
  more: boolean;
  /** How many keys come after the last entry; only when `more`, and without `accept`. */
  remaining?: number;
}

/** What must hold for a write: the key's modRevision, or 0 for "must not exist". */
export type Precondition = number;

export type WriteResult = { ok: true; entry: Entry } | { ok: false; current: Entry | undefined };
export type DeleteResult = { ok: true; previous: Entry; revision: number } | { ok: false; current: Entry | undefined };

export interface Change {
  type: 'put' | 'delete';
  key: string;
  /** The new value; for a delete the last value, re-encoded by the deleter with the delete's revision. */
  value: Uint8Array;
  revision: number;
  /** What the key held before; absent when it was created by this change. */
  previous?: Uint8Array;
}

export interface StoreWatch {
  /** Stops the watch; no callback comes after. */
  cancel(): void;
}

/** The whole store at one moment, whatever is written meanwhile. */
export interface Snapshot {
  readonly revision: number;
  /** In the order of their keys. Throws `DamagedValueError`. */
  entries(): Iterable<Entry>;
  /** Must be called: until then the space of what is overwritten is not used again. May be called twice. */
  close(): void;
}

export interface Storage {
  /** Changes when the store was restored from a backup or made anew; random text. */
  readonly epoch: string;
  /** Newest revision whose write is durable. Never goes back. */
  revision(): number;
  /** Newest revision that those who watch have been told of: what they heard is all there was up to it. Behind `revision()` while a commit that failed may have happened. */
  published(): number;
  /** Oldest revision that can still be read or watched from. */
  compactedRevision(): number;
  /** How much room the history takes. */
  historyBytes(): number;
  get(key: string): Entry | undefined;
  list(request: ListRequest): ListResult;
  count(prefix: string): number;
  /**
   * Resolves when the write is on disk (fsync); writers that wait are committed together. Rejects with `KeyTooLongError` where the key is longer than
   * `MAX_KEY_BYTES`, and with `UnreadableKeyError` where it is a new one that could not be read back.
   */
  put(key: string, precondition: Precondition, encode: (revision: number) => Uint8Array): Promise<WriteResult>;
  delete(key: string, precondition: Precondition, encode: (revision: number) => Uint8Array): Promise<DeleteResult>;
  /**
   * Calls `onChange` for every durable change of keys under `prefix` with a revision greater than `afterRevision`, in order, without gaps: first those
   * from the log, then live. Throws `CompactedError` if the log no longer reaches back so far, or if it has more than
   * 10 000 of them. A prefix that ends within an object's name is
   * taken for the key of one object: whether others that begin like it are told too is left open.
   * `onProgress` is called with a revision up to which everything has been told (for bookmarks), at least when the store moved on by itself.
   */
  watch(
    prefix: string,
    afterRevision: number,
    onChange: (change: Change) => void,
    onProgress?: (revision: number) => void,
  ): StoreWatch;
  snapshot(): Snapshot;
  /** Why writes fail at present, if they do: the disk is full or fails. Reads go on, and writes are tried again by themselves. */
  writeFailure(): Error | undefined;
  /** Forgets history up to `revision`. Current values stay. */
  compact(revision: number): Promise<void>;
  close(): Promise<void>;
}

/** The revision asked for is compacted away: 410 Expired. */
export class CompactedError extends Error {
  readonly compactedRevision: number;
  constructor(compactedRevision: number) {
    super(`the requested revision has been compacted (oldest: ${compactedRevision})`);
    this.name = 'CompactedError';
    this.compactedRevision = compactedRevision;
  }
}

/** The revision asked for has not happened yet: 504 "Too large resource version". */
export class FutureRevisionError extends Error {
  readonly currentRevision: number;
  constructor(currentRevision: number) {
    super(`the requested revision is in the future (newest: ${currentRevision})`);
    this.name = 'FutureRevisionError';
    this.currentRevision = currentRevision;
  }
}
