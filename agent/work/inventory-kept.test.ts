import { expect, test } from 'vitest';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { newKept, object, open, WHOSE } from './inventory-fixture.ts';
import { encodeState, HEAD, shardOf } from './known-state.ts';
import type { StateStore } from './state-store.ts';

/** What is written, and what is read again, when not all goes well. */

const { signal } = new AbortController();
const RECORD = { ...WHOSE, generation: 1, resourceVersion: '1', objects: [] };

test('what could not be removed is removed with the next', async () => {
  const kept = newKept();
  let isAway = false;
  const remove: StateStore['remove'] = async (name, aborted) => {
    await new Promise(setImmediate);
    if (isAway) throw new Error('the member is away');
    await kept.store.remove(name, aborted);
  };
  const inventory = open({ ...kept.store, remove });
  await inventory.load(signal);
  inventory.put('uid-1', { ...RECORD, objects: [object('a', 'u')] });
  await inventory.flush(signal);
  isAway = true;
  inventory.remove('uid-1');
  await expect(inventory.flush(signal)).rejects.toThrow('away');
  isAway = false;
  await inventory.flush(signal);
  expect([...kept.blobs.keys()]).toEqual([HEAD]);
});

test('a Work that goes while the rest is being written down takes no other along', async () => {
  const kept = newKept();
  const uids = Array.from({ length: 400 }, (_, n) => `uid-${n}`);
  const inventory = open(kept.store);
  await inventory.load(signal);
  for (const uid of uids) inventory.put(uid, { ...RECORD, objects: [object('a', uid)] });
  kept.beforeSave(() => {
    inventory.remove('uid-0');
    inventory.remove('uid-399');
  });
  await inventory.flush(signal);
  const next = open(kept.store);
  await next.load(signal);
  expect(uids.filter((uid) => !next.get(uid)).filter((uid) => !['uid-0', 'uid-399'].includes(uid))).toEqual([]);
});

test('a mark that was raised is written with what is written next', async () => {
  const kept = newKept();
  const mark = { history: 'h', hub: 'hub-1', epoch: '', revision: '5' };
  const inventory = open(kept.store);
  await inventory.load(signal);
  await inventory.commitMark(mark);
  inventory.raiseMark({ ...mark, revision: '9' });
  await inventory.intend('uid-1', WHOSE, [object('a')]);
  const next = open(kept.store);
  await next.load(signal);
  expect(next.mark()).toEqual({ ...mark, revision: '9' });
});

test.each([
  ['the head', HEAD],
  ['a shard', shardOf('uid-1')],
])('%s that is damaged is not used, and keeps nothing else from being', async (_what, name) => {
  const kept = newKept();
  const uids = ['uid-1', 'uid-2'];
  for (const uid of uids)
    kept.blobs.set(shardOf(uid), await encodeState({ [uid]: { record: { ...RECORD, objects: [object(uid, uid)] } } }));
  kept.blobs.set(
    HEAD,
    await encodeState({ mark: { history: 'h', hub: 'hub-1', epoch: '', revision: '5' }, intentions: {} }),
  );
  kept.blobs.set(name, Buffer.from('damaged'));
  const inventory = open(kept.store);
  expect(await inventory.load(signal)).toBe('loaded');
  expect(inventory.mark()?.history).toBe(name === HEAD ? undefined : 'h');
  expect(uids.filter((uid) => inventory.get(uid))).toEqual(name === HEAD ? uids : ['uid-2']);
});

test('another version of the Work alone is no reason to write', async () => {
  let due = 0;
  const inventory = open(newKept().store, silentLogger, () => {
    due += 1;
  });
  await inventory.load(signal);
  inventory.put('uid-1', RECORD);
  inventory.put('uid-1', { ...RECORD, resourceVersion: '2' });
  expect([due, inventory.get('uid-1')?.resourceVersion]).toEqual([1, '2']);
  inventory.put('uid-1', { ...RECORD, generation: 2 });
  expect(due).toBe(2);
});
