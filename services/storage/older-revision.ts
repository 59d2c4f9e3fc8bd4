import type { Entry } from './backend.ts';
import type { Tables } from './tables.ts';

/** The entries under a prefix as they were at an older revision, in key order: the current ones with the log undone back to there. */
export function entriesAt(tables: Tables, revision: number, prefix: string, after?: string): Iterable<Entry> {
  const earlier = [...tables.heldAt(revision, prefix)]
    .filter(([key]) => after === undefined || key > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return earlier.length === 0 ? tables.range(prefix, after) : merged(tables.range(prefix, after), earlier);
}

function* merged(current: Iterable<Entry>, changed: readonly [string, Entry | undefined][]): Iterable<Entry> {
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
