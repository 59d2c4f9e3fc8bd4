import type { Change, Storage } from '../storage/backend.ts';

/** How many bytes the objects in a folder of keys have: of one kind in one namespace. Folders that nobody asks about are not looked at. */
export interface FolderBytes {
  /** `/<group or "core">/<resource>/<namespace>/`, of one of the kinds. */
  of(folder: string): number;
  close(): void;
}

/** `kinds` are folders too, without the namespace. */
export function newFolderBytes(storage: Storage, kinds: readonly string[]): FolderBytes {
  const known = new Map<string, { bytes: number; revision: number }>();
  const take = ({ type, key, revision, value, previous }: Change): void => {
    const folder = key.slice(0, key.lastIndexOf('/') + 1);
    const sum = known.get(folder);
    // What was summed up may hold changes that have yet to be told.
    if (!sum || revision <= sum.revision) return;
    sum.bytes += (type === 'put' ? value.length : 0) - (previous?.length ?? 0);
    if (sum.bytes === 0) known.delete(folder);
  };
  const watches = kinds.map((kind) => storage.watch(kind, storage.revision(), take));
  const summedUp = (folder: string) => {
    let bytes = 0;
    // What is accepted would be kept.
    const accept = ({ value }: { value: Uint8Array }): boolean => {
      bytes += value.length;
      return false;
    };
    const { revision } = storage.list({ prefix: folder, accept });
    return { bytes, revision };
  };
  return {
    of: (folder) => {
      const sum = known.get(folder) ?? summedUp(folder);
      if (sum.bytes > 0) known.set(folder, sum);
      return sum.bytes;
    },
    close: () => {
      for (const watch of watches) watch.cancel();
    },
  };
}
