import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { type Inventory, newInventory } from './inventory.ts';
import type { InventoryObject } from './inventory-record.ts';
import { decodeHead, HEAD } from './known-state.ts';
import type { StateStore } from './state-store.ts';

/** For tests: an inventory, and a place in memory where it is kept. */

const { signal } = new AbortController();
export const WHOSE = { work: 'karmada-es-m1/w', history: 'h' };

export function newKept() {
  const blobs = new Map<string, Buffer>();
  const altered: string[] = [];
  let before: (name: string) => Promise<void> | void = () => {};
  const store: StateStore = {
    load: async () => new Map(blobs),
    save: async (name, bytes) => {
      await before(name);
      blobs.set(name, bytes);
    },
    altered: async () => altered.splice(0),
    remove: async (name) => void blobs.delete(name),
  };
  return {
    blobs,
    store,
    /** As somebody else, who is seen the next time that somebody looks. */
    take: (name: string) => {
      blobs.delete(name);
      altered.push(name);
    },
    beforeSave: (act: typeof before) => {
      before = act;
    },
    intentions: async () => Object.keys((await decodeHead(blobs.get(HEAD) ?? Buffer.from('')))?.intentions ?? {}),
  };
}

export function open(store: StateStore, log = silentLogger, onDirty = () => {}): Inventory {
  return newInventory({ store, log, workOf: () => undefined, onDirty, signal });
}

export const object = (name: string, uid = ''): InventoryObject => ({
  apiVersion: 'v1',
  group: '',
  kind: 'ConfigMap',
  namespace: 'default',
  name,
  uid,
});
