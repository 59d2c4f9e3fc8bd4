import type { Entry } from './backend.ts';
import { entryOf, type LogRecord } from './tables.ts';

/**
 * The entries that were written or read last, as they are now: what is written again and again (a lease, a status) is read before each write, once by its writer
 * and once when it is committed, and need not be looked up, copied and checked each time. Bounded, whatever the store holds.
 */
export interface RecentEntries {
  get(key: string): Entry | undefined;
  /** What was found in the store. */
  keep(entry: Entry): void;
  /** A change that is durable. */
  take(record: LogRecord): void;
}

/** Of each of the two maps. */
const MOST_ENTRIES = 128;
const LARGEST_BYTES = 4096;

/**
 * What was used lately, and what was before that: when the one is full it takes the place of the other. To keep one map in the order of use, entries would be taken out of
 * it and put in again all the time: V8 then makes its table anew again and again, and each of those keeps the next, with all that was in it, until the old space is
 * collected.
 */
export function newRecentEntries(): RecentEntries {
  let recent = new Map<string, Entry>();
  let before = new Map<string, Entry>();
  const keep = (entry: Entry): void => {
    if (recent.size >= MOST_ENTRIES && !recent.has(entry.key)) {
      before = recent;
      recent = new Map();
    }
    recent.set(entry.key, entry);
  };
  const found = (key: string): Entry | undefined => {
    const known = before.get(key);
    if (known) keep(known);
    return known;
  };
  const forget = (key: string): void => {
    recent.delete(key);
    before.delete(key);
  };
  return {
    get: (key) => recent.get(key) ?? found(key),
    keep: (entry) => {
      if (entry.value.length <= LARGEST_BYTES) keep(entry);
    },
    take(record) {
      if (record.type === 'put' && record.value.length <= LARGEST_BYTES) keep(entryOf(record));
      else forget(record.key);
    },
  };
}
