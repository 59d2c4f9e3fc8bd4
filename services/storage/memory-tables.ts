import { randomUUID } from 'node:crypto';
import type { Entry } from './backend.ts';
import {
  type Counters,
  compareKeys,
  endOfPrefix,
  entryOf,
  type LogRecord,
  previousEntryOf,
  type Tables,
} from './tables.ts';

/** Tables in memory, for tests and for members that a demo plays: the same rules, nothing durable. */
export function newMemoryTables(): Tables {
  const entries = new Map<string, Entry>();
  const keys: string[] = [];
  let log: LogRecord[] = [];
  let counters: Counters = { revision: 1, compacted: 1 };

  function apply(record: LogRecord): void {
    if (record.type === 'put') {
      if (!entries.has(record.key)) keys.splice(firstAtOrAfter(keys, record.key), 0, record.key);
      entries.set(record.key, entryOf(record));
    } else {
      keys.splice(firstAtOrAfter(keys, record.key), 1);
      entries.delete(record.key);
    }
  }

  const changesAfter = (revision: number): LogRecord[] => log.slice(firstRecordAfter(log, revision));

  const recordOf = (revision: number): LogRecord => {
    const record = log[firstRecordAfter(log, revision - 1)];
    if (record?.revision !== revision) throw new Error(`there is no change of revision ${revision}`);
    return record;
  };

  const bounds = (prefix: string, after?: string): [number, number] => {
    const end = endOfPrefix(prefix);
    const from = firstAtOrAfter(keys, after !== undefined && after >= prefix ? `${after}\0` : prefix);
    return [from, end === undefined ? keys.length : firstAtOrAfter(keys, end)];
  };

  return {
    epoch: randomUUID(),
    counters: () => counters,
    get: (key) => entries.get(key),
    *range(prefix, after) {
      const [from, to] = bounds(prefix, after);
      for (const key of keys.slice(from, to)) {
        const entry = entries.get(key);
        if (entry) yield entry;
      }
    },
    count(prefix, after) {
      const [from, to] = bounds(prefix, after);
      return Math.max(0, to - from);
    },
    log: (revisions) => revisions.map(recordOf),
    logHeads: changesAfter,
    logBytes: () => log.reduce((sum, { value, previous }) => sum + value.length + (previous?.length ?? 0), 0),
    heldBefore: ([revision = 0]) => previousEntryOf(recordOf(revision)),
    snapshot: () => {
      const kept = keys.flatMap((key) => entries.get(key) ?? []);
      return { revision: counters.revision, entries: () => kept, close: () => {} };
    },
    commit: async (records, next) => {
      for (const record of records) apply(record);
      for (const record of records) if (record.revision > next.compacted) log.push(record);
      counters = next;
    },
    probe: async () => {},
    trimLog: async (revision, limit) => {
      const count = Math.min(firstRecordAfter(log, revision), limit);
      log = log.slice(count);
      return count;
    },
    close: async () => {},
  };
}

/** Index of the first key that is not less than `key`. */
function firstAtOrAfter(keys: readonly string[], key: string): number {
  return partition(keys.length, (index) => compareKeys(keys[index] ?? '', key) < 0);
}

function firstRecordAfter(log: readonly LogRecord[], revision: number): number {
  return partition(log.length, (index) => (log[index]?.revision ?? 0) <= revision);
}

/** How many of the indexes 0…length-1, from the start, satisfy a condition that never becomes true again once it is false. */
function partition(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
