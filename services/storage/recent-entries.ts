import type { Entry } from './backend.ts';
import { entryOf, type LogRecord } from './tables.ts';

/**
 * The entries that were written last, as they are now: what is written again and again (a lease, a status) is read before each write, and need not be looked up,
 * copied and checked each time. Bounded, whatever the store holds.
 */
export interface RecentEntries {
  get(key: string): Entry | undefined;
  /** A change that is durable. */
  take(record: LogRecord): void;
}

const MOST_ENTRIES = 256;
const LARGEST_BYTES = 4096;

export function newRecentEntries(): RecentEntries {
  /** The one that was written longest ago is the first. */
  const entries = new Map<string, Entry>();
  return {
    get: (key) => entries.get(key),
    take(record) {
      entries.delete(record.key);
      if (record.type === 'delete' || record.value.length > LARGEST_BYTES) return;
      entries.set(record.key, entryOf(record));
      if (entries.size <= MOST_ENTRIES) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
  };
}
