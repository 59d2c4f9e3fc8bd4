import type { Storage } from './backend.ts';
import { StorageClosedError } from './storage-errors.ts';

/** Forgets old history by itself: what is older than an age, and what is beyond a number of revisions, so that disk and memory stay bounded. */

/** Time as a dependency; the system's clock fits. */
export interface StorageClock {
  now(): number;
  setTimeout(task: () => void, delayMs: number): () => void;
}

export interface CompactionOptions {
  /** History younger than this is kept (but see `maxRevisions`). */
  keepMs: number;
  /** At most so many revisions of history, however young. */
  maxRevisions: number;
  everyMs: number;
}

/** Five minutes, as kube-apiserver asks of etcd. */
const DEFAULT_COMPACTION: CompactionOptions = { keepMs: 300_000, maxRevisions: 100_000, everyMs: 30_000 };

export interface CompactorOptions {
  clock: StorageClock;
  compaction?: CompactionOptions;
  /** A compaction failed; the next one tries again. */
  onError?: (error: unknown) => void;
}

/** The same store, looking at its history every `everyMs` until it is closed. */
export function withCompaction(storage: Storage, options: CompactorOptions): Storage {
  const stop = startCompactor(storage, options);
  return {
    ...storage,
    close() {
      stop();
      return storage.close();
    },
  };
}

function startCompactor(storage: Storage, { clock, compaction = DEFAULT_COMPACTION, onError }: CompactorOptions) {
  const samples: { atMs: number; revision: number }[] = [{ atMs: clock.now(), revision: storage.revision() }];
  let cancel = () => {};

  function target(): number {
    const nowMs = clock.now();
    // What a clock that was set back since has put into the future is as old as can be told: of now.
    for (const sample of samples) sample.atMs = Math.min(sample.atMs, nowMs);
    const oldest = nowMs - compaction.keepMs;
    let byAge = 0;
    while (samples[0] && samples[0].atMs <= oldest) byAge = samples.shift()?.revision ?? byAge;
    return Math.max(byAge, storage.revision() - compaction.maxRevisions);
  }

  /** One that the store's end broke off has not failed. */
  function failed(error: unknown): void {
    if (!(error instanceof StorageClosedError)) onError?.(error);
  }

  function look(): void {
    const upTo = target();
    samples.push({ atMs: clock.now(), revision: storage.revision() });
    if (upTo > storage.compactedRevision()) storage.compact(upTo).catch(failed);
    cancel = clock.setTimeout(look, compaction.everyMs);
  }

  cancel = clock.setTimeout(look, compaction.everyMs);
  return () => cancel();
}
