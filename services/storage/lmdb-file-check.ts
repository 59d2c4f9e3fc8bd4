import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { StorageDirectoryError } from './storage-errors.ts';

/**
 * Looks at an LMDB data file before LMDB does: on a file that is not its own it would end the process instead of failing. Each of the first two
 * pages is a page header (24 bytes) and a meta record that starts with a magic number.
 */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
/** In a meta record's page: the last page in use and the transaction, 8 bytes each. */
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
/** LMDB does not write pages that it took and gave back in one transaction: so many may be missing at the end of a whole file. */
const UNWRITTEN_PAGES = 32;

/** Throws `StorageDirectoryError` if the file is there, is not empty and can't be LMDB's; false if there is none, or nothing in it. */
export function checkLmdbFile(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size > 0 && !isWhole(file, size))
      throw new StorageDirectoryError(`the file ${path} is damaged or is not a store's`);
    return size > 0;
  } finally {
    closeSync(file);
  }
}

function isWhole(file: number, size: number): boolean {
  const pageSize = numberAt(file, PAGE_SIZE_AT);
  const isPageSize = pageSize >= 512 && pageSize <= 65_536 && Math.log2(pageSize) % 1 === 0;
  if (!isPageSize || size < 2 * pageSize) return false;
  if (numberAt(file, MAGIC_AT) !== MAGIC || numberAt(file, pageSize + MAGIC_AT) !== MAGIC) return false;
  return size / pageSize >= lastPage(file, pageSize) + 1 - UNWRITTEN_PAGES;
}

/** By the newer of the two records. A file that ends before it was cut off, and reading there would end the process. */
function lastPage(file: number, pageSize: number): number {
  const isSecondNewer = wideAt(file, pageSize + TRANSACTION_AT) > wideAt(file, TRANSACTION_AT);
  return Number(wideAt(file, (isSecondNewer ? pageSize : 0) + LAST_PAGE_AT));
}

function wideAt(file: number, position: number): bigint {
  const bytes = Buffer.alloc(8);
  return readSync(file, bytes, 0, 8, position) === 8 ? bytes.readBigUInt64LE() : 0n;
}

function numberAt(file: number, position: number): number {
  const bytes = Buffer.alloc(4);
  return readSync(file, bytes, 0, 4, position) === 4 ? bytes.readUInt32LE() : 0;
}
