import { expect, test } from 'vitest';
import type { InventoryRecord } from './inventory-record.ts';
import { newRecords } from './records.ts';

function recordOf(...uids: string[]): InventoryRecord {
  const objects = uids.map((uid) => ({
    apiVersion: 'v1',
    group: '',
    kind: 'ConfigMap',
    namespace: 'web',
    name: 'one',
    uid,
  }));
  return { history: 'h', work: 'karmada-es-m1/w', generation: 1, resourceVersion: '1', objects };
}

const holdersOf = (records: ReturnType<typeof newRecords>, uid: string): string[] =>
  records.withObject(uid).map(([workUid]) => workUid);

test('records are found by the uid of an object, all that have it', () => {
  const records = newRecords();
  records.set('first', recordOf('a', 'b'));
  records.set('second', recordOf('b'));
  expect(records.withObject('b')).toEqual([
    ['first', recordOf('a', 'b')],
    ['second', recordOf('b')],
  ]);
  expect(holdersOf(records, 'none')).toEqual([]);
});

test('and not any more once they lose it, or are gone', () => {
  const records = newRecords();
  records.set('first', recordOf('a', 'b'));
  records.set('second', recordOf('b'));
  records.set('first', recordOf('a'));
  expect(holdersOf(records, 'b')).toEqual(['second']);
  expect(records.delete('second')).toBe(true);
  expect(holdersOf(records, 'b')).toEqual([]);
  expect(holdersOf(records, 'a')).toEqual(['first']);
});

test('what is only meant to be made is nobody’s', () => {
  const records = newRecords();
  records.set('first', recordOf(''));
  expect(holdersOf(records, '')).toEqual([]);
});
