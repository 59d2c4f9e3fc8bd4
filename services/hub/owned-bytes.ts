import { newStoreView, type StoreView } from '../apiserver/store-view.ts';
import type { Change, Entry, Storage } from '../storage/backend.ts';

/** How many bytes the objects under a prefix have, by whose they are. */
export interface OwnedBytes {
  /** Throws while what is stored can't be read. */
  of(owner: string): number;
  close(): void;
}

/** `ownerOf` is given what is stored, and says undefined of what is nobody's. */
export function newOwnedBytes<T>(
  storage: Storage,
  prefix: string,
  ownerOf: (object: T) => string | undefined,
): OwnedBytes {
  // Not before it is needed: an object that can't be read does not keep a hub from starting.
  let view: StoreView<Sums> | undefined;
  const newView = (): StoreView<Sums> =>
    newStoreView(storage, {
      prefix,
      make: (entries) => {
        const sums = newSums(ownerOf);
        for (const entry of entries) sums.put(entry);
        return sums;
      },
      take: (sums, change: Change) => (change.type === 'put' ? sums.put(change) : sums.remove(change.key)),
    });
  return {
    of: (owner) => {
      view ??= newView();
      return view.current().of(owner);
    },
    close: () => view?.close(),
  };
}

interface Sums {
  put(entry: Pick<Entry, 'key' | 'value'>): void;
  remove(key: string): void;
  of(owner: string): number;
}

function newSums<T>(ownerOf: (object: T) => string | undefined): Sums {
  const objects = new Map<string, { owner: string; bytes: number }>();
  const ofOwners = new Map<string, number>();
  const of = (owner: string): number => ofOwners.get(owner) ?? 0;
  const add = (owner: string, bytes: number): void => {
    const sum = of(owner) + bytes;
    if (sum === 0) ofOwners.delete(owner);
    else ofOwners.set(owner, sum);
  };
  const remove = (key: string): void => {
    const known = objects.get(key);
    if (known) add(known.owner, -known.bytes);
    objects.delete(key);
  };
  return {
    of,
    remove,
    put({ key, value }) {
      const owner = ownerOf(JSON.parse(Buffer.from(value).toString()));
      remove(key);
      if (owner === undefined) return;
      objects.set(key, { owner, bytes: value.length });
      add(owner, value.length);
    },
  };
}
