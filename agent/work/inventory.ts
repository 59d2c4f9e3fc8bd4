import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { coalesced } from './coalesced.ts';
import type { HubMark, InventoryObject, InventoryRecord } from './inventory-record.ts';
import {
  decodeHead,
  decodeShard,
  encodeState,
  HEAD,
  type Head,
  type Intention,
  keptWork,
  type Shard,
  type ShardEntry,
  shardOf,
} from './known-state.ts';
import { objectId } from './manifest.ts';
import { newRecords } from './records.ts';
import type { StateStore } from './state-store.ts';

/**
 * What each Work has put into the member, by uid of the Work, and the last known Works, kept in the member itself: only what stands here may be deleted. Changes
 * of a moment are written together; what an agent that is killed in between must not forget (that an object is about to be made) is written at once.
 */
export interface Inventory {
  /** Reads what is kept. Throws if the member can't be reached; without the right to, it goes on in memory alone, and writes nothing over what it has not read. */
  load(signal: AbortSignal): Promise<'loaded' | 'refused'>;
  get(workUid: string): InventoryRecord | undefined;
  entries(): [string, InventoryRecord][];
  /** Those with the very object, under whatever id. */
  withObject(objectUid: string): [string, InventoryRecord][];
  put(workUid: string, record: InventoryRecord): void;
  remove(workUid: string): void;
  /** The Work itself is another, though what it delivered is not. */
  workChanged(workUid: string): void;
  /** Resolves when it is written down that the Work is about to put the objects into the member. Costs nothing where that is known. */
  intend(workUid: string, whose: { work: string; history: string }, objects: InventoryObject[]): Promise<void>;
  mark(): HubMark | undefined;
  /** Kept from now on in memory, and with the next write. */
  raiseMark(mark: HubMark): void;
  /** Resolves when the mark is written down, or the member said no to that; see `keptHistory`. */
  commitMark(mark: HubMark): Promise<void>;
  /** That of the mark which is written down: an agent that is started anew goes on from there. */
  keptHistory(): string | undefined;
  /** The Works of the last run, until `forgetWorks`. */
  lastKnownWorks(): Work[];
  forgetWorks(): void;
  /** Has written again, with the next flush, what somebody else has deleted or changed of what is kept. */
  lookAtKept(signal: AbortSignal): Promise<void>;
  /** Writes what has changed. What can't be written is kept for the next time: throws if the place can't be reached, `refused` where the member says no. */
  flush(signal: AbortSignal): Promise<'kept' | 'refused'>;
}

export interface InventoryOptions {
  store: StateStore;
  log: Logger;
  /** Absent: what has to be written at once follows upon each other without a rest. */
  clock?: Clock;
  /** The Work of the record as it is known now, to be kept with it; undefined if there is nothing to go on with without a hub. */
  workOf(uid: string, record: InventoryRecord): Work | undefined;
  /** Called after a change: then `flush` is due, some time later. */
  onDirty(): void;
  /** Ends the writes that are made at once, and the last one of a flush. */
  signal: AbortSignal;
}

/** Where many Works come at once, each write of the head is for many of them. */
const HEAD_REST = { factor: 4, maxMs: 50 };

