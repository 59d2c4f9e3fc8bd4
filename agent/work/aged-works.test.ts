import { expect, test } from 'vitest';
import { newNotFound, newPathNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { agedWorks, findAged } from './aged-works.ts';
import type { InventoryRecord } from './inventory-record.ts';

/** Which Works of a whole list are worth a question, for each costs a request. */

const KEY = 'karmada-es-m1/w';
const RECORD: InventoryRecord = { history: 'h', work: KEY, generation: 2, resourceVersion: '150', objects: [] };

function agedAmong(record: InventoryRecord, metadata: object | undefined): unknown[] {
  const work = metadata && ({ metadata } as Work);
  const mark = { history: 'h', hub: 'hub-1', epoch: '', revision: '200' };
  const inventory = { mark: () => mark, entries: (): [string, InventoryRecord][] => [['uid-w', record]] };
  return agedWorks(inventory, (key) => (key === KEY ? work : undefined));
}

test('a Work that is older than when it was delivered is suspected', () => {
  const suspect = { key: KEY, uid: 'uid-w', resourceVersion: '150' };
  expect(agedAmong(RECORD, { uid: 'uid-w', resourceVersion: '149' })).toEqual([suspect]);
});

test.each<[string, Partial<InventoryRecord>, object | undefined]>([
  ['that is as old as it was', {}, { uid: 'uid-w', resourceVersion: '150' }],
  ['that is newer', {}, { uid: 'uid-w', resourceVersion: '1000' }],
  ['that is another one', {}, { uid: 'another', resourceVersion: '149' }],
  ['that is gone', {}, undefined],
  ['of a hub, or of a time of it, that is no more', { history: 'before' }, { uid: 'uid-w', resourceVersion: '149' }],
  ['of which no version is known', { resourceVersion: '' }, { uid: 'uid-w', resourceVersion: '149' }],
])('a Work %s is not', (_what, record, metadata) => {
  expect(agedAmong({ ...RECORD, ...record }, metadata)).toEqual([]);
});

test('a suspect that is gone is cleared, and one of which a proxy before the hub knows nothing is not', async () => {
  const cleared: unknown[] = [];
  const suspect = { key: KEY, uid: 'uid-w', resourceVersion: '150' };
  const ask = (error: Error): Promise<string | undefined> => {
    const hub = { get: () => Promise.reject(error) } as unknown as KubeClient;
    return findAged(hub, [suspect], (one) => void cleared.push(one), new AbortController().signal);
  };
  await expect(ask(newPathNotFound())).rejects.toThrow('could not find the requested resource');
  expect(cleared).toEqual([]);
  expect(await ask(newNotFound({ resource: 'works', name: 'w' }))).toBeUndefined();
  expect(cleared).toEqual([suspect]);
});
