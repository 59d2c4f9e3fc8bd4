import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkStateDirectory, newDirectoryStateStore } from './directory-state-store.ts';

const { signal } = new AbortController();
let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'pullet-state-'));
  directory = path.join(parent, 'state');
});

afterEach(() => rm(parent, { recursive: true, force: true }));

test('a blob is there for the next agent, until it is removed', async () => {
  const store = newDirectoryStateStore(directory);
  expect((await store.load(signal)).size).toBe(0);
  await store.save('head', Buffer.from('one'), signal);
  await store.save('head', Buffer.from('two'), signal);
  await store.save('7', Buffer.from('seven'), signal);
  await store.remove('7', signal);
  await store.remove('8', signal);
  expect([...(await newDirectoryStateStore(directory).load(signal))]).toEqual([['head', Buffer.from('two')]]);
});

test('a file that is gone or another is noticed, once it is', async () => {
  const store = newDirectoryStateStore(directory);
  await store.save('head', Buffer.from('one'), signal);
  await store.save('7', Buffer.from('seven'), signal);
  await store.load(signal);
  await store.save('7', Buffer.from('another'), signal);
  expect(await store.altered(signal)).toEqual([]);
  await writeFile(path.join(directory, '7.gz'), 'damaged');
  expect(await store.altered(signal)).toEqual(['7']);
  await rm(directory, { recursive: true });
  expect((await store.altered(signal)).sort()).toEqual(['7', 'head']);
  await store.save('head', Buffer.from('one'), signal);
  expect(await store.altered(signal)).toEqual(['7']);
  await store.remove('7', signal);
  expect(await store.altered(signal)).toEqual([]);
});

test('nobody else may read it', async () => {
  await newDirectoryStateStore(directory).save('head', Buffer.from('one'), signal);
  const modes = [directory, path.join(directory, 'head.gz')].map(async (file) => (await stat(file)).mode & 0o777);
  expect(await Promise.all(modes)).toEqual([0o700, 0o600]);
});

test('what a write that was cut off has left is not read, and goes', async () => {
  const store = newDirectoryStateStore(directory);
  await store.save('head', Buffer.from('one'), signal);
  await writeFile(path.join(directory, 'head.gz.tmp'), 'tw');
  expect([...(await newDirectoryStateStore(directory).load(signal))]).toEqual([['head', Buffer.from('one')]]);
  expect(await readdir(directory)).toEqual(['head.gz']);
});

test('who reads a file while it is written anew has the old one, whole', async () => {
  const store = newDirectoryStateStore(directory);
  await store.save('head', Buffer.from('the old one'), signal);
  const reader = await open(path.join(directory, 'head.gz'), 'r');
  try {
    await store.save('head', Buffer.from('new'), signal);
    expect(await reader.readFile('utf8')).toBe('the old one');
  } finally {
    await reader.close();
  }
});

test('a file is on the disk before it takes the place of the old one', async () => {
  const store = newDirectoryStateStore(directory);
  const file = path.join(directory, 'head.gz');
  await store.save('head', Buffer.from('old'), signal);
  const probe = await open(file, 'r');
  const handles = Object.getPrototypeOf(probe) as { sync(): Promise<void> };
  await probe.close();
  const { sync } = handles;
  const seen: string[] = [];
  const spy = vi.spyOn(handles, 'sync').mockImplementation(async function (this: unknown) {
    seen.push(await readFile(file, 'utf8'));
    await sync.call(this as typeof handles);
  });
  try {
    await store.save('head', Buffer.from('new'), signal);
  } finally {
    spy.mockRestore();
  }
  expect([...seen, await readFile(file, 'utf8')]).toEqual(['old', 'new']);
});

test('what somebody else keeps in the directory is neither read nor removed', async () => {
  const store = newDirectoryStateStore(directory);
  await store.save('head', Buffer.from('one'), signal);
  for (const file of ['draft.tmp', 'site.gz', 'site.gz.tmp', 'head.txt'])
    await writeFile(path.join(directory, file), 'x');
  expect([...(await store.load(signal)).keys()]).toEqual(['head']);
  expect((await readdir(directory)).sort()).toEqual(['draft.tmp', 'head.gz', 'head.txt', 'site.gz', 'site.gz.tmp']);
});

test('two who begin at once, as a former leader and the next one may, make the directory together', async () => {
  const stores = Array.from({ length: 8 }, () => newDirectoryStateStore(path.join(directory, 'a', 'b')));
  const loaded = await Promise.all(stores.map((store) => store.load(signal)));
  expect(loaded.map(({ size }) => size)).toEqual(stores.map(() => 0));
});

test('a directory that can be used is made, with those above it, for nobody else', async () => {
  const below = path.join(directory, 'a', 'b');
  await checkStateDirectory(below);
  await checkStateDirectory(below);
  expect((await stat(below)).mode & 0o777).toBe(0o700);
});

test('one that can not be used is told before anything is done', async () => {
  const file = path.join(parent, 'file');
  await writeFile(file, '');
  await expect(checkStateDirectory(file)).rejects.toThrow(
    `--state-dir ${file} can't be used: there is a file of that name`,
  );
  await expect(checkStateDirectory(path.join(file, 'below'))).rejects.toThrow("can't be used");
});
