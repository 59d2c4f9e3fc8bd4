import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from './make-directory.ts';
import { StorageDirectoryError } from './storage-errors.ts';

/**
 * The directory of a durable store: `pullet-store.json` says that it is one and in which format, `data.mdb` and `lock.mdb` are LMDB's,
 * `lock` says who has it open. A directory that holds anything but a store is refused and left as it is.
 */
const MARKER = 'pullet-store.json';
const DATA_FILE = 'data.mdb';
/** 2: values have checksums. 3: the history keeps differences, which a program that knows 2 only would take for values. */
const FORMAT = 3;
const READABLE: ReadonlySet<number> = new Set([2, FORMAT]);
/** What a new store may find in its directory. */
const OWN_FILES = new Set([MARKER, `${MARKER}.new`, 'lock', DATA_FILE, 'lock.mdb']);

interface Marker {
  format: number;
  /** The tables were made; from then on they must be there. */
  initialised: boolean;
}

/** Makes the directory (0700) if it is missing. Throws `StorageDirectoryError` if it can't be used or holds something else. */
export function prepareDirectory(directory: string): void {
  try {
    makeDirectory(directory);
    checkContents(directory);
    if (!existsSync(join(directory, MARKER))) writeMarker(directory, { format: FORMAT, initialised: false });
  } catch (error) {
    throw describe(directory, error);
  }
}

/** Notes that the tables exist, and the format of what is written into them from now on; closes their files to others. */
export function markInitialised(directory: string): void {
  for (const file of [DATA_FILE, 'lock.mdb']) chmodSync(join(directory, file), 0o600);
  const { format, initialised } = readMarker(directory);
  if (!initialised || format !== FORMAT) writeMarker(directory, { format: FORMAT, initialised: true });
}

function checkContents(directory: string): void {
  const files = readdirSync(directory);
  if (files.includes(MARKER)) checkMarker(directory, files);
  else if (files.some((file) => file !== 'lock'))
    throw new StorageDirectoryError(`the directory ${directory} is not empty and holds no store`);
}

function checkMarker(directory: string, files: string[]): void {
  const marker = readMarker(directory);
  if (!READABLE.has(marker.format))
    throw new StorageDirectoryError(
      `the store in ${directory} has format ${marker.format}; this program reads ${[...READABLE].join(' and ')}`,
    );
  if (marker.initialised && !files.includes(DATA_FILE))
    throw new StorageDirectoryError(`the store in ${directory} has lost its file ${DATA_FILE}`);
  if (marker.initialised && statSync(join(directory, DATA_FILE)).size === 0)
    throw new StorageDirectoryError(`the store in ${directory} has lost all that was in its file ${DATA_FILE}`);
  const foreign = files.find((file) => !OWN_FILES.has(file));
  if (foreign !== undefined && !marker.initialised)
    throw new StorageDirectoryError(`the directory ${directory} holds something else too: ${foreign}`);
}

function readMarker(directory: string): Marker {
  const text = readFileSync(join(directory, MARKER), 'utf8');
  try {
    const marker: Marker = JSON.parse(text);
    if (typeof marker.format === 'number') return marker;
  } catch {}
  throw new StorageDirectoryError(`the file ${join(directory, MARKER)} is not a store's marker`);
}

function writeMarker(directory: string, marker: Marker): void {
  const path = join(directory, MARKER);
  writeFileSync(`${path}.new`, `${JSON.stringify(marker)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

function describe(directory: string, error: unknown): Error {
  if (error instanceof StorageDirectoryError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new StorageDirectoryError(`the directory ${directory} can't be used: ${why}`, { cause: error });
}
