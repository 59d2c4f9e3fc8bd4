import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectory } from './make-directory.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pullet-make-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('what is missing above is made too, for the owner alone', () => {
  const made = join(directory, 'a', 'b');
  makeDirectory(made);
  makeDirectory(made);
  expect(statSync(made).mode & 0o777).toBe(0o700);
});

test('a file in the way is told', () => {
  writeFileSync(join(directory, 'file'), '');
  expect(() => makeDirectory(join(directory, 'file', 'a'))).toThrow();
  expect(() => makeDirectory(join(directory, 'file'))).toThrow('EEXIST');
});

test.runIf(existsSync('/proc/self'))('where nothing can be made it throws instead of trying for ever', () => {
  expect(() => makeDirectory('/proc/pullet/data')).toThrow('ENOENT');
});
