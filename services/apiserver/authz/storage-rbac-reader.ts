import { RBAC_GROUP, type Role, type RoleBinding } from '../../../shared/apis/rbac/v1.ts';
import type { Change, Storage } from '../../storage/backend.ts';
import { newStoreView } from '../store-view.ts';
import { newRbacIndex, type RbacIndex } from './rbac-index.ts';
import type { ChangedSubjects, RbacReader } from './rbac-reader.ts';

/** The roles and bindings in a store, parsed once and kept current by its change log; asked, it throws where they can't be read. */
export interface StorageRbacReader extends RbacReader {
  close(): void;
}

interface Slot {
  set(index: RbacIndex, value: Uint8Array): string[];
  delete(index: RbacIndex, namespace: string, name: string): string[];
}

const parse = <T>(value: Uint8Array): T => JSON.parse(Buffer.from(value).toString()) as T;

const ROLES: Slot = {
  set: (index, value) => index.setRole(parse<Role>(value)),
  delete: (index, namespace, name) => index.deleteRole(namespace, name),
};
const BINDINGS: Slot = {
  set: (index, value) => index.setBinding(parse<RoleBinding>(value)),
  delete: (index, namespace, name) => index.deleteBinding(namespace, name),
};
const SLOTS: Record<string, Slot> = {
  roles: ROLES,
  clusterroles: ROLES,
  rolebindings: BINDINGS,
  clusterrolebindings: BINDINGS,
};

const PREFIX = `/${RBAC_GROUP}/`;

export function newStorageRbacReader(storage: Storage): StorageRbacReader {
  const listeners = new Set<(subjects: ChangedSubjects) => void>();
  const tell = (subjects: ChangedSubjects): void => {
    for (const listener of listeners) listener(subjects);
  };
  const view = newStoreView<RbacIndex>(storage, {
    prefix: PREFIX,
    make: (entries) => {
      const index = newRbacIndex();
      for (const { key, value } of entries) slotOf(key)?.set(index, value);
      return index;
    },
    take: (index, change) => tell(take(index, change)),
    lost: () => tell('everyone'),
  });
  return {
    rulesOf: (namespace, name) => view.current().rulesOf(namespace, name),
    bindingsOf: (namespace, user) => view.current().bindingsOf(namespace, user),
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: view.close,
  };
}

function take(index: RbacIndex, { type, key, value }: Change): string[] {
  const slot = slotOf(key);
  const [, , , namespace = '', name = ''] = key.split('/');
  if (!slot) return [];
  return type === 'put' ? slot.set(index, value) : slot.delete(index, namespace, name);
}

function slotOf(key: string): Slot | undefined {
  const [, , resource = ''] = key.split('/');
  return Object.hasOwn(SLOTS, resource) ? SLOTS[resource] : undefined;
}
