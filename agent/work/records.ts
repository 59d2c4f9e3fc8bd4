import type { InventoryRecord } from './inventory-record.ts';

/** What each Work has put into the member, by uid of the Work; found by the uid of an object too, since thousands of Works may go at once and each asks for that. */
export interface Records {
  get(workUid: string): InventoryRecord | undefined;
  has(workUid: string): boolean;
  set(workUid: string, record: InventoryRecord): void;
  /** Whether there was one. */
  delete(workUid: string): boolean;
  uids(): Iterable<string>;
  entries(): [string, InventoryRecord][];
  /** Those with the very object, under whatever id. */
  withObject(objectUid: string): [string, InventoryRecord][];
}

export function newRecords(): Records {
  const records = new Map<string, InventoryRecord>();
  /** Uids of Works, by uid of the object; of those that are only meant to be made none is known. */
  const holders = new Map<string, Set<string>>();

  const leave = (workUid: string): void => {
    for (const { uid } of records.get(workUid)?.objects ?? []) {
      const works = holders.get(uid);
      works?.delete(workUid);
      if (works?.size === 0) holders.delete(uid);
    }
  };
  const enter = (workUid: string, { objects }: InventoryRecord): void => {
    for (const { uid } of objects) {
      if (uid !== '') holders.set(uid, (holders.get(uid) ?? new Set()).add(workUid));
    }
  };
  return {
    get: (workUid) => records.get(workUid),
    has: (workUid) => records.has(workUid),
    set: (workUid, record) => {
      leave(workUid);
      enter(workUid, record);
      records.set(workUid, record);
    },
    delete: (workUid) => {
      leave(workUid);
      return records.delete(workUid);
    },
    uids: () => records.keys(),
    entries: () => [...records],
    withObject: (objectUid) =>
      [...(holders.get(objectUid) ?? [])].flatMap((workUid): [string, InventoryRecord][] => {
        const record = records.get(workUid);
        return record ? [[workUid, record]] : [];
      }),
  };
}
