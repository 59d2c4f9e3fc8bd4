import type { Change, Entry, Storage } from '../storage/backend.ts';

/**
 * What is made of a store's keys, kept in memory and current with each change. Once a change could not be taken in, what was made counts no more: whoever asks next
 * has it made again of what is stored, and gets the error while that fails. So nothing is decided by what was.
 */
export interface StoreView<T> {
  /** Throws while what is stored can't be read. */
  current(): T;
  close(): void;
}

export interface StoreViewOptions<T> {
  prefix: string;
  make(entries: readonly Entry[]): T;
  /** May throw at any point. */
  take(made: T, change: Change): void;
  /** What was given before may be wrong. */
  lost?(): void;
}

/** Throws where it can't be made at once. */
export function newStoreView<T>(storage: Storage, { prefix, make, take, lost }: StoreViewOptions<T>): StoreView<T> {
  const read = (): { made: T; revision: number } => {
    const { entries, revision } = storage.list({ prefix });
    return { made: make(entries), revision };
  };
  let view: ReturnType<typeof read> | undefined = read();
  const watch = storage.watch(prefix, view.revision, (change) => {
    // What was read again may hold changes that have yet to be told.
    if (!view || change.revision <= view.revision) return;
    try {
      take(view.made, change);
    } catch (error) {
      view = undefined;
      lost?.();
      throw error;
    }
  });
  return {
    current: () => {
      view ??= read();
      return view.made;
    },
    close: () => watch.cancel(),
  };
}
