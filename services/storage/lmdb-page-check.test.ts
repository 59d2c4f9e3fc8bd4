import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLmdbStorage } from './lmdb-backend.ts';
import { checkLmdbPages } from './lmdb-page-check.ts';
import { StorageDirectoryError } from './storage-errors.ts';

const PAGE = 4096;
let directory: string;
let file: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pullet-pages-'));
  file = join(directory, 'data.mdb');
  const storage = openLmdbStorage({ directory, clock: { now: () => 0, setTimeout: () => () => {} } });
  const sizes = Array.from({ length: 300 }, (_, n) => (n % 50 === 0 ? 20_000 : (n * 37) % 900));
  await Promise.all(sizes.map((size, n) => storage.put(`/k${n}`, 0, () => Buffer.alloc(size, 'v'))));
  for (let n = 0; n < 100; n += 3)
    await storage.delete(`/k${n}`, storage.get(`/k${n}`)?.modRevision ?? 0, () => Buffer.from('{}'));
  await storage.compact(storage.revision() - 50);
  await storage.close();
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Numbers of the pages of a kind: 1 branches, 2 leaves, 4 the first of a large value. */
function pagesOf(bytes: Buffer, kind: number): number[] {
  const all = Array.from({ length: bytes.length / PAGE }, (_, page) => page).slice(2);
  return all.filter(
    (page) => bytes.readUInt16LE(page * PAGE + 18) === kind && Number(bytes.readBigUInt64LE(page * PAGE)) === page,
  );
}

test('a store that was written, trimmed and closed is as it should be', () => {
  expect(() => checkLmdbPages(file)).not.toThrow();
});

test.each([
  ['its number', 2, 0],
  ['its kind', 2, 18],
  ['the count of its nodes', 2, 20],
  ['the place of its first node', 2, 24],
  ['its number, of a branch', 1, 1],
  ['its number, of a large value', 4, 0],
])('a page in use of which one bit has flipped is found: %s', (_what, kind, offset) => {
  const whole = readFileSync(file);
  const found = pagesOf(whole, kind).filter((page) => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(page * PAGE + offset) ^ 4, page * PAGE + offset);
    writeFileSync(file, bytes);
    return isRefused();
  });
  writeFileSync(file, whole);
  // Pages that are free, or of the state before, are nobody's.
  expect(found.length).toBeGreaterThan(0);
  expect(isRefused()).toBe(false);
});

test('a key that is no longer in its order is found', () => {
  const bytes = readFileSync(file);
  for (let at = bytes.indexOf('/k299'); at >= 0; at = bytes.indexOf('/k299', at + 1)) bytes.write('/j', at);
  writeFileSync(file, bytes);
  expect(() => checkLmdbPages(file)).toThrow('not in order');
});

function isRefused(): boolean {
  try {
    checkLmdbPages(file);
    return false;
  } catch (error) {
    if (error instanceof StorageDirectoryError && error.message.includes('is damaged')) return true;
    throw error;
  }
}
