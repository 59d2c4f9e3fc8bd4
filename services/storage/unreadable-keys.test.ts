import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLmdbStorage } from './lmdb-backend.ts';
import { openLmdbTables } from './lmdb-tables.ts';
import { markInitialised, prepareDirectory } from './store-directory.ts';

/** A store of an earlier build, which kept names that LMDB does not read back as they were written. */
let directory = '';
const FOLDER = '/rbac.authorization.k8s.io/clusterroles//';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pullet-unreadable-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function leaveFormerStore(names: string[]): Promise<void> {
  prepareDirectory(directory);
  const tables = openLmdbTables(directory);
  const records = names.map((name, index) => ({
    type: 'put' as const,
    key: FOLDER + name,
    value: Buffer.from(JSON.stringify({ metadata: { name } })),
    revision: index + 2,
    createRevision: index + 2,
    previousModRevision: 0,
  }));
  await tables.commit(records, { revision: names.length + 1, compacted: 1 });
  await tables.close();
  markInitialised(directory);
}

const LONG = 'a'.repeat(76);
const ODD = ['\u0000', '\u0001', '\u0002', '\u0003', '\u0004', '\u0004\u0004', '\u0000\u0004\u0001'].flatMap((odd) => [
  `a${odd}`,
  `a${odd}b`,
  `${LONG}${odd}`,
  `${LONG}${odd}b`,
  `${LONG}${odd}b${odd}`,
]);

test('is read to the last of them, also in pages and in a backup, and they can be deleted', async () => {
  const names = [...ODD, 'a', 'z'];
  await leaveFormerStore(names);
  const storage = openLmdbStorage({ directory, clock: { now: () => 0, setTimeout: () => () => {} } });
  const keys = names.map((name) => FOLDER + name).sort();
  const { entries } = storage.list({ prefix: FOLDER });
  expect(entries.map(({ key }) => key).sort()).toEqual(keys);
  const snapshot = storage.snapshot();
  expect([...snapshot.entries()].map(({ key }) => key).sort()).toEqual(keys);
  snapshot.close();
  const paged: string[] = [];
  for (let after: string | undefined = ''; after !== undefined; after = paged.at(-1)) {
    const page = storage.list({ prefix: FOLDER, limit: 1, after });
    if (page.entries.length === 0) break;
    paged.push(...page.entries.map(({ key }) => key));
  }
  expect(paged).toEqual(entries.map(({ key }) => key));
  for (const { key, modRevision } of entries)
    expect(await storage.delete(key, modRevision, () => Buffer.from('{}'))).toMatchObject({ ok: true });
  expect(storage.list({ prefix: '' }).entries).toEqual([]);
  await storage.close();
});
