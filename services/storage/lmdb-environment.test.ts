import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { checkRoom } from './lmdb-environment.ts';
import { StorageFullError } from './storage-errors.ts';

test('a write that the disk has no room for is refused before the database hears of it', () => {
  expect(() => checkRoom({ directory: tmpdir() }, 2 ** 60)).toThrow(StorageFullError);
});
