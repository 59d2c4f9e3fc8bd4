import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase, type Transaction } from 'lmdb';
import { StorageFullError, StorageLockedError, StorageWriteError } from './storage-errors.ts';

/**
 * LMDB's file as it is opened. `overlappingSync` is off: then a commit is LMDB's own, which writes the data, syncs it, and only then the meta page that makes it
 * count; the promise of the last put resolves after that.
 */
export type Table<K extends string | number> = Database<Buffer, K>;

export interface Environment {
  directory: string;
  isOpen: boolean;
  root: RootDatabase;
  /** key → checksum (4 bytes), create revision, modRevision (8 each), value */
  current: Table<string>;
  /** revision → checksum, change */
  log: Table<number>;
  meta: Table<string>;
}

/** As LMDB counts its pages. */
interface TableStats {
  pageSize: number;
  treeBranchPageCount: number;
  treeLeafPageCount: number;
  overflowPages: number;
}

/** How much room a table takes in the file. The library tells it, but not its types. */
export function bytesOfTable<K extends string | number>(table: Table<K>): number {
  const { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages } = table.getStats() as TableStats;
  return pageSize * (treeBranchPageCount + treeLeafPageCount + overflowPages);
}

/**
 * `checkPages` runs when it is known that nobody else has the file open, and before anything of it is read. Throws `StorageLockedError`. Processes that can't see
 * each other (of two containers with one volume) are told apart by LMDB's own list of readers, which is empty unless somebody alive has the file open.
 */
export function openEnvironment(directory: string, checkPages: () => unknown = () => {}): Environment {
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
  try {
    if (hasReaders(root)) throw new StorageLockedError(directory);
    checkPages();
    return {
      directory,
      isOpen: true,
      root,
      current: root.openDB('current', table),
      log: root.openDB('log', table),
      meta: root.openDB('meta', table),
    };
  } catch (error) {
    void root.close();
    throw error;
  }
}

/** A line for each reader, after one of headings. */
const hasReaders = (root: RootDatabase): boolean => /\n\s*\d+ /.test(root.readerList());

/** Throws `StorageLockedError` if somebody has the store of this directory open. */
export function checkNotOpen(directory: string): void {
  if (!existsSync(join(directory, 'data.mdb'))) return;
  const { root } = openEnvironment(directory);
  void root.close();
}

/** As when a snapshot is renewed: a timer of the library's own would otherwise find a transaction that is done with, and end the process. */
export async function closed(environment: Environment, readings: Iterable<Reading>): Promise<void> {
  if (!environment.isOpen) return;
  environment.isOpen = false;
  environment.root.resetReadTxn();
  for (const reading of readings) reading.end();
  await environment.root.close();
}

/** A read transaction, done with when the last who reads in it has let go. */
export interface Reading {
  readonly transaction: Transaction;
  hold(): void;
  release(): void;
  /** Whoever holds it. */
  end(): void;
}

export function openReading(root: RootDatabase, onEnd: () => void): Reading {
  const transaction = root.useReadTransaction();
  let holders = 1;
  const end = (): void => {
    holders = 0;
    transaction.done();
    onEnd();
  };
  return {
    transaction,
    hold: () => {
      holders += 1;
    },
    release: () => {
      holders -= 1;
      if (holders === 0) end();
    },
    end: () => {
      if (holders > 0) end();
    },
  };
}

/** Makes the writes one transaction, durable together or not at all. */
export async function written({ root, directory }: Environment, start: () => void): Promise<void> {
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
const hasNoRoom = (directory: string): boolean => roomIn(directory) < LEAST_ROOM_BYTES;

/** For what a commit writes beside its values. */
const LEAST_ROOM_BYTES = 1 << 20;

/** Some file systems don't tell: they have no blocks at all. */
function roomIn(directory: string): number {
  const { blocks, bavail, bsize } = statfsSync(directory);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
}

/**
 * Throws `StorageFullError` unless there is room for so many bytes of values. Asked before each commit, since LMDB must not find out: the message that it makes
 * of a disk without room is longer than the memory that it keeps for it, and the process ends by that, sooner or later.
 */
export function checkRoom({ directory }: Pick<Environment, 'directory'>, bytes: number): void {
  if (roomIn(directory) < LEAST_ROOM_BYTES + bytes) throw new StorageFullError();
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
