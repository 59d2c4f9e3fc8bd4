import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DATA_DIRECTORY_MARKER, openDataDirectory } from './data-directory.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'pullet-data-directory-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a start on a directory that is a hub's already writes nothing: it may be full", () => {
  const directory = path.join(dir, 'hub');
  const marker = () => statSync(path.join(directory, DATA_DIRECTORY_MARKER)).ino;
  openDataDirectory(directory);
  const before = marker();
  openDataDirectory(directory);
  expect(marker()).toBe(before);
});

test('a first start that was killed while it marked the directory can be made again', () => {
  const directory = path.join(dir, 'cut-off');
  mkdirSync(directory);
  writeFileSync(path.join(directory, `${DATA_DIRECTORY_MARKER}.new`), '{"for');
  openDataDirectory(directory);
  expect(readdirSync(directory).sort()).toEqual(['pki', DATA_DIRECTORY_MARKER]);
});

test('what can not be used is told once, in words', () => {
  const file = path.join(dir, 'file');
  writeFileSync(file, '');
  const messageOf = (directory: string): unknown => {
    try {
      return openDataDirectory(directory);
    } catch (error) {
      return error;
    }
  };
  expect(messageOf(file)).toEqual(new Error(`the data directory ${file} can't be used: there is a file of that name`));
  expect(messageOf(path.join(file, 'hub'))).toEqual(
    new Error(`the data directory ${file}/hub can't be used: a part of the path is not a folder`),
  );
});