export function newInventory(options: InventoryOptions): Inventory {
  const records = newRecords();
  const dirty = new Set<string>();
  let known = new Map<string, Work>();
  const intentions = new Map<string, Intention>();
  let mark: HubMark | undefined;
  let keptHistory: string | undefined;
  let isUsable = false;
  /** What is kept is not what the head should be: then a flush is due, or tried again. */
  let isHeadBehind = false;
  /** Whether the member said no when state was last written, and whether that was told. */
  const refusal = { isNow: false, isTold: false };
  /** Of intentions: how many there have been, and up to which the head that is written has them. */
  const count = { made: 0, written: 0 };
  /** By uid of the Work: the number of its last one, until it is settled. */
  const lastOf = new Map<string, number>();
  /** The Works of which the head that is kept may have an intention, which can be an older one than it should be. */
  let inHead = new Set<string>();

  const change = (uid: string): void => {
    dirty.add(shardOf(uid));
    options.onDirty();
  };
  const put = (uid: string, record: InventoryRecord): void => {
    const isSame = sameRecord(records.get(uid), record);
    records.set(uid, record);
    if (!isSame) change(uid);
  };
  const shardWith = (uids: string[]): Shard =>
    Object.fromEntries(
      uids.flatMap((uid): [string, ShardEntry][] => {
        const record = records.get(uid);
        if (!record) return [];
        const work = options.workOf(uid, record) ?? known.get(uid);
        const covers = intentions.has(uid) || inHead.has(uid) ? { covers: count.made } : {};
        return [[uid, { record, ...(work ? { work: keptWork(work) } : {}), ...covers }]];
      }),
    );
  const saveHead = coalesced(
    async () => {
      if (!isUsable || refusal.isNow) return;
      const head: Head = { ...(mark ? { mark } : {}), intentions: Object.fromEntries(intentions) };
      const { made } = count;
      const intended = Object.keys(head.intentions);
      inHead = new Set([...inHead, ...intended]); // a write without an answer may have arrived
      try {
        await options.store.save(HEAD, await encodeState(head), options.signal);
        inHead = new Set(intended);
        isHeadBehind = false;
        count.written = made;
        keptHistory = head.mark?.history;
      } catch (error) {
        isHeadBehind = true;
        goOnInMemory(error);
      }
    },
    options.clock,
    HEAD_REST,
  );
  /** Who may not write state delivers all the same. A quota that is used up is told in the same words, and has room again some day. */
  const goOnInMemory = (error: unknown): void => {
    if (!isForbidden(error)) throw error;
    refusal.isNow = true;
    if (refusal.isTold) return;
    refusal.isTold = true;
    options.log.warn(
      { err: error },
      'no right to keep state in the member: until there is, what is delivered is forgotten on a restart',
    );
  };
  /** A shard that is refused keeps no other from being written: those of a quota that is used up may still be changed, and not made. */
  const saveDirty = async (signal: AbortSignal): Promise<void> => {
    const unsaved = new Set(dirty);
    const byShard = groupByShard(records.uids());
    dirty.clear();
    try {
      await inParallel([...unsaved], async (name) => {
        const isSaved = await saveShard(name, byShard.get(name) ?? [], signal).then(() => true, goOnInMemory);
        if (isSaved) unsaved.delete(name);
      });
    } finally {
      for (const name of unsaved) dirty.add(name);
    }
  };
  const settle = (uid: string): void => {
    intentions.delete(uid);
    lastOf.delete(uid);
  };
  const saveShard = async (name: string, uids: string[], signal: AbortSignal): Promise<void> => {
    if (uids.length === 0) await options.store.remove(name, signal);
    else await options.store.save(name, await encoded(shardWith(uids)), signal);
  };

  return {
    load: async (signal) => {
      try {
        const kept = await read(options, signal);
        for (const [uid, { record, work }] of Object.entries(kept.entries)) {
          records.set(uid, record);
          if (work) known.set(uid, work);
        }
        mark = kept.head.mark;
        keptHistory = mark?.history;
        count.made = lastNumber(kept);
        count.written = count.made;
        inHead = new Set(Object.keys(kept.head.intentions));
        for (const [uid, intention] of Object.entries(kept.head.intentions)) {
          intentions.set(uid, intention); // the next head has it too, until the shard does
          const objects = notCovered(intention, kept.entries[uid]);
          if (objects.length > 0) put(uid, withIntended(records.get(uid), { ...intention, objects }));
        }
        isUsable = true;
        return 'loaded';
      } catch (error) {
        if (!isForbidden(error)) throw error;
        options.log.warn(
          { err: error },
          'no right to read the state that is kept in the member: until there is, what is kept is neither used nor written over, and nothing that only it knows of is deleted',
        );
        return 'refused';
      }
    },
    get: records.get,
    entries: records.entries,
    withObject: records.withObject,
    put,
    remove: (uid) => {
      if (records.delete(uid)) change(uid);
    },
    workChanged: (uid) => {
      if (records.has(uid)) change(uid);
    },
    intend: async (uid, whose, objects) => {
      const fresh = objects.filter((object) => !isKnown(records.get(uid), object));
      if (fresh.length === 0) return (lastOf.get(uid) ?? 0) > count.written ? saveHead() : undefined;
      count.made += 1;
      lastOf.set(uid, count.made);
      const numbered = fresh.map((object) => ({ ...object, number: count.made }));
      intentions.set(uid, { ...whose, objects: [...(intentions.get(uid)?.objects ?? []), ...numbered] });
      put(uid, withIntended(records.get(uid), { ...whose, objects: fresh }));
      await saveHead();
    },
    mark: () => mark,
    raiseMark: (next) => {
      mark = next;
    },
    commitMark: async (next) => {
      mark = next;
      const wasBehind = isHeadBehind;
      try {
        await saveHead();
      } finally {
        if (isHeadBehind && !wasBehind) options.onDirty(); // no record changes with it: nothing else would have it tried again
      }
    },
    keptHistory: () => keptHistory,
    lastKnownWorks: () => [...known.values()],
    forgetWorks: () => {
      known = new Map();
    },
    lookAtKept: async (signal) => {
      const names = isUsable ? await options.store.altered(signal) : [];
      if (names.length === 0) return;
      options.log.warn({ names }, 'somebody deleted or changed parts of the kept state: they are written again');
      for (const name of names) {
        if (name === HEAD) isHeadBehind = true;
        else dirty.add(name);
      }
      options.onDirty();
    },
    flush: async (signal) => {
      if (!isUsable || (dirty.size === 0 && !refusal.isNow && !isHeadBehind)) return 'kept';
      const settled = new Map(intentions);
      refusal.isNow = false;
      await saveDirty(signal);
      const isPart = refusal.isNow;
      for (const [uid, each] of settled) if (intentions.get(uid) === each && !dirty.has(shardOf(uid))) settle(uid);
      refusal.isNow = false;
      await saveHead();
      refusal.isNow ||= isPart;
      if (refusal.isNow) return 'refused';
      if (refusal.isTold) options.log.info({}, 'state is kept in the member again');
      refusal.isTold = false;
      return 'kept';
    },
  };
}

