import { statfsSync } from 'node:fs';
import { type Database, open, type RootDatabase, type Transaction } from 'lmdb';
import { StorageFullError, StorageWriteError } from './storage-errors.ts';

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

export function openEnvironment(directory: string): Environment {
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
    isOpen: true,
    root,
    current: root.openDB('current', table),
    log: root.openDB('log', table),
    meta: root.openDB('meta', table),
  };
}

/** As when a snapshot is renewed: a timer of the library's own would otherwise find a transaction that is done with, and end the process. */
export async function closed(environment: Environment, reading: Reading): Promise<void> {
  if (!environment.isOpen) return;
  environment.isOpen = false;
  environment.root.resetReadTxn();
  reading.end();
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

export function newReading(root: RootDatabase): Reading {
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
    end: () => {
      if (holders > 0) transaction.done();
      holders = 0;
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
