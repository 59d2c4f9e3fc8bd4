import { CompactedError, type Entry } from './backend.ts';
import { compareKeys, type Tables } from './tables.ts';

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

/** Who changes one object more often in five minutes has no older ones of it: each is made of the next. */
const MAX_UNDONE = 10_000;

/** At an older revision: the current ones, and of those that have changed since, what they were; that is made out as they are come to, and costs much more than which they are. What is read of them may throw `CompactedError`. */
export function entriesAt(tables: Tables, revision: number, prefix: string, after?: string): Entries {
  const current = currentEntries(tables, prefix, after);
  const changes = changesUnder(tables, revision, prefix, after);
  if (changes.size === 0) return current;
  const keys = [...changes.keys()].sort(compareKeys);
  return {
    all: merged(current.all, keys, (key) => heldBefore(tables, changes.get(key)?.revisions ?? [])),
    countAfter: (last) => {
      let count = current.countAfter(last);
      for (const [key, { existed, exists }] of changes)
        if (last === undefined || compareKeys(key, last) > 0) count += Number(existed) - Number(exists);
      return count;
    },
  };
}

function heldBefore(tables: Tables, revisions: readonly number[]): Entry | undefined {
  if (revisions.length > MAX_UNDONE) throw new CompactedError(revisions.at(-MAX_UNDONE) ?? 0);
  return tables.heldBefore(revisions);
}

/** Of one key, since a revision. */
interface KeyChanges {
  /** Then, and now. */
  existed: boolean;
  exists: boolean;
  /** Of its changes, in order. */
  revisions: number[];
}

function changesUnder(tables: Tables, afterRevision: number, prefix: string, after = ''): Map<string, KeyChanges> {
  const changes = new Map<string, KeyChanges>();
  for (const { type, key, revision, previousModRevision } of tables.logHeads(afterRevision)) {
    if (!key.startsWith(prefix) || compareKeys(key, after) <= 0) continue;
    const known = changes.get(key) ?? { existed: previousModRevision > 0, exists: true, revisions: [] };
    known.exists = type === 'put';
    known.revisions.push(revision);
    changes.set(key, known);
  }
  return changes;
}

function* merged(
  current: Iterable<Entry>,
  changed: readonly string[],
  held: (key: string) => Entry | undefined,
): Iterable<Entry> {
  let next = 0;
  for (const entry of current) {
    for (let key = changed[next]; key !== undefined && compareKeys(key, entry.key) < 0; key = changed[++next])
      yield* heldOf(key);
    if (changed[next] !== entry.key) yield entry;
    else {
      next++;
      yield* heldOf(entry.key);
    }
  }
  for (const key of changed.slice(next)) yield* heldOf(key);

  function* heldOf(key: string): Iterable<Entry> {
    const entry = held(key);
    if (entry) yield entry;
  }
}
