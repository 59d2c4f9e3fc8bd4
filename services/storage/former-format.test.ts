import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Change } from './backend.ts';
import { withChecksum } from './checksum.ts';
import { openLmdbStorage } from './lmdb-backend.ts';
import { openEnvironment } from './lmdb-environment.ts';

/** A store that an earlier build has left: its history holds whole values with patches beside them. */
const key = '/coordination.k8s.io/leases/x/a';
const lease = (renewals: number) => Buffer.from(`{"kind":"Lease","spec":{"renewals":${renewals},"seconds":40}}`);
const AT = lease(1).indexOf('1');

let directory = '';
const marker = () => join(directory, 'pullet-store.json');
const open = () => openLmdbStorage({ directory, clock: { now: () => 0, setTimeout: () => () => {} } });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pullet-former-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function renew(storage: ReturnType<typeof open>, renewals: number): Promise<void> {
  const result = await storage.put(key, storage.get(key)?.modRevision ?? 0, () => lease(renewals));
  expect(result.ok).toBe(true);
}

/** The change of a revision as it was written then. */
function formerChange(revision: number, renewals: number): Buffer {
  const previous = revision === 2 ? undefined : lease(renewals - 1);
  const header = Buffer.alloc(23);
  header.writeUInt8(previous ? 3 : 1, 0);
  header.writeUInt16BE(key.length, 1);
  header.writeDoubleBE(2, 3);
  header.writeDoubleBE(previous ? revision - 1 : 0, 11);
  header.writeUInt32BE(previous ? previous.length + 1 : 0, 19);
  const patch = Buffer.from([0, 0, 0, AT, 0, 0, 0, 1, lease(renewals)[AT] ?? 0]);
  const values = previous ? [previous, patch] : [lease(renewals)];
  return withChecksum(`the change of revision ${revision}`, [header, Buffer.from(key), ...values]);
}

async function leaveFormerStore(): Promise<void> {
  const storage = open();
  for (const renewals of [1, 2, 3]) await renew(storage, renewals);
  await storage.close();
  const { root, log } = openEnvironment(directory);
  for (const revision of [2, 3, 4]) await log.put(revision, formerChange(revision, revision - 1));
  await root.close();
  writeFileSync(marker(), '{"format":2,"initialised":true}\n');
}

test('is opened with its history, which goes on, and is marked as one that an earlier build can no longer read', async () => {
  await leaveFormerStore();
  const storage = open();
  expect(JSON.parse(readFileSync(marker(), 'utf8'))).toEqual({ format: 3, initialised: true });
  for (const renewals of [4, 5]) await renew(storage, renewals);
  const told: Change[] = [];
  storage.watch('/', 1, (change) => told.push(change)).cancel();
  const shown = told.map(({ revision, previous, value }) => [revision, previous?.toString(), value.toString()]);
  const expected = [1, 2, 3, 4, 5].map((n) => [
    n + 1,
    n === 1 ? undefined : lease(n - 1).toString(),
    lease(n).toString(),
  ]);
  expect(shown).toEqual(expected);
  for (const n of [1, 3, 4]) {
    const [entry] = storage.list({ prefix: '/', revision: n + 1 }).entries;
    expect([entry?.value.toString(), entry?.modRevision, entry?.createRevision]).toEqual([
      lease(n).toString(),
      n + 1,
      2,
    ]);
  }
  await storage.close();
});
