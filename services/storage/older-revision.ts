import type { Entry } from './backend.ts';
import type { Tables } from './tables.ts';

/** The entries under a prefix, and after a key, as they were at one revision. */
export interface Entries {
  /** In key order. */
  all: Iterable<Entry>;
  /** How many there are after a key, or in all; without reading them. */
  countAfter(key: string | undefined): number;
}

export function currentEntries(tables: Tables, prefix: string, after?: string): Entries {
  return { all: tables.range(prefix, after), countAfter: (key) => tables.count(prefix, key ?? after) };
}

/** At an older revision: the current ones with the log undone back to there. */
export function entriesAt(tables: Tables, revision: number, prefix: string, after?: string): Entries {
  const current = currentEntries(tables, prefix, after);
  const earlier = [...tables.heldAt(revision, prefix)]
    .filter(([key]) => after === undefined || key > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (earlier.length === 0) return current;
  return {
    all: merged(current.all, earlier),
    countAfter: (last) => {
      let count = current.countAfter(last);
      for (const [key, entry] of earlier)
        if (last === undefined || key > last) count += (entry ? 1 : 0) - (tables.get(key) ? 1 : 0);
      return count;
    },
  };
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
