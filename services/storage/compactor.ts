import type { Storage } from './backend.ts';
import { StorageClosedError } from './storage-errors.ts';

/** Forgets old history by itself: what is older than an age, and what is beyond a number of revisions or of bytes, so that disk and memory stay bounded. */

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
  /** At most about so many bytes of it on the disk: whoever writes something large over and over must not fill that. What was written last, at least half as much, is kept. */
  maxBytes: number;
  everyMs: number;
}

/** Five minutes, as kube-apiserver asks of etcd. */
const DEFAULT_COMPACTION: CompactionOptions = {
  keepMs: 300_000,
  maxRevisions: 100_000,
  maxBytes: 1 << 30,
  everyMs: 30_000,
};

export interface CompactorOptions {
  clock: StorageClock;
  compaction?: CompactionOptions;
  /** A compaction failed; the next one tries again. */
  onError?: (error: unknown) => void;
}

/** The same store, looking at its history every `everyMs`, and whenever much has been written, until it is closed. */
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

/** How far the store had come at a moment. */
interface Sample {
  atMs: number;
  revision: number;
  /** Bytes of all changes since the start, which the log may keep as much less. */
  written: number;
}

function startCompactor(storage: Storage, { clock, compaction = DEFAULT_COMPACTION, onError }: CompactorOptions) {
  const { keepMs, maxRevisions, maxBytes, everyMs } = compaction;
  let written = 0;
  // Not the newest revision: of a commit that is being told, the rest is not counted yet.
  const newSample = (): Sample => ({ atMs: clock.now(), revision: storage.published(), written });
  const samples = [newSample()];
  let cancel = () => {};

  function byAge(): number {
    const nowMs = clock.now();
    // What a clock that was set back since has put into the future is as old as can be told: of now.
    for (const sample of samples) sample.atMs = Math.min(sample.atMs, nowMs);
    let upTo = 0;
    while (samples[0] && samples[0].atMs <= nowMs - keepMs) upTo = samples.shift()?.revision ?? upTo;
    return upTo;
  }

  function byBytes(): number {
    if (storage.historyBytes() <= maxBytes) return 0;
    const last = samples.findLast((sample) => written - sample.written >= maxBytes / 2);
    return last?.revision ?? halfOfFormer();
  }

  /** What was there at the start, of which it is not known when it was written. */
  function halfOfFormer(): number {
    return Math.floor((storage.compactedRevision() + (samples[0]?.revision ?? 0)) / 2);
  }

  /** One that the store's end broke off has not failed. */
  function failed(error: unknown): void {
    if (!(error instanceof StorageClosedError)) onError?.(error);
  }

  function look(): void {
    const upTo = target();
    samples.push(newSample());
    if (upTo > storage.compactedRevision()) storage.compact(upTo).catch(failed);
  }

  /** What can't be looked at, since its file could not be opened again, is no reason to end. */
  function target(): number {
    try {
      return Math.max(byAge(), byBytes(), storage.revision() - maxRevisions);
    } catch (error) {
      failed(error);
      return 0;
    }
  }

  function lookAgain(): void {
    look();
    cancel = clock.setTimeout(lookAgain, everyMs);
  }

  const watch = storage.watch('/', storage.revision(), ({ value, previous }) => {
    written += value.length + (previous?.length ?? 0);
    if (written - (samples.at(-1)?.written ?? 0) >= maxBytes / 8) look();
  });
  cancel = clock.setTimeout(lookAgain, everyMs);
  return () => {
    watch.cancel();
    cancel();
  };
}
