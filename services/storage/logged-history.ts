import type { Entry } from './backend.ts';
import type { LoggedChange, LoggedDifference } from './log-record-codec.ts';
import { DamagedValueError } from './storage-errors.ts';
import { entryOf, type LogRecord, previousEntryOf } from './tables.ts';
import { redone, undone } from './value-difference.ts';

/**
 * Changes with their values, out of a log that keeps of most puts what differs. Every key's current value is there, and each difference can be undone: so the log is
 * undone from its end to where the asker begins, and done again from there. A record leans on what is newer, never on what compaction takes.
 */
export interface LoggedHistory {
  /** In the order that is given. */
  changes(revisions: readonly number[]): Iterable<LoggedChange>;
  /** As of the newest change. */
  current(key: string): Entry | undefined;
}

/** In order: all changes that their keys have had since the first of them. Throws `DamagedValueError`. */
export function* changesOf(history: LoggedHistory, revisions: readonly number[]): Iterable<LogRecord> {
  const held = undoneAll(history, revisions);
  for (const change of history.changes(revisions)) {
    if ('difference' in change) yield redo(change, held.get(change.key));
    else {
      held.set(change.key, change.type === 'put' ? copyOf(entryOf(change)) : undefined);
      yield change;
    }
  }
}

/** What one key held before these changes, which are all since then; undefined when it did not exist. Throws `DamagedValueError`. */
export function entryBefore(history: LoggedHistory, revisions: readonly number[]): Entry | undefined {
  const [entry] = undoneAll(history, revisions).values();
  return entry;
}

function undoneAll({ changes, current }: LoggedHistory, revisions: readonly number[]) {
  const held = new Map<string, Entry | undefined>();
  for (const change of changes(revisions.toReversed())) {
    const { key } = change;
    if (!('difference' in change)) held.set(key, previousEntryOf(change));
    else if (held.has(key)) undo(change, held.get(key));
    else held.set(key, undo(change, copyOf(current(key))));
  }
  return held;
}

/** One that may be overwritten: what is held for long is changed in place, and what is told is a copy, so that little of what is made lives for long. */
const copyOf = (entry: Entry | undefined): Entry | undefined => entry && { ...entry, value: Buffer.from(entry.value) };

/** Changes the entry into what was there before. */
function undo({ revision, previousModRevision, difference }: LoggedDifference, entry: Entry | undefined): Entry {
  if (entry?.modRevision !== revision) throw damaged(revision);
  entry.value = madeOf(revision, () => undone(entry.value, difference));
  entry.modRevision = previousModRevision;
  return entry;
}

/** Changes the entry into what was there after. */
function redo(change: LoggedDifference, entry: Entry | undefined): LogRecord {
  const { type, key, revision, createRevision, previousModRevision, difference } = change;
  if (entry?.modRevision !== previousModRevision) throw damaged(revision);
  const previous = Buffer.from(entry.value);
  entry.value = madeOf(revision, () => redone(entry.value, difference));
  entry.modRevision = revision;
  const value = Buffer.from(entry.value);
  return { type, key, revision, createRevision, previousModRevision, value, previous };
}

function madeOf(revision: number, make: () => Uint8Array): Uint8Array {
  try {
    return make();
  } catch {
    throw damaged(revision);
  }
}

const damaged = (revision: number): DamagedValueError => new DamagedValueError(`the change of revision ${revision}`);
