import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileReason } from '../../shared/client/file-reason.ts';
import { makeDirectory } from '../storage/make-directory.ts';

/**
 * The hub's data directory: `pullet-hub.json` marks it, `store/` is the database, `pki/` has keys and certificates, `admin.kubeconfig` is for its
 * operator. A directory that holds anything else is refused and left as it is.
 */
export interface DataDirectory {
  readonly path: string;
  readonly store: string;
  readonly pki: string;
  readonly adminKubeconfig: string;
}

export const DATA_DIRECTORY_MARKER = 'pullet-hub.json';
const FORMAT = 1;

/** Makes the directory (0700) if it is missing. Throws an Error in words if it can't be used; then nothing was changed. */
export function openDataDirectory(directory: string): DataDirectory {
  const absolute = path.resolve(directory);
  try {
    makeDirectory(absolute);
    checkContents(absolute);
    const marker = path.join(absolute, DATA_DIRECTORY_MARKER);
    if (!existsSync(marker)) writePrivateFile(marker, `${JSON.stringify({ format: FORMAT })}\n`);
    makeDirectory(path.join(absolute, 'pki'));
  } catch (error) {
    throw unusable(absolute, error);
  }
  return {
    path: absolute,
    store: path.join(absolute, 'store'),
    pki: path.join(absolute, 'pki'),
    adminKubeconfig: path.join(absolute, 'admin.kubeconfig'),
  };
}

/** Of a file system of its own, and of a first start that was cut off. */
const DONT_COUNT = ['lost+found', `${DATA_DIRECTORY_MARKER}.new`];

function checkContents(directory: string): void {
  const files = readdirSync(directory).filter((file) => !DONT_COUNT.includes(file));
  if (files.length === 0) return;
  if (!files.includes(DATA_DIRECTORY_MARKER)) {
    throw new Error(
      `the data directory ${directory} is not empty and is not a hub's (it has no ${DATA_DIRECTORY_MARKER}): choose another with --data-dir`,
    );
  }
  const format = readFormat(path.join(directory, DATA_DIRECTORY_MARKER));
  if (format !== FORMAT) {
    throw new Error(
      `the data directory ${directory} has format ${format}; this version of pullet reads format ${FORMAT}`,
    );
  }
}

function readFormat(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { format?: unknown }).format;
  } catch (error) {
    throw new Error(`the file ${file} is damaged: it should say {"format":${FORMAT}}`, { cause: error });
  }
}

/** What the system says against a directory, in words. */
export function unusable(directory: string, error: unknown): Error {
  if (!(error instanceof Error && 'code' in error)) return error instanceof Error ? error : new Error(String(error));
  // Where the path can be walked and yet nothing be made, as below /proc, the system says that there is no such file.
  const reason = error.code === 'ENOENT' ? 'it can not be made there' : fileReason(error);
  return new Error(`the data directory ${directory} can't be used: ${reason}`);
}

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivateFile(file: string, text: string): void {
  const temporary = `${file}.new`;
  try {
    writeFileSync(temporary, text, { mode: 0o600, flush: true });
    chmodSync(temporary, 0o600);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export function readIfExists(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
