import { gzipSync } from 'node:zlib';
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

test('a write that fails is told when the others have ended: none may arrive after what is written next', async () => {
  const kept = newKept();
  const [fails, slow] = ['uid-1', 'uid-2'].map(shardOf);
  const told: string[] = [];
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  kept.beforeSave(async (name) => {
    if (name === slow) await answered;
    told.push(name === fails ? 'fails' : 'is written');
    if (name === fails) throw new Error('the member is away');
  });
  const inventory = open(kept.store);
  await inventory.load(signal);
  for (const uid of ['uid-1', 'uid-2']) inventory.put(uid, RECORD);
  const flushed = inventory.flush(signal).catch(({ message }: Error) => void told.push(message));
  await expect.poll(() => told).toContain('fails');
  await new Promise(setImmediate);
  answer();
  await flushed;
  expect(told).toEqual(['fails', 'is written', 'the member is away']);
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

const { generation: _, ...ageless } = RECORD;
const { objects: __, ...empty } = RECORD;

test.each<[string, string | object]>([
  ['is not what was written', 'damaged'],
  ['is no map', gzipSync('1').toString('latin1')],
  ['is nothing', gzipSync('null').toString('latin1')],
  ['does not say of a Work how old it was', { 'uid-3': { record: ageless } }],
  ['does not say of a Work what it delivered', { 'uid-3': { record: empty } }],
  ['says nothing of a Work', { 'uid-3': {} }],
])('a part that %s is not used, and keeps no other from being', async (_what, content) => {
  const kept = newKept();
  const [lost, other] = ['uid-1', 'uid-2'].map((uid) => ({
    [uid]: { record: { ...RECORD, objects: [object(uid, uid)] } },
  }));
  const damaged = typeof content === 'string' ? Buffer.from(content, 'latin1') : encodeState({ ...lost, ...content });
  kept.blobs.set(HEAD, await encodeState({ intentions: {} }));
  kept.blobs.set(shardOf('uid-2'), await encodeState({ ...other }));
  kept.blobs.set(shardOf('uid-1'), await damaged);
  const inventory = open(kept.store);
  expect(await inventory.load(signal)).toBe('loaded');
  expect(inventory.entries().map(([uid]) => uid)).toEqual(['uid-2']);
});

test.each<[string, Buffer]>([
  ['is not what was written', Buffer.from('damaged')],
  ['says nothing', gzipSync('{}')],
])('a head that %s keeps nothing else from being used', async (_what, head) => {
  const kept = newKept();
  kept.blobs.set(shardOf('uid-1'), await encodeState({ 'uid-1': { record: RECORD } }));
  kept.blobs.set(HEAD, head);
  const inventory = open(kept.store);
  expect([await inventory.load(signal), inventory.mark()]).toEqual(['loaded', undefined]);
  expect(inventory.get('uid-1')).toEqual(RECORD);
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

test('what a Work is about to make is known to the next agent, with whose it is, also where the Work had nothing before', async () => {
  const { store } = newKept();
  const inventory = open(store);
  await inventory.load(signal);
  inventory.put('uid-2', { ...RECORD, generation: 3 });
  for (const uid of ['uid-1', 'uid-2']) await inventory.intend(uid, WHOSE, [object('a')]);
  const next = open(store);
  await next.load(signal);
  const made = { ...WHOSE, generation: 0, resourceVersion: '', objects: [object('a')] };
  expect(['uid-1', 'uid-2'].map((uid) => next.get(uid))).toEqual([made, made]);
  expect(inventory.get('uid-1')).toEqual(made);
});

/** The place where it is kept refuses the head, and nothing else, while `isAway`. */
function failHead(kept: ReturnType<typeof newKept>, isAway: () => boolean): void {
  kept.beforeSave((name) => {
    if (name === HEAD && isAway()) throw new Error('the member is away');
  });
}

test('a head that could not be written after all else was is written with the next flush, though nothing changes', async () => {
  const kept = newKept();
  const inventory = open(kept.store);
  await inventory.load(signal);
  await inventory.intend('uid-1', WHOSE, [object('a')]);
  let isAway = true;
  failHead(kept, () => isAway);
  await expect(inventory.flush(signal)).rejects.toThrow('away');
  expect(await kept.intentions()).toEqual(['uid-1']);
  isAway = false;
  await inventory.flush(signal);
  expect(await kept.intentions()).toEqual([]);
});

test('a mark that could not be written is written some time later, though nothing changes', async () => {
  const kept = newKept();
  let dirty = 0;
  const inventory = open(kept.store, silentLogger, () => {
    dirty += 1;
  });
  await inventory.load(signal);
  let isAway = true;
  failHead(kept, () => isAway);
  const mark = { history: 'h', hub: 'hub-1', epoch: '', revision: '1' };
  await expect(inventory.commitMark(mark)).rejects.toThrow('away');
  expect(dirty).toBe(1);
  isAway = false;
  await inventory.flush(signal);
  const next = open(kept.store);
  await next.load(signal);
  expect(next.mark()).toEqual(mark);
});
