import {
  CompactedError,
  type Entry,
  FutureRevisionError,
  type ListRequest,
  type ListResult,
  type Storage,
} from './backend.ts';
import { newCommitter } from './committer.ts';
import type { StorageClock } from './compactor.ts';
import { newLastChanges } from './last-changes.ts';
import { currentEntries, type Entries, entriesAt } from './older-revision.ts';
import type { LogRecord, Tables } from './tables.ts';
import { newWatchers } from './watchers.ts';
import { newWriteHealth } from './write-health.ts';

/**
 * Log records dropped in one commit. Few, so that a compaction of much history does not hold up the writers, and so that the list of pages that each commit
 * sets free fits in a page: a longer one needs several in a row, which are seldom free, and the file would grow by a little with every compaction for ever.
 */
const TRIM_AT_ONCE = 250;

/** Who has missed more reads everything anew, in less time. */
const MAX_REPLAYED = 10_000;

export interface StoreOptions {
  /** Without one nothing is tried again by itself. */
  clock?: StorageClock;
  /** What a watcher threw, and why writes have begun to fail. */
  onError?: ((error: unknown) => void) | undefined;
}

/** The rules of a store over its tables: the same for every backend. Closing it closes the tables. */
export function newStore(tables: Tables, { clock, onError }: StoreOptions = {}): Storage {
  const watchers = newWatchers(onError);
  const lastChanges = newLastChanges(() => tables.logHeads(tables.counters().compacted));
  let { revision: published } = tables.counters();
  const health = newWriteHealth(clock, () => committer.exclusively(() => tables.probe()), onError);
  const committer = newCommitter(tables, {
    begin: () => {
      if (tables.counters().revision > published) publish(tables.log(revisionsAfter(published, '')));
    },
    publish: (records) => {
      if (records.length > 0) health.succeeded();
      publish(records);
    },
    failed: health.failed,
  });
  const progress = new Set<(revision: number) => void>();

  function publish(records: Iterable<LogRecord>): void {
    for (const record of records) {
      published = record.revision;
      lastChanges.take(record);
      watchers.publish(record);
    }
  }

  function revisionsAfter(afterRevision: number, prefix: string): number[] {
    const revisions: number[] = [];
    for (const { key, revision } of tables.logHeads(afterRevision))
      if (key.startsWith(prefix)) revisions.push(revision);
    return revisions;
  }

  /** Throws unless the state at this revision can be told. */
  function checkReadable(revision: number): void {
    const counters = tables.counters();
    if (revision > counters.revision) throw new FutureRevisionError(counters.revision);
    if (revision < counters.compacted) throw new CompactedError(counters.compacted);
  }

  /** Of what can be read now; of a folder. Undoing all that has changed elsewhere would take as long as that is. */
  function isUnchanged(prefix: string, revision: number): boolean {
    const isAllTold = published === tables.counters().revision;
    return isAllTold && prefix.endsWith('/') && !lastChanges.mayHaveChanged(prefix, revision);
  }

  async function trim(revision: number): Promise<void> {
    const trimOnce = () => committer.exclusively(() => tables.trimLog(revision, TRIM_AT_ONCE));
    while ((await trimOnce()) === TRIM_AT_ONCE);
  }

  return {
    epoch: tables.epoch,
    revision: () => tables.counters().revision,
    published: () => published,
    compactedRevision: () => tables.counters().compacted,
    historyBytes: () => tables.logBytes(),
    get: (key) => tables.get(key),
    count: (prefix) => tables.count(prefix),
    list(request) {
      const newest = tables.counters().revision;
      const { prefix, after, revision = newest } = request;
      if (request.revision !== undefined) checkReadable(revision);
      const isCurrent = revision === newest || isUnchanged(prefix, revision);
      const entries = isCurrent ? currentEntries(tables, prefix, after) : entriesAt(tables, revision, prefix, after);
      return { ...(request.accept ? accepted(entries.all, request) : page(entries, request)), revision };
    },
    put: (key, precondition, encode) => committer.put(key, precondition, encode),
    delete: (key, precondition, encode) => committer.delete(key, precondition, encode),
    watch(prefix, afterRevision, onChange, onProgress) {
      checkReadable(afterRevision);
      const { revision: known } = tables.counters();
      const isReplayed = afterRevision < known && lastChanges.mayHaveChanged(prefix, afterRevision);
      const missed = isReplayed ? revisionsAfter(afterRevision, prefix) : [];
      if (missed.length > MAX_REPLAYED) throw new CompactedError(missed.at(-MAX_REPLAYED) ?? afterRevision);
      for (const change of tables.log(missed)) onChange(change);
      const told = isReplayed ? known : Math.max(afterRevision, published);
      onProgress?.(told);
      // A commit can be read, and replayed, some moments before it is published.
      const watch = watchers.add(prefix, (change) => {
        if (change.revision > told) onChange(change);
      });
      if (onProgress) progress.add(onProgress);
      return {
        cancel: () => {
          watch.cancel();
          if (onProgress) progress.delete(onProgress);
        },
      };
    },
    snapshot: () => tables.snapshot(),
    writeFailure: health.failure,
    async compact(revision) {
      await committer.exclusively(async () => {
        const counters = tables.counters();
        if (revision > counters.revision) throw new FutureRevisionError(counters.revision);
        if (revision > counters.compacted) await tables.commit([], { ...counters, compacted: revision });
      });
      for (const listener of [...progress]) listener(published);
      lastChanges.forget(tables.counters().compacted);
      await trim(tables.counters().compacted);
    },
    async close() {
      health.stop();
      await committer.close();
      watchers.clear();
      progress.clear();
      await tables.close();
    },
  };
}

function page(
  { all, countAfter }: Entries,
  { limit = Number.POSITIVE_INFINITY, after }: ListRequest,
): Omit<ListResult, 'revision'> {
  const entries: ListResult['entries'] = [];
  for (const entry of all) {
    if (entries.length < limit) entries.push(entry);
    else return { entries, more: true, remaining: countAfter(entries.at(-1)?.key ?? after) };
  }
  return { entries, more: false };
}

function accepted(
  all: Iterable<Entry>,
  { limit = Number.POSITIVE_INFINITY, accept, countsAsMore }: ListRequest,
): Pick<ListResult, 'entries' | 'more'> {
  const entries: Entry[] = [];
  for (const entry of all) {
    if (entries.length < limit) {
      if (accept?.(entry) ?? true) entries.push(entry);
    } else if (countsAsMore?.(entry) ?? true) return { entries, more: true };
  }
  return { entries, more: false };
}
