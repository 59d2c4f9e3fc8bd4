import { expect, test } from 'vitest';
import { newRecentEntries } from './recent-entries.ts';
import type { LogRecord } from './tables.ts';

function change(key: string, revision: number, more: Partial<LogRecord> = {}): LogRecord {
  const value = Buffer.from(`value ${revision}`);
  return { type: 'put', key, value, revision, createRevision: 1, previousModRevision: 0, ...more };
}

test('what was written last is known', () => {
  const recent = newRecentEntries();
  for (const revision of [2, 3]) recent.take(change('/a', revision));
  expect(recent.get('/a')).toMatchObject({ key: '/a', modRevision: 3, createRevision: 1 });
});

test('what is deleted is not known any more', () => {
  const recent = newRecentEntries();
  recent.take(change('/a', 2));
  recent.take(change('/a', 3, { type: 'delete' }));
  expect(recent.get('/a')).toBeUndefined();
});

test('what became too large is not known any more', () => {
  const recent = newRecentEntries();
  recent.take(change('/a', 2));
  recent.take(change('/a', 3, { value: Buffer.alloc(1 << 20) }));
  expect(recent.get('/a')).toBeUndefined();
});

test('of many, those that were written longest ago are forgotten', () => {
  const recent = newRecentEntries();
  for (let revision = 1; revision <= 1000; revision++) recent.take(change(`/${revision}`, revision));
  expect(recent.get('/1')).toBeUndefined();
  expect(recent.get('/1000')).toBeDefined();
});

test('what was read is known until it is written, and as it was written then', () => {
  const recent = newRecentEntries();
  recent.keep({ key: '/a', value: Buffer.from('value 2'), modRevision: 2, createRevision: 1 });
  expect(recent.get('/a')).toMatchObject({ modRevision: 2 });
  recent.take(change('/a', 3));
  expect(recent.get('/a')).toMatchObject({ modRevision: 3 });
});
