import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  BackupError,
  type BackupHeader,
  type BackupItem,
  readBackup,
  restoredRevision,
  writeBackup,
} from './backup-format.ts';
import { newMemoryStorage } from './memory-backend.ts';

async function newBackup(objects = 5): Promise<Buffer> {
  const storage = newMemoryStorage();
  for (let n = 0; n < objects; n++) await storage.put(`/k${n}`, 0, (revision) => Buffer.from(`v${n}@${revision}`));
  const files = [{ name: 'pki/ca.pem', content: Buffer.from('key') }];
  const openSnapshot = () => storage.snapshot();
  return collect(writeBackup({ epoch: 'e', createdAtMs: 1000, files, openSnapshot }));
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* inPieces(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array): Promise<BackupItem[]> {
  const items: BackupItem[] = [];
  for await (const item of readBackup(inPieces(bytes))) items.push(item);
  return items;
}

describe('a backup', () => {
  test('gives back its header, files and entries', async () => {
    const items = await read(await newBackup());
    expect(items[0]).toMatchObject({ header: { epoch: 'e', revision: 6, createdAtMs: 1000 } });
    expect(items[1]).toEqual({ file: { name: 'pki/ca.pem', content: Buffer.from('key') } });
    expect(items[2]).toEqual({
      entry: { key: '/k0', value: Buffer.from('v0@2'), modRevision: 2, createRevision: 2 },
    });
    expect(items).toHaveLength(7);
  });

  test('is refused at whatever byte it is cut off', async () => {
    const whole = await newBackup();
    for (let length = 0; length < whole.length; length++)
      await expect(read(whole.subarray(0, length)), `${length} bytes`).rejects.toThrow(BackupError);
  });

  test('is refused if any byte of what it holds is another', async () => {
    const plain = gunzipSync(await newBackup(2));
    for (let at = 0; at < plain.length; at++) {
      const damaged = Buffer.from(plain);
      damaged.writeUInt8(plain.readUInt8(at) ^ 1, at);
      await expect(read(gzipSync(damaged)), `byte ${at}`).rejects.toThrow(BackupError);
    }
  });

  test('is refused if it is something else, or of another format', async () => {
    await expect(read(Buffer.from('not gzip'))).rejects.toThrow('not a backup');
    await expect(read(gzipSync('{"kind":"List"}'))).rejects.toThrow(BackupError);
    const plain = gunzipSync(await newBackup(1)).toString('latin1');
    const newer = Buffer.from(plain.replace('"format":1', '"format":2'), 'latin1');
    await expect(read(gzipSync(newer))).rejects.toThrow('has format 2');
  });

  test('that nobody reads, or that is given up, holds no snapshot', async () => {
    let open = 0;
    const storage = newMemoryStorage();
    const value = Buffer.alloc(200_000, 'x').map((_, index) => (index * 7919) % 251);
    for (let n = 0; n < 20; n++) await storage.put(`/k${n}`, 0, () => value);
    const openSnapshot = () => {
      open += 1;
      const close = (): void => {
        open -= 1;
      };
      return { ...storage.snapshot(), close };
    };
    const newOne = () => writeBackup({ epoch: 'e', createdAtMs: 0, files: [], openSnapshot });
    await newOne().return(undefined);
    expect(open).toBe(0);
    const givenUp = newOne();
    await givenUp.next();
    await givenUp.return(undefined);
    await expect.poll(() => open).toBe(0);
  });
});

test('restored revisions start above all that the lost store, or an earlier restore, can have given', () => {
  const header: BackupHeader = {
    format: 1,
    epoch: 'e',
    revision: 500,
    createdAtMs: 1_000_000,
    revisionStep: 1e9,
    revisionsPerMs: 300,
  };
  const weekMs = 7 * 24 * 3600_000;
  const first = restoredRevision(header, header.createdAtMs + weekMs);
  expect(first).toBeGreaterThan(500 + (weekMs / 1000) * 35_000);
  const second = restoredRevision(header, header.createdAtMs + weekMs + 60_000);
  expect(second - first).toBeGreaterThan(60 * 35_000);
  expect(restoredRevision(header, header.createdAtMs - weekMs)).toBe(500 + 1e9);
  expect(Number.isSafeInteger(restoredRevision(header, header.createdAtMs + 520 * weekMs))).toBe(true);
});
