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

const MOST_ENTRIES = 256;
const LARGEST_BYTES = 4096;

export function newRecentEntries(): RecentEntries {
  /** The one that was written or read longest ago is the first. */
  const entries = new Map<string, Entry>();
  const keep = (entry: Entry): void => {
    if (entry.value.length > LARGEST_BYTES) return;
    entries.set(entry.key, entry);
    if (entries.size <= MOST_ENTRIES) return;
    const [oldest] = entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
  };
  return {
    get: (key) => entries.get(key),
    keep,
    take(record) {
      entries.delete(record.key);
      if (record.type === 'put') keep(entryOf(record));
    },
  };
}
