import type { Entry } from './backend.ts';
import { type LogRecord, previousEntryOf, type Tables } from './tables.ts';

/** The entries under a prefix as they were at an older revision, in key order: the current ones with the log undone back to there. */
export function entriesAt(tables: Tables, revision: number, prefix: string, after?: string): Iterable<Entry> {
  const earlier = firstChangesAfter(tables, revision, prefix, after);
  return earlier.size === 0 ? tables.range(prefix, after) : merged(tables.range(prefix, after), earlier);
}

/** Of every key that changed after `revision`, what it held then; undefined when it did not exist. Keys in order. */
function firstChangesAfter(
  tables: Tables,
  revision: number,
  prefix: string,
  after?: string,
): Map<string, Entry | undefined> {
  const first = new Map<string, LogRecord>();
  for (const record of tables.log(revision)) {
    const isAsked = record.key.startsWith(prefix) && (after === undefined || record.key > after);
    if (isAsked && !first.has(record.key)) first.set(record.key, record);
  }
  const sorted = [...first.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return new Map(sorted.map((record) => [record.key, previousEntryOf(record)]));
}

function* merged(current: Iterable<Entry>, earlier: Map<string, Entry | undefined>): Iterable<Entry> {
  const changed = [...earlier];
  let next = 0;
  for (const entry of current) {
    for (let pair = changed[next]; pair && pair[0] < entry.key; pair = changed[++next]) if (pair[1]) yield pair[1];
    const pair = changed[next];
    if (pair?.[0] !== entry.key) yield entry;
    else {
      next++;
      if (pair[1]) yield pair[1];
    }
  }
  for (const [, entry] of changed.slice(next)) if (entry) yield entry;
}