/** What is nested too deep for JSON is a Work: then what is known of objects is kept without the Works. */
function encoded(shard: Shard): Promise<Buffer> {
  return encodeState(shard).catch((error: unknown) => {
    if (!(error instanceof RangeError)) throw error;
    const entries = Object.entries(shard).map(([uid, { work: _, ...entry }]) => [uid, entry] as const);
    return encodeState(Object.fromEntries(entries));
  });
}

const PARALLEL_WRITES = 4;

/** Tries all, and throws the first failure when all have ended: who writes the same again must not be overtaken by this. */
async function inParallel(names: string[], write: (name: string) => Promise<void>): Promise<void> {
  const left = [...names];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      await write(name).catch((error: unknown) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_WRITES }, worker));
  if (failures.length > 0) throw failures[0];
}

function groupByShard(uids: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const uid of uids) {
    const shard = shardOf(uid);
    groups.set(shard, [...(groups.get(shard) ?? []), uid]);
  }
  return groups;
}

async function read({ store, log }: InventoryOptions, signal: AbortSignal): Promise<{ entries: Shard; head: Head }> {
  const entries: Shard = {};
  let head: Head = { intentions: {} };
  for (const [name, bytes] of await store.load(signal)) {
    const content = name === HEAD ? await decodeHead(bytes) : await decodeShard(bytes);
    if (!content)
      log.warn(
        { name },
        'a part of the kept state is damaged: it is not used, and nothing that only it knows of is deleted; whoever can restore it stops the agent first, which writes over it else',
      );
    else if (name === HEAD) head = content as Head;
    else Object.assign(entries, content);
  }
  return { entries, head };
}

/** A new resourceVersion alone is no reason to write. */
function sameRecord(known: InventoryRecord | undefined, record: InventoryRecord): boolean {
  if (!known) return false;
  return JSON.stringify({ ...known, resourceVersion: '' }) === JSON.stringify({ ...record, resourceVersion: '' });
}

/** Whether the object stands in the record in a way that covers what is about to be done. */
function isKnown(record: InventoryRecord | undefined, { uid, ...object }: InventoryObject): boolean {
  return record?.objects.some((one) => one.uid === uid && objectId(one) === objectId(object)) ?? false;
}

/** What became of the others stands in the shard, which was written after the head. */
function notCovered({ objects }: Intention, entry: ShardEntry | undefined): InventoryObject[] {
  const { covers = Number.NEGATIVE_INFINITY } = entry ?? {};
  return objects.flatMap(({ number = Number.POSITIVE_INFINITY, ...object }) => (number > covers ? [object] : []));
}

function lastNumber({ entries, head }: { entries: Shard; head: Head }): number {
  const covered = Object.values(entries).map(({ covers = 0 }) => covers);
  const intended = Object.values(head.intentions).flatMap(({ objects }) => objects.map(({ number = 0 }) => number));
  return [...covered, ...intended].reduce((last, each) => Math.max(last, each), 0);
}

/** The record with objects that are about to be made; what is known of the same ones before no longer holds. */
function withIntended(record: InventoryRecord | undefined, { work, history, objects }: Intention): InventoryRecord {
  const base = record ?? { history, work, generation: 0, resourceVersion: '', objects: [] };
  const ids = new Set(objects.map(objectId));
  return { ...base, objects: [...base.objects.filter((object) => !ids.has(objectId(object))), ...objects] };
}
