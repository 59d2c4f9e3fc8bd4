import { expect, test } from 'vitest';
import type { Change, Storage } from '../storage/backend.ts';
import { newMemoryStorage } from '../storage/memory-backend.ts';
import { newStoreView } from './store-view.ts';

const put = (storage: Storage, key: string, text: string) =>
  storage.put(key, storage.get(key)?.modRevision ?? 0, () => Buffer.from(text));

/** Texts by key; what `refused` says can't be taken in. */
function newTexts(storage: Storage, refused: (text: string) => boolean) {
  const read = (value: Uint8Array): string => {
    const text = Buffer.from(value).toString();
    if (refused(text)) throw new Error(`no text: ${text}`);
    return text;
  };
  let lost = 0;
  const view = newStoreView<Record<string, string>>(storage, {
    prefix: '/texts/',
    make: (entries) => Object.fromEntries(entries.map(({ key, value }) => [key, read(value)])),
    take: (made, { key, value }: Change) => {
      delete made[key];
      made[key] = read(value);
    },
    lost: () => {
      lost += 1;
    },
  });
  return { view, timesLost: () => lost };
}

test('what is stored and each change are seen', async () => {
  const storage = newMemoryStorage();
  await put(storage, '/texts/a', 'one');
  const { view, timesLost } = newTexts(storage, () => false);
  expect(view.current()).toEqual({ '/texts/a': 'one' });
  await put(storage, '/texts/a', 'two');
  await put(storage, '/texts/b', 'one');
  expect(view.current()).toEqual({ '/texts/a': 'two', '/texts/b': 'one' });
  expect(timesLost()).toBe(0);
});

test('a change that could not be taken in is read with all that is stored by whoever asks next', async () => {
  const storage = newMemoryStorage();
  let isFailing = false;
  const { view, timesLost } = newTexts(storage, () => isFailing);
  await put(storage, '/texts/a', 'one');
  isFailing = true;
  await put(storage, '/texts/a', 'two');
  await put(storage, '/texts/b', 'two');
  expect(timesLost()).toBe(1);
  isFailing = false;
  expect(view.current()).toEqual({ '/texts/a': 'two', '/texts/b': 'two' });
  await put(storage, '/texts/a', 'three');
  expect(view.current()).toEqual({ '/texts/a': 'three', '/texts/b': 'two' });
});

test('nobody is told what was while what is stored can not be read, and all is well once it can', async () => {
  const storage = newMemoryStorage();
  const { view } = newTexts(storage, (text) => text === 'odd');
  await put(storage, '/texts/a', 'one');
  await put(storage, '/texts/b', 'odd');
  expect(() => view.current()).toThrow('no text: odd');
  await put(storage, '/texts/a', 'two');
  expect(() => view.current()).toThrow('no text: odd');
  await put(storage, '/texts/b', 'even');
  expect(view.current()).toEqual({ '/texts/a': 'two', '/texts/b': 'even' });
});

test('what was read before it is told is not undone by changes that are told late', async () => {
  const storage = newMemoryStorage();
  const later: (() => void)[] = [];
  const late: Storage = {
    ...storage,
    watch: (prefix, after, onChange) => storage.watch(prefix, after, (change) => later.push(() => onChange(change))),
  };
  const { view } = newTexts(late, (text) => text === 'odd');
  await put(storage, '/texts/a', 'odd');
  await put(storage, '/texts/a', 'two');
  await put(storage, '/texts/a', 'three');
  const [first, ...rest] = later;
  expect(first).toThrow('no text: odd');
  expect(view.current()).toEqual({ '/texts/a': 'three' });
  rest[0]?.();
  expect(view.current()).toEqual({ '/texts/a': 'three' });
});
